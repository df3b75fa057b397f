"""The ledger: every address ever discovered, and what became of it."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="urls",
    grain="One row per address ever discovered, in exactly one state.",
    key=("site", "url"),
    columns=(
        required("site", "VARCHAR", "name of the site"),
        required("url", "VARCHAR", "the address, plain: without fragment, tracking parameters and AMP"),
        Column("site_article_id", "VARCHAR", "the site's own id of the article in the address; null where it has none"),
        Column("article_uid", "VARCHAR", "the article it is an address of; null while that is not known"),
        required("discovered_at", "TIMESTAMPTZ", "when it was first found"),
        required(
            "discovered_by",
            "VARCHAR",
            "who found it first: news_sitemap, sitemap, feed, listing, page_link, live, ids, url_list, warc, redirect,"
            " ledger or fetch (it was asked for, and nothing says who found it)",
        ),
        required(
            "state",
            "VARCHAR",
            "pending (not asked for yet), landed (the one address of an article), alias (another address of a known"
            " article), not_article, gone (404, 410 or a page that says so, and never landed), blocked_by_robots,"
            " off_scope, failed (the last tries got no answer), rejected (the page could not be used) or taken_down",
        ),
        required("attempts", "BIGINT", "exchanges made for it in all, those it redirected to included"),
        required(
            "failures",
            "BIGINT",
            "tries since the last that brought the article; repeats within five minutes are one try",
        ),
        Column("last_status", "INTEGER", "HTTP status of the last exchange; null where no answer came, or none was"),
        Column("last_error", "VARCHAR", "why the last exchange did not bring the article; null where it did"),
        Column("last_tried_at", "TIMESTAMPTZ", "when the last exchange was made"),
        Column("next_try_at", "TIMESTAMPTZ", "from when on it is due again; null: not by itself"),
        Column(
            "lastmod_at", "TIMESTAMPTZ", "time of its last change, as the site's doors gave it when it was last read"
        ),
        Column("etag", "VARCHAR", "ETag of the page last read"),
        Column("last_modified", "VARCHAR", "Last-Modified of the page last read, as sent"),
        Column(
            "site_clock_at", "TIMESTAMPTZ", "the newest publication time the site's doors showed at the last exchange"
        ),
        required("run_id", "VARCHAR", "run that last changed the row"),
    ),
    sorted_by=("url",),
)
