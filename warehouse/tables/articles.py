"""Articles as they were last seen."""

from __future__ import annotations

from warehouse.content import CONTENT
from warehouse.schema import Table, required

TABLE = Table(
    name="articles",
    grain="One row per article: what its newest reading said.",
    key=("article_uid",),
    columns=(
        *CONTENT,
        required("first_seen_at", "TIMESTAMPTZ", "when a page of the article was first fetched"),
        required("last_seen_at", "TIMESTAMPTZ", "when a page of the article was last fetched, changed or not"),
        required("revision", "INTEGER", "number of the newest revision, from 1"),
        required("run_id", "VARCHAR", "run that brought the newest revision"),
    ),
    partitioned_by=("year(published_at)", "month(published_at)"),
    sorted_by=("published_at", "article_uid"),
    row_group_rows=4096,
)
