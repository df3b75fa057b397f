-- Made after `filed` and before the queries: which stories the page has, and the first how many articles of each. For
-- each period the thirty stories with most articles in it, with fifty; and for each site, topic and agency in each period
-- the ten with most articles of that, with twelve.
CREATE TEMP TABLE biggest AS
WITH told AS (
    SELECT story_id, articles FROM lake.stories WHERE articles > 1
),
counted AS (
    SELECT m.story_id, f.site, f.topic, f.agency, f.band, count(*) AS articles
    FROM lake.story_members AS m
    JOIN filed AS f USING (article_uid)
    SEMI JOIN told USING (story_id)
    GROUP BY ALL
),
fitting AS (
    SELECT
        c.story_id,
        p.band,
        c.site,
        c.topic,
        c.agency,
        grouping_id(c.site, c.topic, c.agency) = 7 AS is_of_all,
        sum(c.articles) AS fitting
    FROM counted AS c
    JOIN range(5) AS p(band) ON c.band <= p.band
    GROUP BY GROUPING SETS (
        (c.story_id, p.band), (c.story_id, p.band, c.site), (c.story_id, p.band, c.topic), (c.story_id, p.band, c.agency)
    )
),
ranked AS (
    SELECT
        f.story_id,
        f.is_of_all,
        row_number() OVER (
            PARTITION BY f.band, f.site, f.topic, f.agency ORDER BY f.fitting DESC, told.articles DESC, f.story_id
        ) AS place
    FROM fitting AS f
    JOIN told USING (story_id)
)
SELECT story_id, max(CASE WHEN is_of_all AND place <= 30 THEN 50 ELSE 12 END) AS listed
FROM ranked
WHERE place <= CASE WHEN is_of_all THEN 30 ELSE 10 END
GROUP BY story_id
