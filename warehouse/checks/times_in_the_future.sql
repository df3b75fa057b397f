-- No article says that it was published, or updated, more than a quarter of an hour after its page was fetched: its times
-- are misread, or in another zone than we think.
-- Severity: warning
-- Look: SELECT article_uid, observed_at, published_at, published_raw, updated_at, updated_raw FROM revisions WHERE
--   run_id IN {runs} AND greatest(published_at, updated_at) > observed_at + INTERVAL 15 MINUTES
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(format('{} ({})', article_uid, strftime(latest, '%Y-%m-%d %H:%M')), 3), ', ') AS detail
FROM (
    SELECT article_uid, observed_at, greatest(published_at, updated_at) AS latest
    FROM lake.revisions
    SEMI JOIN checked_runs USING (run_id)
)
WHERE latest > observed_at + INTERVAL 15 MINUTES
