-- Checks that failed in the newest checked run of each site, and the newest sixty of all.
WITH checked AS (
    SELECT run_id, max(checked_at) AS checked_at FROM lake.checks GROUP BY run_id
),
run_sites AS (
    SELECT checked.run_id, checked.checked_at, coalesce(r.site, regexp_extract(checked.run_id, '^[^-]+-(.+)-[^-]+$', 1)) AS site
    FROM checked
    LEFT JOIN lake.runs AS r USING (run_id)
),
newest AS (
    SELECT site, max_by(run_id, checked_at) AS run_id FROM run_sites GROUP BY site
)
SELECT
    c.run_id,
    s.site,
    c."check",
    left(c.subject, 200) AS subject,
    c.severity,
    left(c.expected, 120) AS expected,
    left(c.observed, 120) AS observed,
    left(regexp_replace(c.detail, 'https?://[^ ,;]*/', '…/', 'g'), 400) AS detail, -- of addresses, their ends
    epoch(c.checked_at)::BIGINT AS checked_at,
    c.run_id = newest.run_id AS is_newest
FROM lake.checks AS c
JOIN run_sites AS s USING (run_id)
JOIN newest ON newest.site = s.site
WHERE NOT c.passed
QUALIFY is_newest OR row_number() OVER (ORDER BY c.checked_at DESC, c.run_id, c."check", c.subject) <= 60
ORDER BY c.checked_at DESC, c.run_id, c."check", c.subject
