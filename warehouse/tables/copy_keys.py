"""The keys under which texts that may repeat one another meet."""

from __future__ import annotations

from warehouse.schema import Table, required

TABLE = Table(
    name="copy_keys",
    grain="One row per text and key of it. Part of the index from which copies are found.",
    key=(),
    columns=(
        required("key", "BIGINT", "hash of a band of the text's MinHash sketch, or of a phrase in it"),
        required("text_hash", "BIGINT", "the text"),
        required("day", "INTEGER", "the day of its row in copy_texts"),
    ),
    sorted_by=("key",),
)
