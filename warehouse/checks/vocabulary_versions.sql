-- The articles that the run touched were tagged by one version of each scheme. `wirehouse retag` mends it.
-- Severity: warning
-- Look: SELECT version, count(*) AS articles FROM (SELECT unnest(versions) AS version FROM tagged) GROUP BY ALL ORDER BY 1
WITH used AS (
    SELECT split_part(version, '=', 1) AS scheme, version, count(*) AS articles
    FROM (SELECT unnest(versions) AS version FROM lake.tagged SEMI JOIN touched USING (article_uid))
    GROUP BY scheme, version
),
mixed AS (
    SELECT
        scheme,
        count(*) AS versions,
        string_agg(format('{} ({} articles)', version, articles), ', ' ORDER BY articles DESC, version) AS found
    FROM used
    GROUP BY scheme
    HAVING count(*) > 1
)
SELECT scheme AS subject, '1 version' AS expected, versions || ' versions' AS observed, false AS passed, found AS detail
FROM mixed
UNION ALL
SELECT NULL, 'one version of each scheme', 'one', true, NULL
WHERE NOT EXISTS (FROM mixed)
