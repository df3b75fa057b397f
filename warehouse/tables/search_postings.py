"""Which articles have which words: what `search` reads."""

from __future__ import annotations

from warehouse.schema import Table, required

TABLE = Table(
    name="search_postings",
    grain="One row per word and article that has it. Part of the index that search reads; made from `articles` alone.",
    key=(),
    columns=(
        required(
            "month_date",
            "DATE",
            "first day of the month of publication, UTC; 1970-01-01 where none is known; tells where rows lie",
        ),
        required("term", "VARCHAR", "the word as search_words gives it; the commonest words of English are left out"),
        required("article_uid", "VARCHAR", "the article"),
        required("in_title", "INTEGER", "how often it stands in the headline"),
        required("in_summary", "INTEGER", "how often it stands in the summary"),
        required("in_body", "INTEGER", "how often it stands in the body"),
        required("words", "INTEGER", "words of the article, as in search_documents"),
        required("positions", "INTEGER[]", "places of the word in headline, summary and body, which lie far apart"),
    ),
    partitioned_by=("year(month_date)", "month(month_date)"),
    sorted_by=("term", "article_uid"),
)
