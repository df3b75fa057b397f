-- The counts of a run are the sums of what fetches and rejects list of it. A run without exchanges has nothing to sum,
-- and a count that is null was not taken.
-- Severity: error
-- Look: SELECT run_id, outcome, count(*) AS exchanges FROM fetches WHERE run_id IN {runs} GROUP BY ALL ORDER BY ALL
WITH made AS (
    SELECT
        run_id,
        count(*) AS fetched,
        count(*) FILTER (WHERE outcome = 'new') AS new,
        count(*) FILTER (WHERE outcome = 'revised') AS revised,
        count(*) FILTER (WHERE outcome = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE outcome = 'failed') AS failed
    FROM lake.fetches
    SEMI JOIN checked_runs USING (run_id)
    GROUP BY run_id
),
refused AS (
    SELECT run_id, count(*) AS rejected FROM lake.rejects SEMI JOIN checked_runs USING (run_id) GROUP BY run_id
),
counted AS (
    SELECT
        r.run_id,
        unnest([
            {'name': 'fetched', 'said': r.fetched, 'listed': m.fetched},
            {'name': 'new', 'said': r.new, 'listed': m.new},
            {'name': 'revised', 'said': r.revised, 'listed': m.revised},
            {'name': 'unchanged', 'said': r.unchanged, 'listed': m.unchanged},
            {'name': 'failed', 'said': r.failed, 'listed': m.failed},
            {'name': 'rejected', 'said': r.rejected, 'listed': coalesce(refused.rejected, 0)}
        ]) AS it
    FROM lake.runs AS r
    SEMI JOIN checked_runs USING (run_id)
    LEFT JOIN made AS m USING (run_id)
    LEFT JOIN refused USING (run_id)
    WHERE m.run_id IS NOT NULL OR r.fetched > 0
),
differing AS (
    SELECT format('{}: {} is {}, listed are {}', run_id, it.name, it.said, coalesce(it.listed, 0)) AS finding
    FROM counted
    WHERE it.said <> coalesce(it.listed, 0)
)
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(finding, 3), '; ') AS detail
FROM differing
