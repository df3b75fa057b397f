-- The canonical article of a copy is there, is no copy itself, has a text, and was published no later than the copy.
-- Severity: error
-- Look: SELECT c.*, a.published_at AS canonical_published_at FROM copies AS c LEFT JOIN articles AS a
--   ON a.article_uid = c.canonical_uid WHERE a.article_uid IS NULL OR c.canonical_uid IN (SELECT article_uid FROM copies)
WITH looked_at AS (
    SELECT c.* FROM lake.copies AS c SEMI JOIN touched USING (article_uid)
    UNION
    SELECT c.* FROM lake.copies AS c SEMI JOIN touched ON touched.article_uid = c.canonical_uid
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(c.article_uid, 3), ', ') AS detail
FROM looked_at AS c
LEFT JOIN lake.copy_articles AS copy ON copy.article_uid = c.article_uid
LEFT JOIN lake.copy_articles AS original ON original.article_uid = c.canonical_uid
LEFT JOIN lake.copies AS chain ON chain.article_uid = c.canonical_uid
WHERE
    chain.article_uid IS NOT NULL
    OR copy.text_hash IS NULL
    OR original.text_hash IS NULL
    OR (coalesce(original.published_at, 'infinity'::TIMESTAMPTZ), c.canonical_uid)
    >= (coalesce(copy.published_at, 'infinity'::TIMESTAMPTZ), c.article_uid)
