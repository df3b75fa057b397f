-- Every article that the run read is in the index of copies with its own time, its text has shingles there, and the
-- pairs of its text are there in both directions. `wirehouse reindex` mends it.
-- Severity: warning
-- Look: SELECT article_uid, a.published_at, i.published_at AS in_the_index FROM articles AS a LEFT JOIN copy_articles
--   AS i USING (article_uid) WHERE a.published_at IS DISTINCT FROM i.published_at
WITH held AS (
    SELECT * FROM lake.copy_articles SEMI JOIN touched USING (article_uid)
),
found AS (
    SELECT 'not in copy_articles: ' || a.article_uid AS finding
    FROM lake.articles AS a
    SEMI JOIN touched USING (article_uid)
    LEFT JOIN held USING (article_uid)
    WHERE held.article_uid IS NULL OR held.published_at IS DISTINCT FROM a.published_at
    UNION ALL
    SELECT 'no shingles: ' || held.article_uid
    FROM held
    ANTI JOIN lake.copy_texts USING (text_hash)
    WHERE held.text_hash IS NOT NULL
    UNION ALL
    SELECT 'one direction only: ' || p.text_hash || ' and ' || p.other_hash
    FROM lake.copy_pairs AS p
    SEMI JOIN held USING (text_hash)
    ANTI JOIN lake.copy_pairs AS back ON back.text_hash = p.other_hash AND back.other_hash = p.text_hash
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(finding, 3), ', ') AS detail
FROM found
