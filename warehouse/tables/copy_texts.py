"""The shingles of each text, on which pairs are verified."""

from __future__ import annotations

from warehouse.schema import Table, required

TABLE = Table(
    name="copy_texts",
    grain="One row per distinct text that an article has or had. Part of the index from which copies are found.",
    key=("text_hash",),
    columns=(
        required("text_hash", "BIGINT", "the text after folding"),
        required(
            "day", "INTEGER", "days from 1970-01-01 to the publication of its first article; tells where rows lie"
        ),
        required("words", "INTEGER", "words of the text"),
        required("shingles", "INTEGER[]", "hashes of its distinct word 3-shingles, ascending as unsigned numbers"),
    ),
    sorted_by=("day",),
    row_group_rows=2048,
)
