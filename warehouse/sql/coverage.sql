-- One row per site and day: how much of what the site published that day is here. The day of an address is that of its
-- article; without one, that of the articles with ids around its own; without an id, when the site's doors say it
-- changed, else when it was found. On sites that number their articles an id that nobody knows an address of belongs to
-- the day of the id before it: also an id between the last of a day and the first of the next. A single article
-- of another day than its neighbours by id moves no ids. Where ids jump by more than 50,000 for each day, another
-- numbering begins, as that of live discourses: nothing is missing in between.
-- site VARCHAR: name of the site
-- site_date DATE: day of publication in the site's own time zone
-- known BIGINT: addresses known for the day
-- landed BIGINT: of these, articles that are here
-- pending BIGINT: of these, not asked for yet
-- failed BIGINT: of these, the last tries got no answer
-- gone BIGINT: of these, no longer there when asked for
-- other BIGINT: of these, in another final state: another address of an article, no article, refused, taken down
-- never_looked_at HUGEINT: ids of the day that no address is known of; 0 on sites without numbers
-- is_complete BOOLEAN: whether nothing is pending, failed or never looked at; false for the newest day, which may not be over
-- complete_from DATE: first day of the site's longest unbroken run of complete days; null where there is none
-- complete_through DATE: last day of that run: from complete_from up to here an analyst may rely on it
CREATE VIEW coverage AS
WITH addresses AS (
    SELECT
        u.site,
        u.state,
        try_cast(u.site_article_id AS BIGINT) AS id,
        coalesce(a.site_date, a.published_at::DATE, a.first_seen_at::DATE) AS article_day,
        coalesce(u.lastmod_at, u.discovered_at)::DATE AS door_day
    FROM lake.urls AS u
    -- A condition beside the equality would compare every address with every article.
    LEFT JOIN lake.articles AS a ON a.article_uid = CASE WHEN u.state IN ('landed', 'alias') THEN u.article_uid END
),
ids AS (
    SELECT site, id, min(article_day) AS day FROM addresses WHERE id IS NOT NULL GROUP BY site, id
),
dated AS (
    -- Earlier than both its neighbours, or later, is out of order: then the median of five.
    SELECT
        site,
        id,
        CASE
            WHEN (day < lag(day) OVER near AND day < lead(day) OVER near)
                OR (day > lag(day) OVER near AND day > lead(day) OVER near)
                THEN list_median(list_filter(
                    [lag(day, 2) OVER near, lag(day) OVER near, day, lead(day) OVER near, lead(day, 2) OVER near],
                    lambda each: each IS NOT NULL
                ))::DATE
            ELSE day
        END AS day
    FROM ids
    WHERE day IS NOT NULL
    WINDOW near AS (PARTITION BY site ORDER BY id)
),
placed AS (
    SELECT
        i.site,
        i.id,
        coalesce(d.day, f.day) AS day
    FROM ids AS i
    ASOF LEFT JOIN dated AS d ON d.site = i.site AND i.id >= d.id
    LEFT JOIN (SELECT site, arg_min(day, id) AS day FROM dated GROUP BY site) AS f ON f.site = i.site
),
gaps AS (
    SELECT
        site,
        day AS site_date,
        lead(id) OVER upward - id - 1 AS unknown,
        abs(lead(day) OVER upward - day) + 1 AS days
    FROM placed
    WHERE day IS NOT NULL
    WINDOW upward AS (PARTITION BY site ORDER BY id)
),
unknown AS (
    SELECT site, site_date, coalesce(sum(unknown) FILTER (unknown <= 50_000 * days), 0) AS never_looked_at
    FROM gaps
    GROUP BY site, site_date
),
counted AS (
    SELECT
        a.site,
        coalesce(a.article_day, p.day, a.door_day) AS site_date,
        count(*) AS known,
        count(*) FILTER (a.state = 'landed') AS landed,
        count(*) FILTER (a.state = 'pending') AS pending,
        count(*) FILTER (a.state = 'failed') AS failed,
        count(*) FILTER (a.state = 'gone') AS gone
    FROM addresses AS a
    LEFT JOIN placed AS p ON p.site = a.site AND p.id = a.id
    GROUP BY ALL
),
days AS (
    SELECT
        c.*,
        c.known - c.landed - c.pending - c.failed - c.gone AS other,
        coalesce(u.never_looked_at, 0) AS never_looked_at,
        c.pending + c.failed + coalesce(u.never_looked_at, 0) = 0
            AND c.site_date < max(c.site_date) OVER (PARTITION BY c.site) AS is_complete
    FROM counted AS c
    LEFT JOIN unknown AS u USING (site, site_date)
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
