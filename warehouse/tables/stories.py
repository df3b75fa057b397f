"""What happened: articles about one event, put together."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="stories",
    grain="One row per story: all articles about one event. Most stories are of one article.",
    key=("first_published_at", "story_id"),
    columns=(
        required("story_id", "VARCHAR", "article_uid of the story's earliest article"),
        Column("title", "VARCHAR", "headline of the earliest article"),
        required("articles", "INTEGER", "how many articles it has, copies included"),
        Column("sources", "VARCHAR[]", "the sources of its articles, each once"),
        Column("first_published_at", "TIMESTAMPTZ", "when its earliest article was published"),
        Column("last_published_at", "TIMESTAMPTZ", "when its latest article was published"),
    ),
    partitioned_by=("year(first_published_at)", "month(first_published_at)"),
    sorted_by=("first_published_at", "story_id"),
    row_group_rows=8192,
)
