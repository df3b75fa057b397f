-- articles_as_of(ts): the articles as the warehouse knew them at ts, by when it learned each text: replays and imports
-- do not rewrite it. One row per article known then. A page fetched again with the same text adds no revision: what
-- such a reading alone changed, for example updated_at, is as the revision has it. canonical_uid is the earliest, among
-- those known then, of the articles that are one group today: which text repeats which is a fact about the texts, and
-- only what was there to be found has changed. An article whose text was another then may have had other copies.
-- story_id likewise is the earliest of today's story.
-- Columns of: articles
-- canonical_uid VARCHAR: the earliest published article this one is a copy of; itself unless it is a copy
-- story_id VARCHAR: the story it belongs to, named by the uid of the story's earliest article
CREATE MACRO articles_as_of(ts) AS TABLE
WITH newest AS (
    SELECT
        article_uid,
        max(revision) AS revision,
        min(observed_at) AS first_seen_at,
        max(observed_at) AS last_changed_at
    FROM lake.revisions
    WHERE recorded_at <= ts::TIMESTAMPTZ
    GROUP BY article_uid
),
seen AS (
    SELECT f.article_uid, max(f.fetched_at) AS last_fetched_at
    FROM lake.fetches AS f
    SEMI JOIN (SELECT run_id FROM lake.runs WHERE published_at <= ts::TIMESTAMPTZ) AS known USING (run_id)
    WHERE f.outcome IN ('new', 'revised', 'unchanged', 'not_modified')
    GROUP BY f.article_uid
)
SELECT
    r.* EXCLUDE (
        revision, observed_at, recorded_at, changed_fields, is_content_change, change_kind, paragraphs_added,
        paragraphs_removed, paragraphs_before, paragraphs_after, archive_file, archive_offset, run_id
    ),
    newest.first_seen_at,
    greatest(newest.last_changed_at, seen.last_fetched_at) AS last_seen_at,
    r.revision,
    r.run_id,
    first_value(r.article_uid) OVER (
        PARTITION BY coalesce(c.canonical_uid, r.article_uid)
        ORDER BY r.published_at NULLS LAST, r.article_uid
    ) AS canonical_uid,
    first_value(r.article_uid) OVER (
        PARTITION BY coalesce(m.story_id, r.article_uid)
        ORDER BY coalesce(r.published_at, r.updated_at) NULLS LAST, r.article_uid
    ) AS story_id
FROM newest
JOIN lake.revisions AS r USING (article_uid, revision)
LEFT JOIN seen USING (article_uid)
LEFT JOIN lake.copies AS c USING (article_uid)
LEFT JOIN lake.story_members AS m USING (article_uid)
