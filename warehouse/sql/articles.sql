-- One row per article: what its newest reading said.
-- Columns of: articles
-- canonical_uid VARCHAR: the earliest published article this one is a copy of; itself unless it is a copy
-- story_id VARCHAR: the story it belongs to, named by the uid of the story's earliest article
CREATE VIEW articles AS
SELECT a.*, a.article_uid AS canonical_uid, coalesce(sm.story_id, a.article_uid) AS story_id
FROM lake.articles AS a
LEFT JOIN lake.story_members AS sm USING (article_uid)
