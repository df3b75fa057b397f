-- No two articles were last read at the same address: on a site without ids they are one article whose canonical
-- address changed.
-- Severity: warning
-- Look: SELECT site, url, list(article_uid) AS articles FROM articles GROUP BY ALL HAVING count(*) > 1
WITH read AS (
    SELECT DISTINCT site, url FROM lake.articles SEMI JOIN touched USING (article_uid)
),
shared AS (
    SELECT site, url FROM lake.articles SEMI JOIN read USING (site, url) GROUP BY site, url HAVING count(*) > 1
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(url, 3), ', ') AS detail
FROM shared
