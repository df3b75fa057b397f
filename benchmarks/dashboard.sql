-- A warehouse of $articles articles of two sites in ninety days, as much as the dashboard reads of it: no texts.
-- A number below n that follows from i and the salt.
CREATE TEMP MACRO pick(i, salt, n) AS (hash(i, salt) % n)::BIGINT;

CREATE TEMP TABLE made AS
SELECT
    CASE WHEN pick(i, 0, 5) = 0 THEN 'harbourledger' ELSE 'devdiscourse' END AS site,
    site || ':' || (3000000 + i) AS article_uid,
    TIMESTAMPTZ '2025-12-12 14:00:00+00' - to_seconds((90 * 86400 * i / $articles)::BIGINT) AS published_at,
    ['politics', 'economy', 'sport', 'health', 'science_technology', 'society', 'education', 'crime_law', 'weather']
        [1 + pick(i, 1, 9) * pick(i, 2, 9) // 8] AS section,
    CASE WHEN pick(i, 3, 4) = 0 THEN NULL ELSE 'Agency ' || (pick(i, 4, 30) * pick(i, 5, 30) // 29) END AS agency,
    'Ministers of the ' || pick(i, 6, 400) || 'th committee met on the ' || pick(i, 7, 90) || 'th day of talks' AS title,
    i // 4 * 4 AS story,
    i
FROM range($articles) AS t(i);

INSERT INTO lake.articles BY NAME
SELECT
    article_uid, site, article_uid AS url, title, section, agency AS source_agency, coalesce(agency, 'Desk') AS source,
    CASE WHEN agency IS NULL THEN 'desk' ELSE 'verbatim' END AS syndication, published_at,
    published_at AS first_seen_at, published_at + INTERVAL 1 HOUR AS last_seen_at, pick(i, 8, 5) = 0 AS
    image_is_ai_generated, 'hash' AS content_hash, 1 AS revision, 'run' AS run_id
FROM made;

INSERT INTO lake.tags BY NAME
SELECT
    article_uid, 'country' AS scheme, code AS tag, 'Country ' || code AS name, 0.5 AS score,
    'about' AS method, ['title@0: x'] AS evidence, '1' AS vocabulary_version
FROM (SELECT *, unnest(list_distinct([pick(i, 9, 180) * pick(i, 10, 180) // 179, pick(i, 11, 180)])) AS code FROM made);

INSERT INTO lake.copies BY NAME
SELECT
    article_uid, site || ':' || (3000000 + i - 1) AS canonical_uid, 'near' AS relation, 0.9 AS similarity,
    canonical_uid AS matched_uid, '' AS matched_on
FROM made
WHERE i % 20 = 1;

INSERT INTO lake.stories BY NAME
SELECT
    'story:' || story AS story_id, any_value(title) AS title, count(*) AS articles, ['x'] AS sources,
    min(published_at) AS first_published_at, max(published_at) AS last_published_at
FROM made
GROUP BY story;

INSERT INTO lake.story_members BY NAME SELECT 'story:' || story AS story_id, article_uid, published_at FROM made;

INSERT INTO lake.revisions BY NAME
SELECT
    article_uid, site, article_uid AS url, title || CASE WHEN n = 2 THEN ', officials say' ELSE '' END AS title, published_at,
    'hash' AS content_hash, n AS revision, published_at + to_hours(n) AS observed_at, observed_at AS recorded_at,
    CASE WHEN n = 2 THEN ['title'] ELSE [] END AS changed_fields, n = 2 AS is_content_change,
    CASE WHEN n = 2 THEN 'correction' ELSE 'first' END AS change_kind,
    CASE WHEN n = 2 THEN [repeat('what was said of it ', 30)] END AS paragraphs_before,
    CASE WHEN n = 2 THEN [repeat('what was told of it ', 30)] END AS paragraphs_after, 'run' AS run_id
FROM made, range(1, 3) AS t(n)
WHERE n = 1 OR i % 30 = 0;

INSERT INTO lake.urls BY NAME
SELECT
    site, article_uid AS url, article_uid, published_at AS discovered_at, 'feed' AS discovered_by, 'landed' AS state,
    1 AS attempts, 0 AS failures, 'run' AS run_id
FROM made;

-- Runs every quarter of an hour; twelve editions with ten entries each, of which some move.
INSERT INTO lake.runs BY NAME
SELECT
    'run' || n || '-' || site AS run_id, 'ingest' AS flow, site,
    TIMESTAMPTZ '2025-12-12 14:00:00+00' - to_minutes(15 * n) AS started_at,
    started_at + INTERVAL 2 MINUTES AS finished_at, finished_at AS published_at, 'complete' AS state,
    10 + pick(n, 0, 20) AS new, pick(n, 1, 5) AS revised, 0 AS unchanged, 60 AS fetched
FROM range(900) AS t(n), (VALUES ('devdiscourse'), ('harbourledger')) AS s(site);

INSERT INTO lake.sidebars BY NAME
SELECT
    TIMESTAMPTZ '2025-12-12 14:00:00+00' - to_minutes(15 * n) AS observed_at, 'devdiscourse' AS site,
    'edition-' || e AS edition, 'trending' AS section, r AS rank,
    'devdiscourse:' || (3000000 + (n + pick(r, e, 12)) // 12 * 40 + (r + pick(n // 6, e, 10)) % 10) AS article_uid,
    'What trends is number ' || article_uid || ' on a list of ten' AS title, 'India' AS country, 'home' AS page_uid,
    'run' || n || '-devdiscourse' AS run_id
FROM range(900) AS t(n), range(12) AS u(e), range(1, 11) AS v(r);

INSERT INTO lake.field_coverage BY NAME
SELECT
    'run' || n || '-' || site AS run_id, site, TIMESTAMPTZ '2025-12-12 14:00:00+00' - to_minutes(15 * n) AS observed_at,
    'news' AS kind, 'field ' || f AS field, 50 AS pages, 50 - pick(n, f, 4) AS found, found / pages AS share
FROM range(900) AS t(n), range(25) AS u(f), (VALUES ('devdiscourse'), ('harbourledger')) AS s(site);

INSERT INTO lake.checks BY NAME
SELECT
    'run' || n || '-' || site AS run_id, 'check ' || c AS "check", site AS subject, 'warning' AS severity, '1' AS expected,
    '2' AS observed, pick(n, c, 50) > 0 AS passed, repeat('detail ', 40) AS detail,
    TIMESTAMPTZ '2025-12-12 14:00:00+00' - to_minutes(15 * n) AS checked_at
FROM range(900) AS t(n), range(15) AS u(c), (VALUES ('devdiscourse'), ('harbourledger')) AS s(site);
