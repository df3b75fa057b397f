"""Pairs of articles about one event, which stories are made of."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="story_pairs",
    grain="One row per article and other article alike enough to be about the same event: two rows per pair.",
    key=("published_at", "article_uid", "other_uid"),
    columns=(
        required("published_at", "TIMESTAMPTZ", "when the article was published"),
        required("article_uid", "VARCHAR", "the article"),
        required("other_published_at", "TIMESTAMPTZ", "when the other article was published"),
        required("other_uid", "VARCHAR", "the other article"),
        required("score", "DOUBLE", "likeness, 0 to 1"),
        Column("shared_terms", "VARCHAR[]", "the terms both have that say most"),
    ),
    partitioned_by=("year(published_at)", "month(published_at)"),
    sorted_by=("published_at", "article_uid", "other_uid"),
    row_group_rows=8192,
)
