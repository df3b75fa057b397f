-- One row per run that published or failed; publishing a landing again adds none.
-- Columns of: runs
-- snapshot_id BIGINT: snapshot of the lake that the run made; may be read with AT (VERSION => ...) until it expires
CREATE VIEW runs AS
-- A virtual column: DuckLake keeps with each row the snapshot that inserted it, also after snapshots expire and files
-- are merged. Reading the list of snapshots instead would cost more with every commit.
SELECT *, snapshot_id
FROM lake.runs
