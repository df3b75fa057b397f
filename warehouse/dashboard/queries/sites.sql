-- One row per site: how much there is of it and how fresh it is.
WITH ingests AS (
    SELECT
        site,
        -- A time to come is not believed.
        CASE WHEN started_at <= now() THEN started_at WHEN published_at <= now() THEN published_at END AS began_at,
        epoch(began_at - lag(began_at) OVER (PARTITION BY site ORDER BY began_at)) AS gap
    FROM lake.runs
    WHERE site IS NOT NULL AND flow = 'ingest' AND began_at IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY site ORDER BY began_at DESC) <= 200
),
usual AS (
    -- Of fewer gaps than three none is usual.
    SELECT site, max(began_at) AS last_ingest_at, CASE WHEN count(gap) >= 3 THEN median(gap) END AS usual_gap_s
    FROM ingests
    GROUP BY site
),
last_run AS (
    SELECT site, max(published_at) AS recorded_at FROM lake.runs WHERE site IS NOT NULL GROUP BY site
),
counted AS (
    SELECT
        site,
        count(*) AS articles,
        max(published_at) FILTER (WHERE published_at <= last_seen_at + INTERVAL 1 DAY) AS newest_at,
        count(*) FILTER (WHERE published_at > last_seen_at + INTERVAL 1 DAY) AS future,
        count(*) FILTER (WHERE published_at IS NULL) AS undated
    FROM lake.articles
    GROUP BY site
),
waiting AS (
    SELECT
        site,
        count(*) AS addresses,
        count(*) FILTER (WHERE state = 'pending') AS pending,
        count(*) FILTER (WHERE state IN ('failed', 'rejected')) AS failed
    FROM lake.urls
    GROUP BY site
)
SELECT
    site,
    epoch(last_run.recorded_at)::BIGINT AS last_run_at,
    epoch(usual.last_ingest_at)::BIGINT AS last_ingest_at,
    usual.usual_gap_s::BIGINT AS usual_gap_s,
    epoch(counted.newest_at)::BIGINT AS newest_at,
    coalesce(counted.articles, 0) AS articles,
    coalesce(counted.future, 0) AS future,
    coalesce(counted.undated, 0) AS undated,
    coalesce(waiting.addresses, 0) AS addresses,
    coalesce(waiting.pending, 0) AS pending,
    coalesce(waiting.failed, 0) AS failed
FROM last_run
FULL JOIN counted USING (site)
LEFT JOIN usual USING (site)
LEFT JOIN waiting USING (site)
ORDER BY site
