-- The newest hundred revisions by which the site changed a headline or corrected something, with what they changed. Of
-- case and punctuation, and of how we read a page, there is nothing here.
WITH newest AS (
    SELECT *
    FROM lake.revisions
    WHERE change_kind = 'correction' OR (change_kind = 'addition' AND list_contains(changed_fields, 'title'))
    ORDER BY observed_at DESC, article_uid, revision
    LIMIT 100
)
SELECT
    now.article_uid,
    now.revision,
    f.site,
    f.topic,
    f.agency,
    f.band,
    epoch(now.observed_at)::BIGINT AS observed_at,
    epoch(coalesce(now.published_at, before.published_at))::BIGINT AS published_at,
    CASE WHEN now.updated_at > before.updated_at THEN epoch(now.updated_at)::BIGINT END AS updated_at,
    now.change_kind,
    left(before.title, 300) AS title_before,
    left(now.title, 300) AS title_after,
    left(before.summary, 500) AS summary_before,
    left(now.summary, 500) AS summary_after,
    list_transform(now.paragraphs_before[:3], lambda p: left(p, 700)) AS paragraphs_before,
    list_transform(now.paragraphs_after[:3], lambda p: left(p, 700)) AS paragraphs_after,
    list_transform(now.paragraphs_removed[:2], lambda p: left(p, 500)) AS paragraphs_removed,
    list_transform(now.paragraphs_added[:2], lambda p: left(p, 500)) AS paragraphs_added
FROM newest AS now
JOIN lake.revisions AS before ON before.article_uid = now.article_uid AND before.revision = now.revision - 1
JOIN filed AS f ON f.article_uid = now.article_uid
ORDER BY now.observed_at DESC, now.article_uid, now.revision
