-- A field of a site's pages is no longer found as often as it was: the site changed its markup, and pages are read only
-- in part. The newest run of each site is compared with its runs of the same hour of the week in the last eight weeks
-- (of any hour, where those are fewer than three). It fails when more pages lack the field than three standard errors
-- above what was usual, and the share fell by more than a twentieth. Past shares count one page more with the field
-- and one without (Laplace's rule of succession), so that a short past proves little.
-- Severity: warning
-- Look: SELECT kind, field, pages, found, share, examples FROM field_coverage WHERE run_id IN {runs} AND found <
--   pages ORDER BY share
WITH newest AS (
    SELECT site, max_by(run_id, coalesce(started_at, published_at)) AS run_id
    FROM lake.runs
    SEMI JOIN checked_runs USING (run_id)
    GROUP BY site
),
present AS (
    SELECT c.* FROM lake.field_coverage AS c SEMI JOIN newest ON newest.site = c.site AND newest.run_id = c.run_id
),
past AS (
    SELECT
        c.site,
        c.kind,
        c.field,
        c.pages,
        c.found,
        isodow(c.observed_at) = isodow(now.read_at) AND hour(c.observed_at) = hour(now.read_at) AS is_same_hour
    FROM lake.field_coverage AS c
    JOIN (SELECT site, max(observed_at) AS read_at FROM present GROUP BY site) AS now
        ON now.site = c.site AND c.observed_at < now.read_at AND c.observed_at >= now.read_at - INTERVAL 56 DAYS
),
before AS (
    SELECT
        site,
        kind,
        field,
        count(*) FILTER (WHERE is_same_hour) >= 3 AS is_hourly,
        CASE WHEN is_hourly THEN count(*) FILTER (WHERE is_same_hour) ELSE count(*) END AS runs,
        CASE WHEN is_hourly THEN sum(pages) FILTER (WHERE is_same_hour) ELSE sum(pages) END AS pages,
        CASE WHEN is_hourly THEN sum(found) FILTER (WHERE is_same_hour) ELSE sum(found) END AS found
    FROM past
    GROUP BY site, kind, field
),
judged AS (
    SELECT
        p.*,
        b.is_hourly,
        b.runs,
        b.pages AS pages_before,
        b.found / b.pages AS share_before,
        (b.found + 1) / (b.pages + 2) AS usual,
        p.pages * (1 - usual) + 3 * sqrt(p.pages * usual * (1 - usual) + 1) AS most_without
    FROM present AS p
    JOIN before AS b USING (site, kind, field)
),
dropped AS (
    SELECT * FROM judged WHERE pages - found > most_without AND share_before - share > 0.05
)
SELECT
    format('{}/{}/{}', site, kind, field) AS subject,
    format('{:.3f}', share_before) AS expected,
    format('{:.3f}', share) AS observed,
    false AS passed,
    format(
        '{} found on {} of {} pages ({:.3f}), before on {:.3f} of {} in {} runs{}; without it: {}',
        field, found, pages, share, share_before, pages_before::BIGINT, runs,
        CASE WHEN is_hourly THEN ' of that hour of the week' ELSE '' END,
        coalesce(array_to_string(examples, ', '), '')
    ) AS detail
FROM dropped
UNION ALL
SELECT NULL, 'no field fell off', 'none', true, NULL
WHERE NOT EXISTS (FROM dropped)
