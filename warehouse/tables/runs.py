"""What each run did."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="runs",
    grain="One row per run that published or failed; publishing a landing again adds none.",
    key=("run_id",),
    columns=(
        required("run_id", "VARCHAR", "identity of the run: {start, UTC}-{site}-{6 hex digits}"),
        required("flow", "VARCHAR", "flow that made the run: ingest, backfill, replay, ..."),
        Column("site", "VARCHAR", "site it was about; null for a run about all of them"),
        Column("started_at", "TIMESTAMPTZ", "when the run started"),
        Column("finished_at", "TIMESTAMPTZ", "when the crawl of the run ended"),
        required("published_at", "TIMESTAMPTZ", "when the warehouse learned of it"),
        required("state", "VARCHAR", "complete, partial, failed, recovered or rolled_back (its effect was taken back)"),
        Column("reason", "VARCHAR", "why it is not complete"),
        Column("discovered", "INTEGER", "addresses new to the ledger, urls, those included that a fetch led to"),
        Column("fetched", "INTEGER", "exchanges with the site"),
        Column("new", "INTEGER", "articles seen for the first time"),
        Column("revised", "INTEGER", "articles with a new revision"),
        Column("unchanged", "INTEGER", "articles whose content was the same"),
        Column("copies", "INTEGER", "new articles that repeat another"),
        Column("rejected", "INTEGER", "pages and rows refused"),
        Column("failed", "INTEGER", "fetches that failed"),
        Column("code_version", "VARCHAR", "version of the code that made the run"),
    ),
    kept_snapshot="kept_snapshot",
)
