-- Every tag is of an article that is there and was tagged by that scheme and version.
-- Severity: error
-- Look: SELECT article_uid, scheme, tag, vocabulary_version FROM tags ANTI JOIN articles USING (article_uid)
WITH looked_at AS (SELECT article_uid, scheme, vocabulary_version FROM lake.tags SEMI JOIN touched USING (article_uid)),
astray AS (
    SELECT t.article_uid
    FROM looked_at AS t
    LEFT JOIN lake.articles AS a USING (article_uid)
    LEFT JOIN lake.tagged AS v USING (article_uid)
    WHERE a.article_uid IS NULL OR NOT coalesce(list_contains(v.versions, t.scheme || '=' || t.vocabulary_version), false)
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(article_uid, 3), ', ') AS detail
FROM astray
