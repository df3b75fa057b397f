-- How many articles of the biggest stories are of which site, topic, agency and period.
SELECT story_id, f.site, f.topic, f.agency, f.band, count(*) AS articles
FROM biggest
JOIN lake.story_members USING (story_id)
JOIN filed AS f USING (article_uid)
GROUP BY ALL
ORDER BY story_id, f.site, f.topic, f.agency, f.band
