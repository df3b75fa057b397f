"""What stories are matched by: the index of terms."""

from __future__ import annotations

from warehouse.schema import Table, required

TABLE = Table(
    name="story_terms",
    grain="One row per article and term that tells what event it is of. Made from `articles` alone.",
    key=("published_at", "article_uid", "term"),
    columns=(
        required("published_at", "TIMESTAMPTZ", "when the article was published, or updated where only that is known"),
        required("article_uid", "VARCHAR", "the article"),
        required("term", "VARCHAR", "folded word, name, or number with what it counts"),
        required("weight", "DOUBLE", "what it tells, 0 to 1; the squares of an article's weights come to 1"),
        required("is_name", "BOOLEAN", "whether it is written as a name"),
    ),
    partitioned_by=("year(published_at)", "month(published_at)"),
    sorted_by=("published_at", "article_uid", "term"),
)
