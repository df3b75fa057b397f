-- articles_site_as_of(ts): the articles as the site had them at ts: by its Updated time where that moved, else by when
-- we saw the change. One row per article published by then. A text cannot be newer than our sight of it, and is
-- newer than our sight of the one before: at that moment the site had that one. The first text we have stands in from
-- publication on. A page fetched again with the same text adds no revision: what such a reading alone changed, for
-- example updated_at, is as the revision has it, also at now(), where articles has the newest. canonical_uid is the
-- earliest, among those published by then, of the articles that are one group today. story_id likewise is the earliest of
-- today's story.
-- Columns of: articles
-- canonical_uid VARCHAR: the earliest published article this one is a copy of; itself unless it is a copy
-- story_id VARCHAR: the story it belongs to, named by the uid of the story's earliest article
-- said_from_at TIMESTAMPTZ: since when the site had this text
CREATE MACRO articles_site_as_of(ts) AS TABLE
WITH ordered AS (
    SELECT
        article_uid,
        revision,
        observed_at,
        published_at,
        updated_at,
        lag(observed_at) OVER earlier AS previous_observed_at,
        lag(coalesce(updated_at, published_at)) OVER earlier AS previous_updated_at
    FROM lake.revisions
    WINDOW earlier AS (PARTITION BY article_uid ORDER BY revision)
),
said AS (
    SELECT
        article_uid,
        revision,
        observed_at,
        CASE
            WHEN previous_observed_at IS NULL THEN least(coalesce(published_at, updated_at, observed_at), observed_at)
            WHEN updated_at > previous_updated_at THEN
                least(greatest(updated_at, previous_observed_at + INTERVAL 1 microsecond), observed_at)
            ELSE observed_at
        END AS said_from_at
    FROM ordered
),
-- Two readings of one page are of one time: what the page said, the later has.
page_said AS (
    SELECT article_uid, revision, min(said_from_at) OVER (PARTITION BY article_uid, observed_at) AS said_from_at
    FROM said
),
newest AS (
    SELECT article_uid, max(revision) AS revision, max(said_from_at) AS said_from_at
    FROM page_said
    WHERE said_from_at <= ts::TIMESTAMPTZ
    GROUP BY article_uid
)
SELECT
    r.* EXCLUDE (
        revision, observed_at, recorded_at, changed_fields, is_content_change, change_kind, paragraphs_added,
        paragraphs_removed, paragraphs_before, paragraphs_after, archive_file, archive_offset, run_id
    ),
    a.first_seen_at,
    a.last_seen_at,
    r.revision,
    r.run_id,
    first_value(r.article_uid) OVER (
        PARTITION BY coalesce(c.canonical_uid, r.article_uid)
        ORDER BY r.published_at NULLS LAST, r.article_uid
    ) AS canonical_uid,
    first_value(r.article_uid) OVER (
        PARTITION BY coalesce(m.story_id, r.article_uid)
        ORDER BY coalesce(r.published_at, r.updated_at) NULLS LAST, r.article_uid
    ) AS story_id,
    newest.said_from_at
FROM newest
JOIN lake.revisions AS r USING (article_uid, revision)
JOIN lake.articles AS a USING (article_uid)
LEFT JOIN lake.copies AS c USING (article_uid)
LEFT JOIN lake.story_members AS m USING (article_uid)
