-- Every article carries the number and the text of its newest revision.
-- Severity: error
-- Look: SELECT article_uid, a.revision, max(r.revision) AS newest FROM articles AS a JOIN revisions AS r USING
--   (article_uid) GROUP BY ALL HAVING newest <> a.revision
WITH newest AS (
    SELECT article_uid, arg_max({'revision': revision, 'content_hash': content_hash}, (observed_at, revision)) AS last
    FROM lake.revisions
    SEMI JOIN touched USING (article_uid)
    GROUP BY article_uid
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(a.article_uid, 3), ', ') AS detail
FROM (SELECT article_uid, revision, content_hash FROM lake.articles SEMI JOIN touched USING (article_uid)) AS a
LEFT JOIN newest USING (article_uid)
WHERE a.revision IS DISTINCT FROM newest.last.revision OR a.content_hash IS DISTINCT FROM newest.last.content_hash
