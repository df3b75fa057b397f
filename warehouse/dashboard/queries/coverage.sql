-- On which share of pages each field was found, in each of the last sixteen runs of a site that read pages.
WITH recent AS (
    SELECT site, run_id, max(observed_at) AS observed_at
    FROM lake.field_coverage
    GROUP BY site, run_id
    QUALIFY row_number() OVER (PARTITION BY site ORDER BY max(observed_at) DESC, run_id DESC) <= 16
)
SELECT
    c.site,
    epoch(recent.observed_at)::BIGINT AS observed_at,
    c.field,
    sum(c.pages)::BIGINT AS pages,
    sum(c.found)::BIGINT AS found
FROM lake.field_coverage AS c
JOIN recent USING (site, run_id)
GROUP BY c.site, c.run_id, recent.observed_at, c.field
ORDER BY c.site, c.field, observed_at
