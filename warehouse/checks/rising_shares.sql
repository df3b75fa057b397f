-- More pages were refused, or more new articles repeat others, than usual: the site changed its markup, sends something
-- else than articles, or shows the same text in the place of their own. It fails when they are more than three standard
-- errors above what was usual in the runs of the same site and flow in the last eight weeks, and their share rose by
-- more than a twentieth. Past shares count one more of either kind (Laplace's rule of succession), so that a short past
-- proves little.
-- Severity: warning
-- Look: SELECT run_id, flow, site, new, revised, unchanged, copies, rejected FROM runs ORDER BY started_at DESC LIMIT
--   20
WITH newest AS (
    SELECT site, flow, max_by(run_id, coalesce(started_at, published_at)) AS run_id
    FROM lake.runs
    SEMI JOIN checked_runs USING (run_id)
    WHERE site IS NOT NULL AND new IS NOT NULL
    GROUP BY site, flow
),
counted AS (
    SELECT
        r.run_id,
        r.site,
        r.flow,
        coalesce(r.started_at, r.published_at) AS began_at,
        unnest([
            {'name': 'copies', 'of': 'new articles', 'part': coalesce(r.copies, 0), 'whole': r.new},
            {
                'name': 'rejected',
                'of': 'pages',
                'part': coalesce(r.rejected, 0),
                'whole': coalesce(r.rejected, 0) + r.new + coalesce(r.revised, 0) + coalesce(r.unchanged, 0)
            }
        ]) AS it
    FROM lake.runs AS r
    SEMI JOIN newest ON newest.site = r.site AND newest.flow = r.flow
    WHERE r.new IS NOT NULL
),
present AS (
    SELECT * FROM counted SEMI JOIN newest USING (run_id) WHERE it.whole > 0
),
past AS (
    SELECT present.run_id, present.it.name AS name, count(*) AS runs, sum(c.it.part) AS part, sum(c.it.whole) AS whole
    FROM present
    JOIN counted AS c
        ON c.site = present.site
        AND c.flow = present.flow
        AND c.it.name = present.it.name
        AND c.began_at < present.began_at
        AND c.began_at >= present.began_at - INTERVAL 56 DAYS
    GROUP BY ALL
),
examples AS (
    SELECT run_id, 'rejected' AS name, array_to_string(min(format('{} {}', reason, url), 3), ', ') AS first
    FROM lake.rejects
    SEMI JOIN newest USING (run_id)
    GROUP BY run_id
    UNION ALL
    SELECT f.run_id, 'copies', array_to_string(min(f.article_uid, 3), ', ')
    FROM lake.fetches AS f
    SEMI JOIN newest ON newest.run_id = f.run_id
    SEMI JOIN lake.copies AS c ON c.article_uid = f.article_uid
    WHERE f.outcome = 'new'
    GROUP BY f.run_id
),
judged AS (
    SELECT
        p.*,
        coalesce(past.runs, 0) AS runs,
        least((coalesce(past.part, 0) + 1) / (coalesce(past.whole, 0) + 2), 1) AS usual,
        greatest(
            p.it.whole * usual + 3 * sqrt(p.it.whole * usual * (1 - usual) + 1), p.it.whole * (usual + 0.05)
        ) AS most
    FROM present AS p
    LEFT JOIN past ON past.run_id = p.run_id AND past.name = p.it.name
)
SELECT
    format('{}/{}: {}', site, flow, it.name) AS subject,
    format('at most {:.0f}', floor(most)) AS expected,
    it.part::VARCHAR AS observed,
    it.part <= most AS passed,
    format(
        '{} of {} {}; usual is a share of {:.3f}, by {} runs{}',
        it.part, it.whole, it.of, usual, runs, coalesce('; for example ' || examples.first, '')
    ) AS detail
FROM judged
LEFT JOIN examples ON examples.run_id = judged.run_id AND examples.name = judged.it.name
UNION ALL
SELECT NULL, 'no run to look at', 'none', true, NULL
WHERE NOT EXISTS (FROM judged)
