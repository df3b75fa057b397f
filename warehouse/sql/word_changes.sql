-- One row per revision and field in which words were added or removed: which, in the order in which they stood. A word
-- that only moved is neither; case and the punctuation around words do not count. Of a word that is said several times
-- the one is named that stands where the text changed. A hyphen joins two words to one, but not a number to a word:
-- UPDATE 1-Israel is three, COVID-19 is one.
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
listed AS (
    SELECT
        * EXCLUDE (before, after),
        list_transform(
            [before, after],
            lambda text: coalesce(
                regexp_extract_all(
                    regexp_replace(text, '(\p{N})-(\p{L})', '\1 \2', 'g'),
                    '[\p{L}\p{M}\p{N}$€£₹%]+(?:[''’.,:-][\p{L}\p{M}\p{N}]+)*%?'
                ),
                []
            )
        ) AS sides
    FROM texts
    WHERE before IS DISTINCT FROM after
),
-- What both begin with, and then what both end with, has not changed.
begun AS (
    SELECT
        *,
        list_position(
            list_transform(list_zip(sides[1], sides[2]), lambda pair: lower(pair[1]) IS DISTINCT FROM lower(pair[2])), true
        ) AS first
    FROM listed
),
rest AS (
    SELECT * REPLACE (list_transform(sides, lambda words: words[first:]) AS sides) FROM begun WHERE first IS NOT NULL
),
ended AS (
    SELECT
        *,
        list_position(
            list_transform(
                list_zip(list_reverse(sides[1]), list_reverse(sides[2])),
                lambda pair: lower(pair[1]) IS DISTINCT FROM lower(pair[2])
            ),
            true
        ) AS last
    FROM rest
),
sides AS (
    SELECT * EXCLUDE (sides, first, last), unnest([false, true]) AS is_new, unnest(sides) AS words, last FROM ended
),
told AS (
    SELECT
        * EXCLUDE (words, last),
        unnest(words[:len(words) - last + 1]) AS word,
        generate_subscripts(words[:len(words) - last + 1], 1) AS place
    FROM sides
),
placed AS (
    SELECT *, lag(lower(word)) OVER side AS word_before, lead(lower(word)) OVER side AS word_after
    FROM told
    WINDOW side AS (PARTITION BY article_uid, revision, field, is_new ORDER BY place)
),
-- A word that stands beside the same words in both texts has not changed where another of its kind can have.
known AS (
    SELECT
        *,
        (bool_or(is_new) OVER beginning AND NOT bool_and(is_new) OVER beginning)::INTEGER
        + (bool_or(is_new) OVER ending AND NOT bool_and(is_new) OVER ending)::INTEGER AS neighbours
    FROM placed
    WINDOW
        beginning AS (PARTITION BY article_uid, revision, field, word_before, lower(word)),
        ending AS (PARTITION BY article_uid, revision, field, lower(word), word_after)
),
numbered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY article_uid, revision, field, is_new, lower(word) ORDER BY neighbours DESC, place
        ) AS time
    FROM known
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
