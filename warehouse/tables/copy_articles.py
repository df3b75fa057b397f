"""Which text each article has, for finding its copies."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="copy_articles",
    grain="One row per article: the text it is compared by. Part of the index from which copies are found.",
    key=("article_uid",),
    columns=(
        required("article_uid", "VARCHAR", "identity of the article"),
        Column("text_hash", "BIGINT", "its text after folding, the same for equal texts; null: it has none to compare"),
        Column("published_at", "TIMESTAMPTZ", "when the site says it published the article"),
    ),
    sorted_by=("article_uid",),
)
