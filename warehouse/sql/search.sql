-- search(query): the articles that have all words of the query, the best first, by BM25: a word counts the more, the
-- rarer it is among the articles, the more often it stands in this one, for its length, and three times as much in the
-- headline, one and a half times in the summary. "words in quotes" stand in this order; -word or -"some words" leaves
-- out the articles that have it; blanks, dashes and quotes may be of any kind. Words are compared as search_words gives
-- them; the commonest of English ask for nothing, except for a gap between the words of a phrase. Of a long query the
-- first 64 words and phrases count.
-- rank INTEGER: place in the order, from 1
-- article_uid VARCHAR: the article
-- score DOUBLE: how well it answers; compares articles of one query only
-- title VARCHAR: headline
-- published_at TIMESTAMPTZ: when the site says it published the article
-- url VARCHAR: address the page was read from
-- snippet VARCHAR: some words of summary and body around those asked for, in **; only of the best 50, and of those of which the time of publication is known
CREATE MACRO search(query) AS TABLE
WITH typed AS (
    -- As it is typed on a plain keyboard: blanks, dashes and double quotes of all kinds, and nothing that is not seen.
    SELECT
        translate(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        query::VARCHAR, '[\x{ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{feff}]', '', 'g'
                    ),
                    '[\p{Z}\x{b}\x{1c}-\x{1f}\x{85}]', ' ', 'g'
                ),
                '[\x{2010}-\x{2015}\x{2212}\x{fe58}\x{fe63}\x{ff0d}]', '-', 'g'
            ),
            '“”„‟«»＂❝❞〝〞〟',
            repeat('"', 12)
        ) AS question
),
parts AS (
    SELECT DISTINCT starts_with(part, '-') AS is_excluded, search_words(part)[1:64] AS words
    FROM (
        SELECT unnest(regexp_extract_all(question, '-?"[^"]*"?|[^\s"]+')[1:64]) AS part FROM typed
    )
),
numbered AS (
    SELECT row_number() OVER (ORDER BY is_excluded, words) AS item, * FROM parts
),
placed AS (
    SELECT item, is_excluded, unnest(words) AS term, generate_subscripts(words, 1) AS place FROM numbered
),
asked AS (
    SELECT * FROM placed
    WHERE term NOT IN (
        'a', 'an', 'and', 'are', 'as', 'at', 'be', 'but', 'by', 'for', 'if', 'in', 'into', 'is', 'it', 'no', 'not', 'of',
        'on', 'or', 'such', 'that', 'the', 'their', 'then', 'there', 'these', 'they', 'this', 'to', 'was', 'will', 'with'
    )
),
items AS (
    SELECT item, is_excluded, count(*) AS words FROM asked GROUP BY ALL
),
postings AS (
    SELECT p.term, p.article_uid, 3 * p.in_title + 1.5 * p.in_summary + p.in_body AS frequency, p.words
    FROM lake.search_postings AS p
    SEMI JOIN asked USING (term)
),
totals AS (
    SELECT count(*) AS articles, avg(words) AS words FROM lake.search_documents
),
weights AS (
    SELECT term, ln(1 + (any_value(t.articles) - count(*) + 0.5) / (count(*) + 0.5)) AS weight
    FROM postings, totals AS t
    GROUP BY term
),
scores AS (
    SELECT
        term,
        article_uid,
        weight * 2.2 * frequency / (frequency + 1.2 * (0.25 + 0.75 * p.words / t.words)) AS score
    FROM postings AS p
    JOIN weights USING (term)
    CROSS JOIN totals AS t
),
whole AS (
    SELECT item, article_uid, sum(score) AS score
    FROM asked
    JOIN items USING (item)
    JOIN scores USING (term)
    WHERE items.words > 1
    GROUP BY item, article_uid
    HAVING count(*) = any_value(items.words)
),
begun AS (
    SELECT a.item, p.article_uid, unnest(p.positions) - a.place AS beginning
    FROM lake.search_postings AS p
    JOIN asked AS a USING (term)
    SEMI JOIN whole AS w ON w.item = a.item AND w.article_uid = p.article_uid
),
in_order AS (
    SELECT DISTINCT item, article_uid
    FROM (
        SELECT item, article_uid, beginning, count(*) AS words FROM begun GROUP BY ALL
    )
    JOIN items USING (item, words)
),
hits AS (
    SELECT item, article_uid, score FROM scores JOIN asked USING (term) JOIN items USING (item) WHERE items.words = 1
    UNION ALL
    SELECT item, article_uid, score FROM whole SEMI JOIN in_order USING (item, article_uid)
),
found AS (
    SELECT article_uid, round(sum(score), 4) AS score
    FROM hits
    JOIN items USING (item)
    GROUP BY article_uid
    HAVING bool_and(NOT is_excluded) AND count(*) = (SELECT count(*) FROM items WHERE NOT is_excluded)
),
ranked AS (
    SELECT
        (row_number() OVER (ORDER BY score DESC, published_at DESC NULLS LAST, article_uid))::INTEGER AS rank,
        article_uid,
        score,
        title,
        published_at,
        url
    FROM found
    JOIN lake.articles USING (article_uid)
),
texts AS (
    -- Words with the blanks behind them. A sign of a script without spaces is one, and of what is longer than any word a
    -- part.
    SELECT
        r.rank,
        regexp_extract_all(
            concat_ws(' ', a.summary, a.body),
            '(?:[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}]|'
            '[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}]{1,64})\s*'
        )[1:5000] AS words
    FROM lake.articles AS a
    JOIN (SELECT rank, article_uid, published_at FROM ranked WHERE rank <= 50) AS r
        ON r.published_at = a.published_at AND r.article_uid = a.article_uid
),
told AS (
    SELECT rank, unnest(words) AS word, generate_subscripts(words, 1) AS place FROM texts
),
marked AS (
    SELECT
        rank,
        place,
        rtrim(word, E' \t\n\f\r') AS word,
        if(regexp_matches(word, '\s$'), ' ', '') AS blank,
        list_intersect(search_words(word), (SELECT list(term) FROM asked WHERE NOT is_excluded))[1] AS term
    FROM told
),
-- Where the phrases asked for begin.
spoken AS (
    SELECT rank, place, term, row_number() OVER (PARTITION BY rank ORDER BY place, part) AS spoken
    FROM (
        SELECT rank, place, unnest(words) AS term, generate_subscripts(words, 1) AS part
        FROM (SELECT rank, place, search_words(word) AS words FROM told)
        WHERE EXISTS (FROM items WHERE items.words > 1 AND NOT is_excluded)
    )
),
phrases AS (
    SELECT s.rank, min(s.place) AS place, 'phrase ' || a.item AS term
    FROM spoken AS s
    JOIN asked AS a USING (term)
    JOIN items AS i USING (item)
    WHERE i.words > 1 AND NOT i.is_excluded
    GROUP BY s.rank, a.item, s.spoken - a.place
    HAVING count(*) = any_value(i.words)
),
-- The earliest place from which on the most different words and phrases stand together.
begins AS (
    SELECT rank, arg_min(place, (-terms, place)) AS place
    FROM (
        SELECT m.rank, m.place, count(DISTINCT o.term) AS terms
        FROM marked AS m
        JOIN (SELECT rank, place, term FROM marked UNION ALL FROM phrases) AS o
            ON o.rank = m.rank AND o.place BETWEEN m.place AND m.place + 24 AND o.term IS NOT NULL
        WHERE m.term IS NOT NULL
        GROUP BY m.rank, m.place
    )
    GROUP BY rank
),
-- Words without a blank between are set in bold as one.
shown AS (
    SELECT
        m.* EXCLUDE (term),
        CASE WHEN term IS NULL OR (lag(term) OVER nearby IS NOT NULL AND lag(blank) OVER nearby = '') THEN '' ELSE '**' END
            AS opening,
        CASE WHEN term IS NULL OR (lead(term) OVER nearby IS NOT NULL AND blank = '') THEN '' ELSE '**' END AS closing
    FROM marked AS m
    LEFT JOIN begins AS b USING (rank)
    WHERE m.place BETWEEN coalesce(b.place, 1) - 5 AND coalesce(b.place, 1) + 24
    WINDOW nearby AS (PARTITION BY rank ORDER BY m.place)
),
snippets AS (
    SELECT
        rank,
        CASE WHEN min(m.place) > 1 THEN '… ' ELSE '' END
        || rtrim(string_agg(opening || word || closing || blank, '' ORDER BY m.place))
        || CASE WHEN max(m.place) < any_value(len(t.words)) THEN ' …' ELSE '' END AS snippet
    FROM shown AS m
    JOIN texts AS t USING (rank)
    GROUP BY rank
)
SELECT rank, article_uid, score, title, published_at, url, snippet
FROM ranked
LEFT JOIN snippets USING (rank)
ORDER BY rank
