-- One row per paragraph that a revision added, removed or edited; typographic differences are none, nor is that
-- paragraphs were joined or divided. Those that were so and edited at once are one row, with blank lines between.
-- article_uid VARCHAR: the article
-- revision INTEGER: the revision that made the change
-- observed_at TIMESTAMPTZ: when the page that first showed it was fetched
-- published_at TIMESTAMPTZ: when the site says it published the article
-- change_kind VARCHAR: what kind of change the revision as a whole is, as in revisions
-- change VARCHAR: added, removed or edited
-- before VARCHAR: the paragraph as it was; null if it was added
-- after VARCHAR: the paragraph as it is; null if it was removed
CREATE VIEW paragraph_changes AS
SELECT r.article_uid, r.revision, r.observed_at, r.published_at, r.change_kind, c.change, c.before, c.after
FROM lake.revisions AS r,
LATERAL (
    SELECT unnest(list_concat(
        list_transform(r.paragraphs_added, lambda p: {'change': 'added', 'before': NULL::VARCHAR, 'after': p}),
        list_transform(r.paragraphs_removed, lambda p: {'change': 'removed', 'before': p, 'after': NULL::VARCHAR}),
        list_transform(
            list_zip(r.paragraphs_before, r.paragraphs_after), lambda p: {'change': 'edited', 'before': p[1], 'after': p[2]}
        )
    ), recursive := true)
) AS c
