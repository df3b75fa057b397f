"""Pages and rows that were refused."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="rejects",
    grain="One row per page or row refused, with the reason.",
    key=(),
    columns=(
        required("run_id", "VARCHAR", "run that refused it"),
        Column("site", "VARCHAR", "name of the site"),
        Column("url", "VARCHAR", "address of the page; of an article that was taken down one that stands for it"),
        required("stage", "VARCHAR", "where it was refused: fetch, read, discover, or the transform's name"),
        required("reason", "VARCHAR", "short word for why"),
        Column("detail", "VARCHAR", "what was found, quoted"),
        Column("rejected_at", "TIMESTAMPTZ", "when it was refused"),
        Column("archive_file", "VARCHAR", "WARC file that holds the page"),
        Column("archive_offset", "BIGINT", "where in that file its record starts, in bytes"),
    ),
    sorted_by=("rejected_at",),
)
