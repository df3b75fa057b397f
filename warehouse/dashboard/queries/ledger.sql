-- Addresses of each site by their state.
SELECT site, state, count(*) AS addresses
FROM lake.urls
GROUP BY site, state
ORDER BY site, state
