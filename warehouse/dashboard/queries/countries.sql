-- Articles about each of the sixty countries most written about, by period, site, topic and agency.
WITH about AS (
    SELECT f.band, f.site, f.topic, f.agency, t.tag AS code, t.name
    FROM lake.tags AS t
    JOIN filed AS f USING (article_uid)
    WHERE t.scheme = 'country' AND t.method = 'about'
),
most AS (
    SELECT code FROM about GROUP BY code ORDER BY count(*) DESC, code LIMIT 60
)
SELECT band, site, topic, agency, code, any_value(name) AS country, count(*) AS articles
FROM about
SEMI JOIN most USING (code)
GROUP BY band, site, topic, agency, code
ORDER BY code, band, site, topic, agency
