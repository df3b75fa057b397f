-- What trended when: one row per site, edition, entry of its trending list and minute the list was seen in. A crawl
-- sees the list beside each page it fetches; the last sight of the minute counts, of two at once that of the
-- later page_uid.
-- observed_at TIMESTAMPTZ: when the entry was last seen within the minute
-- site VARCHAR: name of the site
-- edition VARCHAR: regional edition of the site; null is its default one
-- rank INTEGER: place in the list, from 1
-- rank_change INTEGER: places climbed since the sight before, negative where it fell; null at the first sight
-- article_uid VARCHAR: the article; null where the address is not an article's
-- title VARCHAR: headline in the list
-- url VARCHAR: address the entry links to
-- country VARCHAR: country or region shown with the entry
-- badge VARCHAR: mark shown on the entry
-- pages INTEGER: pages the entry was seen beside within the minute
-- run_id VARCHAR: run that saw it
CREATE VIEW trending AS
WITH sights AS (
    SELECT
        max(observed_at) AS observed_at,
        site,
        edition,
        coalesce(article_uid, url, title) AS entry,
        max_by(s, (s.observed_at, s.page_uid, -s.rank)) AS last,
        count(DISTINCT page_uid)::INTEGER AS pages
    FROM lake.sidebars AS s
    WHERE section = 'trending'
    GROUP BY site, edition, entry, date_trunc('minute', s.observed_at)
)
SELECT
    observed_at,
    site,
    edition,
    last.rank AS rank,
    lag(last.rank) OVER (PARTITION BY site, edition, entry ORDER BY observed_at) - last.rank AS rank_change,
    last.article_uid AS article_uid,
    last.title AS title,
    last.url AS url,
    last.country AS country,
    last.badge AS badge,
    pages,
    last.run_id AS run_id
FROM sights
