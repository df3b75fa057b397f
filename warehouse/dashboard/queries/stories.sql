-- The articles of the largest stories: thirty of all, and thirty of each of the newest periods; of a story, its first
-- fifty articles.
WITH reached AS (
    SELECT m.story_id, min(f.band) AS band
    FROM lake.story_members AS m
    JOIN filed AS f USING (article_uid)
    SEMI JOIN (SELECT story_id FROM lake.stories WHERE articles > 1) AS told USING (story_id)
    GROUP BY m.story_id
),
sized AS (
    SELECT s.story_id, s.title, s.articles, reached.band FROM lake.stories AS s JOIN reached USING (story_id)
),
chosen AS (
    (FROM sized ORDER BY articles DESC, story_id LIMIT 30)
    UNION (FROM sized WHERE band = 0 ORDER BY articles DESC, story_id LIMIT 30)
    UNION (FROM sized WHERE band <= 1 ORDER BY articles DESC, story_id LIMIT 30)
    UNION (FROM sized WHERE band <= 2 ORDER BY articles DESC, story_id LIMIT 30)
)
SELECT
    chosen.story_id,
    chosen.articles AS story_articles,
    m.article_uid,
    left(a.title, 300) AS title,
    f.site,
    f.topic,
    f.agency,
    f.band,
    coalesce(left(a.source, 80), f.agency) AS source,
    epoch(a.published_at)::BIGINT AS published_at,
    c.relation AS copy_relation
FROM chosen
JOIN lake.story_members AS m USING (story_id)
JOIN filed AS f USING (article_uid)
JOIN lake.articles AS a USING (article_uid)
LEFT JOIN lake.copies AS c USING (article_uid)
QUALIFY row_number() OVER (PARTITION BY chosen.story_id ORDER BY a.published_at, m.article_uid) <= 50
ORDER BY chosen.articles DESC, chosen.story_id, a.published_at, m.article_uid
