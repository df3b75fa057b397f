-- The revisions of an article are numbered in the order they were observed in.
-- Severity: error
-- Look: SELECT article_uid, list(observed_at ORDER BY revision) AS observed FROM revisions GROUP BY ALL HAVING
--   observed <> list_sort(observed)
WITH looked_at AS (
    SELECT article_uid, revision, observed_at
    FROM lake.revisions
    SEMI JOIN touched USING (article_uid)
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(r.article_uid, 3), ', ') AS detail
FROM looked_at AS r
JOIN looked_at AS next ON next.article_uid = r.article_uid AND next.revision = r.revision + 1
WHERE next.observed_at < r.observed_at
