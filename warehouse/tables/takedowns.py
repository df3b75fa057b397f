"""Articles that were taken down for good."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="takedowns",
    grain="One row per article that was taken down for good: that it was done, why and how far.",
    key=("article_uid",),
    columns=(
        required(
            "article_uid",
            "VARCHAR",
            "the article; nothing else of it is kept but its addresses, in urls, and in fetches and rejects that there"
            " were exchanges, when, and where in the archive they are blanked",
        ),
        required("site", "VARCHAR", "name of the site"),
        required("reason", "VARCHAR", "why, as given"),
        required("requested_at", "TIMESTAMPTZ", "when it was asked for"),
        Column("done_at", "TIMESTAMPTZ", "when nothing was left of it; null: `wirehouse takedown` has to go on"),
        Column("rows_removed", "BIGINT", "rows about it that were removed, revisions, tags and lists included"),
        Column("records_blanked", "BIGINT", "records of the archive that were blanked"),
        Column(
            "outstanding",
            "VARCHAR[]",
            "exports and backups made before done_at that still hold it, as far as they are registered",
        ),
        required("run_id", "VARCHAR", "run that removed it"),
    ),
    inline_rows=100,
)
