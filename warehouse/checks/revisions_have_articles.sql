-- Every revision belongs to an article.
-- Severity: error
-- Look: FROM revisions ANTI JOIN articles USING (article_uid)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(article_uid, 3), ', ') AS detail
FROM (SELECT article_uid FROM lake.revisions SEMI JOIN touched USING (article_uid))
ANTI JOIN lake.articles USING (article_uid)
