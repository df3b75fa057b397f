-- Every exchange has an outcome, and every answer a record in the archive.
-- Severity: error
-- Look: SELECT fetched_at, url, outcome, status, archive_file FROM fetches WHERE run_id IN {runs} AND status IS NOT
--   NULL AND archive_file IS NULL
SELECT
    NULL AS subject,
    0 AS expected,
    count(*) AS observed,
    count(*) = 0 AS passed,
    array_to_string(min(url, 3), ', ') AS detail
FROM lake.fetches
SEMI JOIN checked_runs USING (run_id)
WHERE outcome NOT IN (
    'new', 'revised', 'unchanged', 'not_modified', 'redirect', 'discovery', 'missing', 'gone', 'rejected', 'failed',
    'rolled_back'
)
OR (status IS NOT NULL AND (archive_file IS NULL OR archive_offset IS NULL))
