-- The revisions of an article are numbered from 1 without a gap.
-- Severity: error
-- Look: SELECT article_uid, list(revision ORDER BY revision) AS numbers FROM revisions GROUP BY ALL HAVING
--   max(revision) <> count(*)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(article_uid, 3), ', ') AS detail
FROM (
    SELECT article_uid
    FROM lake.revisions
    SEMI JOIN touched USING (article_uid)
    GROUP BY article_uid
    HAVING min(revision) <> 1 OR max(revision) <> count(*)
)
