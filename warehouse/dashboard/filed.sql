-- Made before the queries: one row per article, filed by what the page can be filtered by. Periods count back from the
-- newest publication; an article dated more than a day after we last saw it is dated wrongly, and left out.
CREATE TEMP TABLE filed AS
WITH dated AS (
    SELECT
        a.article_uid,
        a.site,
        coalesce(a.section, 'not filed') AS topic,
        left(
            coalesce(
                a.source_agency, CASE WHEN a.syndication IN ('desk', 'own') THEN 'Own newsroom' ELSE 'Not named' END
            ),
            60
        ) AS agency,
        a.published_at,
        c.article_uid IS NOT NULL AS is_copy,
        a.syndication = 'verbatim' AS is_verbatim,
        coalesce(a.image_is_ai_generated, false) AS has_ai_image
    FROM lake.articles AS a
    LEFT JOIN lake.copies AS c USING (article_uid)
    WHERE a.published_at <= a.last_seen_at + INTERVAL 1 DAY
),
named AS (
    SELECT agency FROM dated GROUP BY agency ORDER BY count(*) DESC, agency LIMIT 14
),
aged AS (
    SELECT *, (SELECT max(published_at) FROM dated) - published_at AS age FROM dated
)
SELECT
    * REPLACE (CASE WHEN agency IN (FROM named) THEN agency ELSE 'Other agencies' END AS agency),
    CASE
        WHEN age < INTERVAL 24 HOURS THEN 0
        WHEN age < INTERVAL 7 DAYS THEN 1
        WHEN age < INTERVAL 30 DAYS THEN 2
        WHEN age < INTERVAL 90 DAYS THEN 3
        ELSE 4
    END AS band
FROM aged
