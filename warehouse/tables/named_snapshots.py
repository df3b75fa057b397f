"""Snapshots of the lake that somebody wants to read again."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="named_snapshots",
    grain="One row per snapshot that was given a name: maintenance keeps it until its time.",
    key=("name",),
    columns=(
        required("name", "VARCHAR", "its name"),
        required("snapshot_id", "BIGINT", "the snapshot"),
        Column("run_id", "VARCHAR", "the run that made it, where it was named after one"),
        required("named_at", "TIMESTAMPTZ", "when it was named"),
        required("kept_until_at", "TIMESTAMPTZ", "until when it can be read; then it expires as others do"),
    ),
    inline_rows=100,
)
