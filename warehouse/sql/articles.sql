-- One row per article: what its newest reading said.
-- Columns of: articles
-- canonical_uid VARCHAR: the earliest published article this one is a copy of; itself unless it is a copy
-- story_id VARCHAR: the story it belongs to, named by the uid of the story's earliest article
CREATE VIEW articles AS
SELECT
    a.*,
    coalesce(c.canonical_uid, a.article_uid) AS canonical_uid,
    coalesce(m.story_id, a.article_uid) AS story_id
FROM lake.articles AS a
LEFT JOIN lake.copies AS c USING (article_uid)
LEFT JOIN lake.story_members AS m USING (article_uid)
