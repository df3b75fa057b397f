-- Where articles stood in the trending list of each edition, in the week before the newest sight: one row where an
-- entry came, changed its rank or was last seen. A list is looked at once for each run. `stretch` numbers the times
-- that an entry was on the list without a break.
WITH sights AS (
    SELECT
        site,
        coalesce(edition, '') AS edition,
        run_id,
        coalesce(article_uid, url, title) AS entry,
        max(observed_at) AS observed_at,
        max_by(
            {'rank': rank, 'title': left(title, 300), 'country': left(country, 80)}, (observed_at, page_uid, -rank)
        ) AS last
    FROM lake.sidebars
    WHERE section = 'trending' AND observed_at >= (SELECT max(observed_at) FROM lake.sidebars) - INTERVAL 7 DAYS
    GROUP BY ALL
),
looks AS (
    SELECT
        site,
        edition,
        run_id,
        max(observed_at) AS looked_at,
        row_number() OVER (PARTITION BY site, edition ORDER BY max(observed_at), run_id) AS look
    FROM sights
    GROUP BY site, edition, run_id
),
placed AS (
    SELECT
        s.site,
        s.edition,
        s.entry,
        looks.looked_at,
        s.last,
        s.last.rank AS rank,
        looks.look - row_number() OVER (PARTITION BY s.site, s.edition, s.entry ORDER BY looks.look) AS stretch
    FROM sights AS s
    JOIN looks USING (site, edition, run_id)
)
SELECT
    site,
    edition,
    entry,
    last.title AS title,
    last.country AS country,
    epoch(looked_at)::BIGINT AS looked_at,
    rank,
    stretch
FROM placed
WINDOW spell AS (PARTITION BY site, edition, entry, stretch ORDER BY looked_at)
QUALIFY
    (lag(rank) OVER spell IS DISTINCT FROM rank) OR (lead(rank) OVER spell IS DISTINCT FROM rank)
ORDER BY looked_at DESC, site, edition, rank, entry
LIMIT 12000
