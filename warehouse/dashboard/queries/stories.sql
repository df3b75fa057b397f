-- The biggest stories as a whole, without articles that are dated wrongly.
SELECT
    m.story_id,
    min_by(left(a.title, 300), (a.published_at, a.article_uid)) AS title,
    any_value(s.articles) AS articles,
    count(DISTINCT coalesce(left(a.source, 80), f.agency)) AS sources,
    count(c.article_uid) AS copies,
    epoch(min(a.published_at))::BIGINT AS first_at,
    epoch(max(a.published_at))::BIGINT AS last_at
FROM biggest
JOIN lake.stories AS s USING (story_id)
JOIN lake.story_members AS m USING (story_id)
JOIN filed AS f USING (article_uid)
JOIN lake.articles AS a USING (article_uid)
LEFT JOIN lake.copies AS c USING (article_uid)
GROUP BY m.story_id
ORDER BY articles DESC, m.story_id
