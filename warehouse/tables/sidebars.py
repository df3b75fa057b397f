"""What stood in the lists beside an article and on the home pages of a site."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="sidebars",
    grain="One row per entry of a list seen beside an article or on a home page.",
    key=("page_uid", "observed_at", "section", "rank"),
    columns=(
        required("observed_at", "TIMESTAMPTZ", "when the page was fetched"),
        required("site", "VARCHAR", "name of the site"),
        Column("edition", "VARCHAR", "regional edition the page was fetched in; null is the default one"),
        required("section", "VARCHAR", "trending, opinion, latest or also_read"),
        required("rank", "INTEGER", "place in the list, from 1"),
        Column("article_uid", "VARCHAR", "the article the entry links to; null where the address is not an article's"),
        Column("title", "VARCHAR", "headline in the list"),
        Column("url", "VARCHAR", "address the entry links to"),
        Column("country", "VARCHAR", "country or region shown with the entry"),
        Column("badge", "VARCHAR", "mark shown on the entry, for example that it is a live blog"),
        required("page_uid", "VARCHAR", "article whose page showed the list; of a home page, its address"),
        required("run_id", "VARCHAR", "run that fetched the page"),
    ),
    sorted_by=("observed_at", "page_uid", "section", "rank"),
)
