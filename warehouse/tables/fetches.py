"""Every exchange with a site."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="fetches",
    grain="One row per HTTP exchange.",
    key=("run_id", "requested_url", "url", "fetched_at"),
    columns=(
        required("run_id", "VARCHAR", "run that fetched it"),
        required("site", "VARCHAR", "name of the site"),
        required("url", "VARCHAR", "address that answered; of an article that was taken down one that stands for it"),
        Column("requested_url", "VARCHAR", "address first asked for, before redirects; as url where it was taken down"),
        required("fetched_at", "TIMESTAMPTZ", "when it was fetched"),
        required(
            "outcome",
            "VARCHAR",
            "what came of it: new, revised, unchanged, not_modified, redirect, discovery, missing, gone, rejected,"
            " failed or rolled_back (its run was taken back)",
        ),
        Column("status", "INTEGER", "HTTP status; null where no answer came"),
        Column("elapsed_ms", "DOUBLE", "from sending the request to the whole answer, in milliseconds"),
        Column("bytes", "BIGINT", "size of the answer's body as received, in bytes"),
        Column("etag", "VARCHAR", "the answer's ETag"),
        Column("last_modified", "VARCHAR", "the answer's Last-Modified, as sent"),
        Column("archive_file", "VARCHAR", "WARC file that holds the exchange"),
        Column("archive_offset", "BIGINT", "where in that file its record starts, in bytes"),
        Column("error", "VARCHAR", "what went wrong, where something did"),
        Column("article_uid", "VARCHAR", "article the page is of"),
        Column("purpose", "VARCHAR", "why it was made: article, discovery or robots"),
        Column("retry_after_s", "BIGINT", "how long the answer asked us to wait (Retry-After), in seconds"),
        Column(
            "site_clock_at", "TIMESTAMPTZ", "the newest publication time the site's doors had shown in the run by then"
        ),
    ),
    sorted_by=("fetched_at",),
)
