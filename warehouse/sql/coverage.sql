-- One row per site and day: how much of what the site published that day is here. Which address and which id belongs to
-- which day: see ledger_by_day, by which a backfill plans. What no day is known of is not counted.
-- site VARCHAR: name of the site
-- site_date DATE: day of publication in the site's own time zone
-- known BIGINT: addresses known for the day
-- landed BIGINT: of these, articles that are here
-- pending BIGINT: of these, not asked for yet
-- failed BIGINT: of these, the last tries got no answer
-- gone BIGINT: of these, no longer there when asked for
-- other BIGINT: of these, in another final state: another address of an article, no article, refused, taken down
-- never_looked_at BIGINT: ids of the day that no address is known of; 0 on sites without numbers
-- is_complete BOOLEAN: whether nothing is pending, failed or never looked at; false for the newest day, which may not be over, and for what lies before all that was looked at
-- complete_from DATE: first day of the site's longest unbroken run of complete days; null where there is none
-- complete_through DATE: last day of that run: from complete_from up to here an analyst may rely on it
CREATE VIEW coverage AS
WITH counted AS (
    SELECT
        site,
        site_date,
        count(url) AS known,
        count(*) FILTER (state = 'landed') AS landed,
        count(*) FILTER (state = 'pending') AS pending,
        count(*) FILTER (state = 'failed') AS failed,
        count(*) FILTER (state = 'gone') AS gone,
        coalesce(sum(last_id - first_id + 1), 0)::BIGINT AS never_looked_at,
        bool_or(is_open) AS is_open
    FROM ledger_by_day(NULL)
    WHERE site_date IS NOT NULL
    GROUP BY site, site_date
),
days AS (
    SELECT
        *,
        known - landed - pending - failed - gone AS other,
        pending + failed + never_looked_at = 0 AND NOT is_open AS is_complete
    FROM counted
),
stretched AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY site ORDER BY site_date)
        - row_number() OVER (PARTITION BY site, is_complete ORDER BY site_date) AS stretch
    FROM days
),
longest AS (
    SELECT site, arg_max(ends, ends.days) AS ends
    FROM (
        SELECT site, {'first': min(site_date), 'last': max(site_date), 'days': (count(*), max(site_date))} AS ends
        FROM stretched
        WHERE is_complete
        GROUP BY site, stretch
    )
    GROUP BY site
)
SELECT
    s.site,
    s.site_date,
    s.known,
    s.landed,
    s.pending,
    s.failed,
    s.gone,
    s.other,
    s.never_looked_at,
    s.is_complete,
    l.ends.first AS complete_from,
    l.ends.last AS complete_through
FROM stretched AS s
LEFT JOIN longest AS l USING (site)
