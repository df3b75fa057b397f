-- The revisions of an article are numbered in the order they were observed in.
-- Severity: error
SELECT NULL AS subject, 0 AS expected, count(*) AS observed, count(*) = 0 AS passed
FROM lake.revisions AS r
JOIN lake.revisions AS next ON next.article_uid = r.article_uid AND next.revision = r.revision + 1
WHERE next.observed_at < r.observed_at
