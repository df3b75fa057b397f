"""What page objects could not read as they should."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="findings",
    grain="One row per field of a page that was missing, left markup over, or disagreed with itself.",
    key=(),
    columns=(
        required("run_id", "VARCHAR", "run that read the page"),
        Column("article_uid", "VARCHAR", "article the page is of"),
        Column("url", "VARCHAR", "address of the page"),
        Column("observed_at", "TIMESTAMPTZ", "when the page was fetched"),
        Column("parser", "VARCHAR", "page object and its version"),
        Column("field", "VARCHAR", "field of the record that is concerned"),
        Column("problem", "VARCHAR", "missing, leftover_markup, disagrees, unreadable or unknown_value"),
        Column("detail", "VARCHAR", "what was found, quoted"),
    ),
    sorted_by=("observed_at",),
)
