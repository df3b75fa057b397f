-- Articles by time, site, topic and agency: by the hour for a week, by the day for ninety days, by the month before.
SELECT
    band,
    epoch(
        CASE
            WHEN band <= 1 THEN date_trunc('hour', published_at)
            WHEN band <= 3 THEN date_trunc('day', published_at)
            ELSE date_trunc('month', published_at)
        END
    )::BIGINT AS start,
    site,
    topic,
    agency,
    count(*) AS articles,
    count(*) FILTER (WHERE is_copy) AS copies,
    count(*) FILTER (WHERE is_verbatim) AS verbatim,
    count(*) FILTER (WHERE has_ai_image) AS ai_images
FROM filed
GROUP BY ALL
ORDER BY start, site, topic, agency, band
