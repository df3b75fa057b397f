"""Which text of each article is in the index that search reads."""

from __future__ import annotations

from warehouse.schema import Table, required

TABLE = Table(
    name="search_documents",
    grain="One row per article: the text that search finds it by. Made from `articles` alone.",
    key=("article_uid",),
    columns=(
        required("article_uid", "VARCHAR", "the article"),
        required("month_date", "DATE", "where its rows of search_postings lie: the month of publication, as there"),
        required("content_hash", "VARCHAR", "hash of the title, summary and body that the rows are made of"),
        required("words", "INTEGER", "words of headline, summary and body without the commonest of English"),
    ),
    sorted_by=("article_uid",),
)
