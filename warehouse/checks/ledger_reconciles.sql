-- The ledger agrees with the articles: of each site as many addresses have landed as articles have an address, each
-- article's address is the one that landed, and every address ever discovered is in exactly one state.
-- Severity: error
-- Look: SELECT site, state, count(*) AS addresses, min(url) AS first FROM urls GROUP BY ALL ORDER BY ALL
WITH sites AS (
    SELECT DISTINCT site FROM lake.runs SEMI JOIN checked_runs USING (run_id) WHERE site IS NOT NULL
),
known AS (
    SELECT
        site,
        count(*) AS addresses,
        count(*) FILTER (WHERE state = 'landed') AS landed,
        count(*) FILTER (
            WHERE state IN (
                'pending', 'landed', 'alias', 'not_article', 'gone', 'blocked_by_robots', 'off_scope', 'failed',
                'rejected', 'taken_down'
            )
        ) AS in_a_state
    FROM lake.urls
    SEMI JOIN sites USING (site)
    GROUP BY site
),
counted AS (
    SELECT
        site,
        coalesce(known.addresses, 0) AS addresses,
        coalesce(known.in_a_state, 0) AS in_a_state,
        coalesce(known.landed, 0) AS landed,
        coalesce(a.articles, 0) AS articles
    FROM sites
    LEFT JOIN known USING (site)
    LEFT JOIN (SELECT site, count(*) AS articles FROM lake.articles SEMI JOIN sites USING (site) GROUP BY site) AS a
        USING (site)
),
-- Counting different addresses is dear, and only needed where articles share one: see articles_have_own_addresses.
shared AS (
    SELECT site, count(*) - count(DISTINCT url) AS articles
    FROM lake.articles
    SEMI JOIN (FROM counted WHERE landed <> articles) AS differing USING (site)
    GROUP BY site
),
read AS (
    SELECT article_uid, site, url FROM lake.articles SEMI JOIN touched USING (article_uid)
),
landed AS (
    SELECT article_uid, site, url FROM lake.urls SEMI JOIN touched USING (article_uid) WHERE state = 'landed'
),
astray AS (
    SELECT url FROM read
    ANTI JOIN (SELECT site, url FROM lake.urls WHERE state = 'landed') AS of_the_ledger USING (site, url)
    UNION ALL
    SELECT url FROM landed ANTI JOIN read USING (article_uid, site, url)
)
SELECT
    site || ': addresses that landed' AS subject,
    counted.articles - coalesce(shared.articles, 0) AS expected,
    landed AS observed,
    expected = observed AS passed,
    NULL AS detail
FROM counted
LEFT JOIN shared USING (site)
UNION ALL
SELECT site || ': addresses in a state', addresses, in_a_state, addresses = in_a_state, NULL
FROM counted
UNION ALL
SELECT 'addresses of articles that did not land', 0, count(*), count(*) = 0, array_to_string(min(url, 3), ', ')
FROM astray
