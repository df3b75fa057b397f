-- The newest article of a site was older at the end of a run than is usual: its doors show nothing new, or old pages.
-- What is usual: how old it was at the end of the site's runs of the last two weeks, before that article came (of these
-- the 99th percentile, and half as much again and an hour). Fewer than three such runs tell nothing.
-- Severity: warning
-- Look: SELECT published_at, first_seen_at, url, title FROM articles WHERE site = {subject} ORDER BY published_at
--   DESC LIMIT 20
WITH newest AS (
    SELECT site, max_by(run_id, coalesce(started_at, published_at)) AS run_id
    FROM lake.runs
    SEMI JOIN checked_runs USING (run_id)
    WHERE site IS NOT NULL AND flow = 'ingest'
    GROUP BY site
),
ends AS (
    SELECT r.site, r.run_id, coalesce(r.finished_at, r.published_at) AS ended_at, r.run_id = newest.run_id AS is_present
    FROM lake.runs AS r
    JOIN newest USING (site)
    WHERE r.flow = 'ingest'
),
-- Of a site whose clock differs from ours, too: counted from its newest article.
known AS (
    SELECT site, published_at, first_seen_at
    FROM lake.articles
    SEMI JOIN newest USING (site)
    WHERE published_at <= first_seen_at
    QUALIFY published_at >= max(published_at) OVER (PARTITION BY site) - INTERVAL 15 DAYS
),
newest_known AS (
    SELECT site, first_seen_at, max(published_at) OVER (PARTITION BY site ORDER BY first_seen_at) AS newest_at FROM known
),
ages AS (
    SELECT ends.*, newest_at, epoch(ended_at - newest_at) / 3600 AS hours
    FROM ends
    ASOF JOIN newest_known ON newest_known.site = ends.site AND newest_known.first_seen_at <= ends.ended_at
),
usual AS (
    SELECT past.site, count(*) AS runs, quantile_cont(past.hours, 0.99) * 1.5 + 1 AS most
    FROM ages AS past
    JOIN ages AS now
        ON now.site = past.site
        AND now.is_present
        AND past.newest_at < now.newest_at
        AND past.ended_at >= now.ended_at - INTERVAL 14 DAYS
    GROUP BY past.site
    HAVING count(*) >= 3
)
SELECT
    site AS subject,
    format('at most {:.1f} hours old', most) AS expected,
    format('{:.1f}', hours) AS observed,
    hours <= most AS passed,
    format(
        'the newest article is of {} UTC, the run ended {} UTC; usual by {} runs',
        strftime(newest_at, '%Y-%m-%d %H:%M'), strftime(ended_at, '%Y-%m-%d %H:%M'), runs
    ) AS detail
FROM ages
JOIN usual USING (site)
WHERE is_present
UNION ALL
SELECT NULL, 'no past to compare with', 'none', true, NULL
WHERE NOT EXISTS (FROM ages JOIN usual USING (site) WHERE is_present)
