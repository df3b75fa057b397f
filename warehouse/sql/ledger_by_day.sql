-- ledger_by_day(since): every address of the ledger on its day, and the ids that nobody knows an address of on theirs:
-- what coverage counts and a backfill plans by. One row per address, and one per day and stretch of ids in a row. The
-- day of an article is its own. An id without an article lies in time between the articles around it by id, on a straight
-- line; an article more than a day out of the order of its neighbours, as one dated anew, draws no line. Below the
-- first article ids are taken to have come as fast as over all days, down to the day of the lowest known id and to the
-- day since (NULL: no further), but not to before 1990; above the last one nothing is missing: what is newer, the site's
-- doors tell. Where ids jump by more than 50,000 for each day that passes, another numbering begins, as that of
-- live discourses: numberings do not mix, and one in use beside a larger one has no ids that are missing, for nobody can
-- ask for them. An address without an id has the day in it, or that of its last change as the site's doors gave it, or
-- while it may yet be an article that on which it was found; else none.
-- site VARCHAR: name of the site
-- site_date DATE: day of publication in the site's own time zone; null where that is not known
-- dated_by VARCHAR: what tells the day: article, ids, address, door or discovery; null where nothing does
-- state VARCHAR: that of the address in urls, or never_looked_at
-- url VARCHAR: the address; null for ids that were never looked at
-- site_article_id VARCHAR: the id in it; null where it has none
-- next_try_at TIMESTAMPTZ: from when on the address is due again
-- first_id BIGINT: first of the ids never looked at; null for an address
-- last_id BIGINT: last of them
-- is_open BOOLEAN: whether more may be of the day than is known: it is the site's newest, or lies before what is known
CREATE MACRO ledger_by_day(since) AS TABLE
WITH addresses AS (
    SELECT
        u.site,
        u.url,
        u.state,
        u.site_article_id,
        u.next_try_at,
        u.lastmod_at,
        u.discovered_at,
        coalesce(u.site_article_id, a.site_article_id) AS number,
        -- What is longer is no number that anyone counts by, and would not fit when counted with.
        try_cast(CASE WHEN length(number) <= 15 THEN number END AS BIGINT) AS id,
        coalesce(a.site_date, a.published_at::DATE, a.first_seen_at::DATE) AS article_day,
        a.site_date,
        a.published_at
    FROM lake.urls AS u
    -- A condition beside the equality would compare every address with every article.
    LEFT JOIN lake.articles AS a ON a.article_uid = CASE WHEN u.state IN ('landed', 'alias') THEN u.article_uid END
),
-- By how many days the clock of a site is ahead of UTC, as those read soon after its midnight tell; and its newest day.
zones AS (
    SELECT
        site,
        coalesce(
            max(epoch(site_date::TIMESTAMP) - epoch(published_at))
            FILTER (epoch(site_date::TIMESTAMP) - epoch(published_at) <= 50_400),
            0
        ) / 86_400 AS ahead,
        greatest(max(article_day), max(lastmod_at)::DATE) AS newest_date
    FROM addresses
    GROUP BY site
),
-- When each id was published, in days of the site since 1970; without a time of day, at noon.
dated AS (
    SELECT
        a.site,
        a.id,
        a.day + coalesce(greatest(0, least(0.999_999, epoch(a.published_at) / 86_400 + z.ahead - a.day)), 0.5) AS moment
    FROM (
        SELECT site, id, published_at, coalesce(site_date, published_at::DATE) - DATE '1970-01-01' AS day
        FROM addresses
        WHERE state = 'landed' AND id IS NOT NULL
    ) AS a
    JOIN zones AS z USING (site)
    WHERE a.day IS NOT NULL
),
-- Where a numbering begins, by the middle of three on either side: one article of an odd day proves nothing.
begun AS (
    SELECT
        site,
        id,
        moment,
        id - lag(id) OVER upward AS jump,
        greatest(
            least(lag(moment) OVER upward, lag(moment, 2) OVER upward),
            least(greatest(lag(moment) OVER upward, lag(moment, 2) OVER upward), lag(moment, 3) OVER upward)
        ) AS before,
        greatest(
            least(moment, lead(moment) OVER upward),
            least(greatest(moment, lead(moment) OVER upward), lead(moment, 2) OVER upward)
        ) AS onward
    FROM dated
    WINDOW upward AS (PARTITION BY site ORDER BY id)
),
numbered AS (
    SELECT
        site,
        id,
        moment,
        sum(begins) OVER (PARTITION BY site ORDER BY id ROWS UNBOUNDED PRECEDING) AS numbering
    FROM (
        SELECT *, CASE WHEN jump > 50_000 * (1 + greatest(0, onward - before)) THEN 1 ELSE 0 END AS begins FROM begun
    )
),
neighbours AS (
    SELECT
        *,
        lag(moment) OVER upward IS NULL AS is_first,
        lead(moment) OVER upward IS NULL AS is_last,
        coalesce(lag(moment, 2) OVER upward, lead(moment, 2) OVER upward) IS NULL AS is_of_few,
        greatest(
            least(lag(moment) OVER upward, lag(moment, 2) OVER upward),
            least(greatest(lag(moment) OVER upward, lag(moment, 2) OVER upward), lag(moment, 3) OVER upward)
        ) AS before,
        greatest(
            least(lead(moment) OVER upward, lead(moment, 2) OVER upward),
            least(greatest(lead(moment) OVER upward, lead(moment, 2) OVER upward), lead(moment, 3) OVER upward)
        ) AS after
    FROM numbered
    WINDOW upward AS (PARTITION BY site, numbering ORDER BY id)
),
-- Those that draw the lines. Left out is what stands apart from neighbours that are in order without it.
anchors AS (
    SELECT site, numbering, id, moment
    FROM neighbours
    WHERE NOT (
        coalesce(moment < before - 1 OR moment > after + 1, false)
        AND CASE WHEN is_first OR is_last THEN NOT is_of_few ELSE before <= after + 1 END
    )
),
spans AS (
    SELECT
        site,
        numbering,
        count(*) AS articles,
        min(id) AS first_id,
        max(id) AS last_id,
        arg_min(moment, id) AS first_moment,
        max(moment) AS last_moment,
        -- Days that an id takes; too short a time tells nothing of it.
        CASE WHEN arg_max(moment, id) - arg_min(moment, id) >= 1
            THEN (arg_max(moment, id) - arg_min(moment, id)) / (max(id) - min(id))
        END AS step
    FROM anchors
    GROUP BY site, numbering
),
-- The ids between two numberings belong to the larger one, but for those next to the smaller.
numberings AS (
    SELECT
        s.*,
        CASE
            WHEN lag(s.last_id) OVER upward IS NULL THEN -1
            WHEN s.articles >= lag(s.articles) OVER upward THEN least(s.first_id, lag(s.last_id) OVER upward + 1_000)
            ELSE greatest(s.first_id - 1_000, lag(s.last_id) OVER upward + 1)
        END AS from_id,
        NOT EXISTS (
            SELECT 1
            FROM spans AS o
            WHERE
                o.site = s.site
                AND (o.articles > s.articles OR (o.articles = s.articles AND o.first_id > s.first_id))
                AND o.first_moment <= s.last_moment
                AND s.first_moment <= o.last_moment
        ) AS is_counted
    FROM spans AS s
    WINDOW upward AS (PARTITION BY s.site ORDER BY s.first_id)
),
-- The earliest numbering of each site, which goes on below its first article; and the site's newest day.
lowest AS (
    SELECT *, floor(max(last_moment) OVER (PARTITION BY site))::INT AS newest_day
    FROM numberings
    WHERE is_counted
    QUALIFY row_number() OVER (PARTITION BY site ORDER BY first_moment, first_id) = 1
),
-- The ids in pieces: from from_id on to the next piece, an id was published at moment + (id - base) * step.
pieces AS (
    SELECT
        a.site,
        a.id AS from_id,
        a.id AS base,
        a.moment,
        coalesce(greatest(0, lead(a.moment) OVER upward - a.moment) / (lead(a.id) OVER upward - a.id), 0) AS step,
        n.is_counted AND lead(a.id) OVER upward IS NOT NULL AS is_counted,
        lead(a.id) OVER upward IS NULL AS is_last
    FROM anchors AS a
    JOIN numberings AS n USING (site, numbering)
    WINDOW upward AS (PARTITION BY a.site, a.numbering ORDER BY a.id)
    UNION ALL
    SELECT
        n.site,
        n.from_id,
        n.first_id,
        n.first_moment,
        coalesce(l.step, 0),
        l.step IS NOT NULL,
        false
    FROM numberings AS n
    LEFT JOIN lowest AS l USING (site, numbering)
    WHERE n.from_id < n.first_id
),
placed AS (
    SELECT
        i.site,
        i.id,
        i.next_id,
        p.from_id,
        p.base,
        p.moment,
        p.step,
        p.is_counted,
        p.is_last,
        -- The web is not older than 1990, whatever the pace says.
        CASE WHEN p.moment + (i.id - p.base) * p.step >= 7_305 THEN floor(p.moment + (i.id - p.base) * p.step)::INT END
            AS day
    FROM (
        SELECT site, id, lead(id) OVER (PARTITION BY site ORDER BY id) AS next_id
        FROM (SELECT DISTINCT site, id FROM addresses WHERE id IS NOT NULL)
    ) AS i
    ASOF JOIN pieces AS p ON p.site = i.site AND i.id >= p.from_id
),
-- Where the ids looked at begin, and with how many of the days before they would have to go on.
floors AS (
    SELECT
        l.site,
        l.step,
        l.first_id,
        l.first_moment,
        l.newest_day,
        p.id AS lowest_id,
        p.day AS first_day,
        least(p.day, CASE WHEN since IS NOT NULL THEN greatest(since::DATE - DATE '1970-01-01', 7_305) END) AS down_to
    FROM lowest AS l
    JOIN placed AS p ON p.site = l.site AND p.id >= l.from_id AND p.id <= l.first_id AND p.day IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY l.site ORDER BY p.id) = 1
),
gaps AS (
    SELECT site, id + 1 AS first_id, next_id - 1 AS last_id, base, moment, step
    FROM placed
    WHERE is_counted AND day IS NOT NULL AND next_id > id + 1
    UNION ALL
    SELECT
        site,
        greatest(1, ceil(first_id - (first_moment - down_to) / step)::BIGINT),
        lowest_id - 1,
        first_id,
        first_moment,
        step
    FROM floors
    WHERE step IS NOT NULL
),
by_day AS (
    SELECT
        site,
        day,
        CASE
            WHEN step = 0 OR day = first_day THEN first_id
            ELSE greatest(first_id, ceil(base + (day - moment) / step)::BIGINT)
        END AS first_id,
        CASE
            WHEN step = 0 OR day = last_day THEN last_id
            ELSE least(last_id, ceil(base + (day + 1 - moment) / step)::BIGINT - 1)
        END AS last_id
    FROM (
        SELECT *, unnest(range(first_day, last_day + 1)) AS day
        FROM (
            SELECT
                *,
                floor(moment + (first_id - base) * step)::INT AS first_day,
                floor(moment + (last_id - base) * step)::INT AS last_day
            FROM gaps
            WHERE first_id <= last_id
        )
    )
),
known AS (
    SELECT
        a.site,
        a.state,
        a.url,
        a.site_article_id,
        a.next_try_at,
        (a.lastmod_at + to_seconds(coalesce(z.ahead, 0) * 86_400))::DATE AS door_day,
        try_cast(array_to_string(
            regexp_extract_all(regexp_extract(a.url, '/\d{4}[/-]\d{1,2}[/-]\d{1,2}[/-]'), '\d+'), '-'
        ) AS DATE) AS address_day,
        CASE
            WHEN a.article_day IS NOT NULL THEN {'by': 'article', 'day': a.article_day}
            WHEN p.is_last AND door_day IS NOT NULL THEN {'by': 'door', 'day': door_day}
            WHEN p.id IS NOT NULL THEN {'by': 'ids', 'day': DATE '1970-01-01' + p.day}
            WHEN address_day IS NOT NULL THEN {'by': 'address', 'day': address_day}
            WHEN door_day IS NOT NULL THEN {'by': 'door', 'day': door_day}
            WHEN a.state IN ('pending', 'failed')
                THEN {'by': 'discovery', 'day': (a.discovered_at + to_seconds(coalesce(z.ahead, 0) * 86_400))::DATE}
        END AS dated
    FROM addresses AS a
    LEFT JOIN zones AS z ON z.site = a.site
    LEFT JOIN placed AS p ON p.site = a.site AND p.id = CASE WHEN a.article_day IS NULL THEN a.id END
),
every AS (
    SELECT
        site,
        dated.day AS site_date,
        dated.by AS dated_by,
        state,
        url,
        site_article_id,
        next_try_at,
        NULL::BIGINT AS first_id,
        NULL::BIGINT AS last_id
    FROM known
    UNION ALL
    SELECT site, DATE '1970-01-01' + day::INT, 'ids', 'never_looked_at', NULL, NULL, NULL, first_id, last_id
    FROM by_day
    WHERE first_id <= last_id
)
SELECT
    e.site,
    e.site_date,
    e.dated_by,
    e.state,
    e.url,
    e.site_article_id,
    e.next_try_at,
    e.first_id,
    e.last_id,
    coalesce(
        e.site_date >= DATE '1970-01-01' + f.newest_day
        OR e.site_date < DATE '1970-01-01' + f.first_day + CASE WHEN f.step IS NULL THEN 1 ELSE 0 END,
        e.site_date >= z.newest_date,
        true
    ) AS is_open
FROM every AS e
LEFT JOIN floors AS f USING (site)
LEFT JOIN zones AS z USING (site)
