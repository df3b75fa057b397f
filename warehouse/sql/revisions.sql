-- One row per article and text ever seen. A text that goes A, B, A has three.
-- Columns of: revisions
-- superseded_at TIMESTAMPTZ: when the next text of the article was seen; null for the newest
CREATE VIEW revisions AS
-- Numbers follow time without a gap (two checks see to it). lead() would say the same, but no condition gets past a
-- window, so every query would read every file.
SELECT r.*, next.observed_at AS superseded_at
FROM lake.revisions AS r
LEFT JOIN lake.revisions AS next ON next.article_uid = r.article_uid AND next.revision = r.revision + 1
