-- One row per revision and field in which words were added or removed: which, in the order in which they stood. A word
-- that only moved is neither; case and the punctuation around words do not count.
-- article_uid VARCHAR: the article
-- revision INTEGER: the revision that made the change
-- observed_at TIMESTAMPTZ: when the page that first showed it was fetched
-- published_at TIMESTAMPTZ: when the site says it published the article
-- change_kind VARCHAR: what kind of change the revision as a whole is, as in revisions
-- field VARCHAR: title, summary or body
-- removed VARCHAR[]: words of the revision before that are gone, each as often as it is gone
-- added VARCHAR[]: words that are new, each as often as it was added
CREATE VIEW word_changes AS
WITH texts AS (
    SELECT
        r.article_uid,
        r.revision,
        r.observed_at,
        r.published_at,
        r.change_kind,
        unnest([
            {'field': 'title', 'before': old.title, 'after': r.title},
            {'field': 'summary', 'before': old.summary, 'after': r.summary},
            {'field': 'body', 'before': old.body, 'after': r.body}
        ], recursive := true)
    FROM lake.revisions AS r
    JOIN lake.revisions AS old ON old.article_uid = r.article_uid AND old.revision = r.revision - 1
    WHERE r.is_content_change
),
sides AS (
    SELECT * EXCLUDE (before, after), false AS is_new, before AS text FROM texts WHERE before IS DISTINCT FROM after
    UNION ALL
    SELECT * EXCLUDE (before, after), true, after FROM texts WHERE before IS DISTINCT FROM after
),
listed AS (
    SELECT
        * EXCLUDE (text),
        regexp_extract_all(text, '[\p{L}\p{M}\p{N}$€£₹%]+(?:[''’.,:-][\p{L}\p{M}\p{N}]+)*%?') AS words
    FROM sides
),
told AS (
    SELECT * EXCLUDE (words), unnest(words) AS word, generate_subscripts(words, 1) AS place FROM listed
),
numbered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY article_uid, revision, field, is_new, lower(word) ORDER BY place
        ) AS time
    FROM told
),
alone AS (
    SELECT
        article_uid,
        revision,
        any_value(observed_at) AS observed_at,
        any_value(published_at) AS published_at,
        any_value(change_kind) AS change_kind,
        field,
        bool_or(is_new) AS is_new,
        any_value(word) AS word,
        any_value(place) AS place
    FROM numbered
    GROUP BY article_uid, revision, field, lower(word), time
    HAVING count(*) = 1
)
SELECT
    article_uid,
    revision,
    any_value(observed_at) AS observed_at,
    any_value(published_at) AS published_at,
    any_value(change_kind) AS change_kind,
    field,
    coalesce(list(word ORDER BY place) FILTER (NOT is_new), []) AS removed,
    coalesce(list(word ORDER BY place) FILTER (is_new), []) AS added
FROM alone
GROUP BY article_uid, revision, field
