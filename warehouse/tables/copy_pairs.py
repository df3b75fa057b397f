"""Pairs of texts of which one repeats the other."""

from __future__ import annotations

from warehouse.schema import Table, required

TABLE = Table(
    name="copy_pairs",
    grain="One row per text and another one that it repeats or that repeats it; each pair is there in both directions.",
    key=("text_hash", "other_hash"),
    columns=(
        required("text_hash", "BIGINT", "the text"),
        required("other_hash", "BIGINT", "the other text"),
        required("relation", "VARCHAR", "near, inside (this text is in the other, longer one) or holds (the reverse)"),
        required("similarity", "DOUBLE", "Jaccard similarity for near, else the share of the shorter text's shingles"),
        required("shared", "INTEGER", "shingles that both have"),
        required("shingles", "INTEGER", "shingles of this text"),
        required("other_shingles", "INTEGER", "shingles of the other text"),
    ),
    sorted_by=("text_hash",),
)
