"""Which story an article belongs to."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="story_members",
    grain="One row per article: it belongs to exactly one story, often one of its own.",
    key=("published_at", "article_uid"),
    columns=(
        required("story_id", "VARCHAR", "the story; an id seen earlier resolves as the story of the article it names"),
        required("article_uid", "VARCHAR", "the article"),
        Column("published_at", "TIMESTAMPTZ", "when it was published, or updated where only that is known"),
        Column("score", "DOUBLE", "likeness to the closest other article of the story, 0 to 1; null in a story of one"),
        Column("evidence", "VARCHAR", "that article, and the terms shared with it that say most"),
    ),
    partitioned_by=("year(published_at)", "month(published_at)"),
    sorted_by=("published_at", "article_uid"),
    row_group_rows=8192,
)
