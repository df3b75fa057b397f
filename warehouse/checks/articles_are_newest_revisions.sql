-- Every article carries the number and the text of its newest revision.
-- Severity: error
WITH newest AS (
    SELECT article_uid, arg_max({'revision': revision, 'content_hash': content_hash}, (observed_at, revision)) AS last
    FROM lake.revisions
    GROUP BY article_uid
)
SELECT NULL AS subject, 0 AS expected, count(*) AS observed, count(*) = 0 AS passed
FROM lake.articles AS a
LEFT JOIN newest USING (article_uid)
WHERE a.revision IS DISTINCT FROM newest.last.revision OR a.content_hash IS DISTINCT FROM newest.last.content_hash
