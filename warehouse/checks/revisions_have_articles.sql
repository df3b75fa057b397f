-- Every revision belongs to an article.
-- Severity: error
SELECT NULL AS subject, 0 AS expected, count(*) AS observed, count(*) = 0 AS passed
FROM lake.revisions
ANTI JOIN lake.articles USING (article_uid)
