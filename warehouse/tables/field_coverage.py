"""How often each field of a page was found."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="field_coverage",
    grain="One row per run, site, kind of article and field of the page: on how many pages the field was found.",
    key=("run_id", "site", "kind", "field"),
    columns=(
        required("run_id", "VARCHAR", "run that read the pages"),
        required("site", "VARCHAR", "name of the site"),
        required("observed_at", "TIMESTAMPTZ", "when the run read its first page of the site"),
        required("kind", "VARCHAR", "kind of the articles: news, blog, opinion, ..."),
        required("field", "VARCHAR", "field of the page; sidebars.{section} are the lists beside an article"),
        required("pages", "BIGINT", "article pages read, also those that could not be used"),
        required("found", "BIGINT", "those on which the field was found"),
        required("share", "DOUBLE", "found / pages"),
        Column("examples", "VARCHAR[]", "addresses of up to three pages without it"),
    ),
    sorted_by=("observed_at",),
)
