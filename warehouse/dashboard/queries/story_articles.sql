-- The first articles of each of the biggest stories.
SELECT
    biggest.story_id,
    m.article_uid,
    left(a.title, 300) AS title,
    coalesce(left(a.source, 80), f.agency) AS source,
    epoch(a.published_at)::BIGINT AS published_at,
    c.relation AS copy_relation
FROM biggest
JOIN lake.story_members AS m USING (story_id)
JOIN filed AS f USING (article_uid)
JOIN lake.articles AS a USING (article_uid)
LEFT JOIN lake.copies AS c USING (article_uid)
QUALIFY row_number() OVER (PARTITION BY biggest.story_id ORDER BY a.published_at, m.article_uid) <= biggest.listed
ORDER BY biggest.story_id, a.published_at, m.article_uid
