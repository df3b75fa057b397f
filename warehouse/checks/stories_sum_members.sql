-- A story that the run touched has as many members as it says, and the name of the earliest of them.
-- Severity: error
-- Look: SELECT s.story_id, s.articles, count(m.article_uid) AS members FROM stories AS s LEFT JOIN story_members AS m
--   USING (story_id) GROUP BY ALL HAVING members <> s.articles
WITH mine AS (
    SELECT DISTINCT story_id FROM lake.story_members SEMI JOIN touched USING (article_uid)
),
found AS (
    SELECT story_id, count(*) AS members, arg_min(article_uid, (published_at, article_uid)) AS earliest
    FROM lake.story_members
    SEMI JOIN mine USING (story_id)
    GROUP BY story_id
),
told AS (
    SELECT story_id, articles FROM lake.stories SEMI JOIN mine USING (story_id)
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(story_id, 3), ', ') AS detail
FROM found
FULL JOIN told USING (story_id)
WHERE members IS DISTINCT FROM articles OR (earliest IS NOT NULL AND earliest <> story_id)
