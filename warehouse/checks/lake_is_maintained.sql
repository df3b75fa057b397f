-- Of the snapshots of a day that is over, maintenance keeps the last and those with a name. With more of them, and with
-- the small files they hold, every run takes longer. Two hundred come of two days without it, at a run every quarter of
-- an hour.
-- Severity: warning
-- Look: SELECT published_at::DATE AS day, count(*) AS runs FROM runs GROUP BY ALL ORDER BY ALL
WITH spare AS (
    SELECT count(*) - count(DISTINCT snapshot_time::DATE) AS snapshots
    FROM ducklake_snapshots('lake')
    WHERE snapshot_time < now() - INTERVAL 2 DAYS
    AND snapshot_id NOT IN (SELECT snapshot_id FROM lake.named_snapshots WHERE kept_until_at > now())
)
SELECT
    NULL AS subject,
    'at most 200 snapshots to expire' AS expected,
    snapshots::VARCHAR AS observed,
    snapshots <= 200 AS passed,
    'run `wirehouse maintain`; its deployment does so every night' AS detail
FROM spare
