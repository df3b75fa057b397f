-- The last forty runs of each site, oldest first.
SELECT
    run_id,
    site,
    flow,
    epoch(coalesce(started_at, published_at))::BIGINT AS started_at,
    epoch(finished_at - started_at) AS seconds,
    state,
    left(reason, 300) AS reason,
    coalesce(new, 0) AS new,
    coalesce(revised, 0) AS revised,
    coalesce(unchanged, 0) AS unchanged,
    coalesce(rejected, 0) AS rejected,
    coalesce(failed, 0) AS failed,
    coalesce(fetched, 0) AS fetched
FROM lake.runs
WHERE site IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY site ORDER BY coalesce(started_at, published_at) DESC, run_id DESC) <= 40
ORDER BY started_at, run_id
