-- A run brought fewer new articles than its hour of the week usually brings, or none at all: a door of the site may be
-- broken. A run answers for the time since the last run before it that brought anything, so that empty runs in a row are
-- noticed where one is not. What is usual: what runs of the same flow brought in the same time of the week, in the last
-- eight weeks; of the day, in the last two weeks, where there are fewer than three such weeks; the rate of all runs in
-- eight weeks, where there are fewer than three such days. It fails more than three standard deviations below that, of
-- the past or of chance (Poisson), whichever are wider; and when the first run of a site reads no article.
-- Severity: warning
-- Look: SELECT run_id, started_at, state, discovered, fetched, new, failed FROM runs WHERE flow = 'ingest' ORDER BY
--   started_at DESC LIMIT 20
WITH newest AS (
    SELECT site, flow, max_by(run_id, coalesce(started_at, published_at)) AS run_id
    FROM lake.runs
    SEMI JOIN checked_runs USING (run_id)
    WHERE site IS NOT NULL AND flow = 'ingest' AND new IS NOT NULL
    GROUP BY site, flow
),
timeline AS (
    SELECT
        r.run_id,
        r.site,
        r.new,
        r.new + coalesce(r.revised, 0) + coalesce(r.unchanged, 0) AS articles,
        coalesce(r.started_at, r.published_at) AS began_at,
        epoch(began_at - lag(began_at) OVER earlier) / 3600 AS hours,
        max(began_at) FILTER (WHERE r.new > 0) OVER (earlier ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS since
    FROM lake.runs AS r
    SEMI JOIN newest ON newest.site = r.site AND newest.flow = r.flow
    WHERE r.new IS NOT NULL
    WINDOW earlier AS (PARTITION BY r.site ORDER BY coalesce(r.started_at, r.published_at), r.run_id)
),
present AS (
    SELECT *, epoch(began_at - since) / 3600 AS hours_answered_for FROM timeline SEMI JOIN newest USING (run_id)
),
-- The time the run answers for, so many days earlier, as far as that was before it.
windows AS (
    SELECT p.site, back.days, sum(t.new) AS new
    FROM present AS p
    CROSS JOIN (SELECT unnest(range(1, 57)) AS days) AS back
    JOIN timeline AS t
        ON t.site = p.site
        AND t.began_at > p.since - to_days(back.days::INTEGER)
        AND t.began_at <= p.began_at - to_days(back.days::INTEGER)
        AND p.began_at - to_days(back.days::INTEGER) <= p.since
    GROUP BY p.site, back.days
),
past AS (
    SELECT t.site, t.new, t.hours, p.hours_answered_for
    FROM timeline AS t
    JOIN present AS p ON p.site = t.site AND t.began_at <= p.since AND t.began_at >= p.began_at - INTERVAL 56 DAYS
    WHERE t.hours > 0
),
rates AS (
    SELECT site, count(*) AS runs, sum(new) / sum(hours) AS an_hour FROM past GROUP BY site
),
usuals AS (
    SELECT site, 1 AS choice, count(*) || ' weeks' AS basis, avg(new) AS usual, var_samp(new) AS variance
    FROM windows
    WHERE days % 7 = 0
    GROUP BY site
    HAVING count(*) >= 3
    UNION ALL
    SELECT site, 2, count(*) || ' days', avg(new), var_samp(new)
    FROM windows
    WHERE days <= 14
    GROUP BY site
    HAVING count(*) >= 3
    UNION ALL
    -- As much wider than chance as the runs themselves were.
    SELECT
        site,
        3,
        any_value(runs) || ' runs',
        any_value(an_hour * hours_answered_for),
        any_value(an_hour * hours_answered_for) * sum((new - an_hour * hours) ** 2) / sum(an_hour * hours)
    FROM past
    JOIN rates USING (site)
    WHERE runs >= 3 AND an_hour > 0
    GROUP BY site
),
judged AS (
    SELECT
        p.*,
        u.basis,
        u.usual,
        greatest(0, coalesce(u.usual - 3 * sqrt(greatest(u.usual, u.variance)), 0)) AS fewest,
        NOT EXISTS (FROM timeline AS t WHERE t.site = p.site AND t.began_at < p.began_at) AS is_first
    FROM present AS p
    LEFT JOIN (FROM usuals QUALIFY row_number() OVER (PARTITION BY site ORDER BY choice) = 1) AS u USING (site)
)
SELECT
    site AS subject,
    CASE WHEN is_first THEN 'some articles' ELSE format('at least {:.0f}', ceil(fewest)) END AS expected,
    CASE WHEN is_first THEN articles ELSE new END::VARCHAR AS observed,
    CASE WHEN is_first THEN articles > 0 ELSE new >= fewest END AS passed,
    CASE
        WHEN usual IS NOT NULL
            THEN format('{} new in {:.2f} hours; usual are {:.1f}, by {}', new, hours_answered_for, usual, basis)
    END AS detail
FROM judged
UNION ALL
SELECT NULL, 'no ingest to look at', 'none', true, NULL
WHERE NOT EXISTS (FROM judged)
