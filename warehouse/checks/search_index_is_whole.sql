-- Every article that the run read is found by the words of its text: the index of search has the text that the article
-- has now. `wirehouse reindex` mends it.
-- Severity: warning
WITH found AS (
    SELECT a.article_uid
    FROM lake.articles AS a
    SEMI JOIN touched USING (article_uid)
    LEFT JOIN lake.search_documents AS d USING (article_uid)
    WHERE d.content_hash IS DISTINCT FROM a.content_hash
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(article_uid, 3), ', ') AS detail
FROM found
