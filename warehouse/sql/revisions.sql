-- One row per article and text ever seen. A text that goes A, B, A has three.
-- Columns of: revisions
-- superseded_at TIMESTAMPTZ: when the next text of the article was seen; null for the newest
CREATE VIEW revisions AS
SELECT *, lead(observed_at) OVER (PARTITION BY article_uid ORDER BY observed_at, revision) AS superseded_at
FROM lake.revisions
