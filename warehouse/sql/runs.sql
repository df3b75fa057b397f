-- One row per run that published or failed; publishing a landing again adds none.
-- Columns of: runs
-- snapshot_id BIGINT: snapshot of the lake that the run made; may be read with AT (VERSION => ...) until it expires
CREATE VIEW runs AS
-- DuckLake's virtual column tells the snapshot that inserted a row, also after snapshots expire; of rows that were
-- written again, by maintenance or a rollback, a column of ours does. Reading the list of snapshots instead would cost more with every commit.
SELECT * EXCLUDE (kept_snapshot), coalesce(kept_snapshot, snapshot_id) AS snapshot_id
FROM lake.runs
