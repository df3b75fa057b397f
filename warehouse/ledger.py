"""What the ledger knows of the addresses of some days, ids or names: what a backfill is planned by."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import duckdb

#: The ledger as `coverage` counts it. What is outside of the part asked for decides of its days, too.
_LEDGER = """
SELECT url, site_article_id, state, next_try_at, {day} AS site_date, is_day_open,
    coalesce({first}, 0) AS first_id, coalesce({last}, 0) AS last_id
FROM (
    SELECT *, bool_or(is_open OR state IN ('pending', 'failed', 'never_looked_at')) OVER (PARTITION BY site_date)
        AS is_day_open
    FROM ledger_by_day($since::DATE)
    WHERE site = $site
)
WHERE {condition}
"""
#: An address of which no day is known, or only when it was found, may be of any.
_OF_DAYS = """
site_date BETWEEN $start AND $end
OR (state IN ('pending', 'failed') AND site_article_id IS NULL AND (site_date IS NULL OR dated_by = 'discovery'))
"""
_DAY_WITHIN = "CASE WHEN site_date BETWEEN $start AND $end THEN site_date END"
_OF_IDS = """
try_cast(site_article_id AS BIGINT) BETWEEN $first AND $last OR (first_id <= $last AND last_id >= $first)
"""
_SPAN = """
SELECT min(site_date), max(site_date) FROM lake.articles WHERE site = $site
"""
_TOLD = """
SELECT min(site_date), max(site_date) FROM ledger_by_day(NULL) WHERE site = $site AND NOT is_open
"""
#: Before any article of the web: so far back the ids below all that are known are dated.
_LONG_AGO = date(1990, 1, 1)

_WANTED = pa.schema([("url", pa.string()), ("site_article_id", pa.string())])

#: How long runs took for an exchange lately. A run of a few says little.
_PACE = """
SELECT sum(epoch(finished_at - started_at)) / sum(fetched) AS seconds, count(*) AS runs
FROM (
    SELECT * FROM lake.runs
    WHERE site = $site AND flow IN ('ingest', 'backfill') AND fetched >= 20 AND finished_at > started_at
    ORDER BY started_at DESC
    LIMIT 10
)
"""


def span(connection: duckdb.DuckDBPyConnection, site: str) -> tuple[date | None, date | None]:
    """The first and the last day of publication of the site's articles, None where there are none."""
    found = connection.execute(_SPAN, {"site": site}).fetchall()
    return found[0][0], found[0][1]


def days_told(connection: duckdb.DuckDBPyConnection, site: str) -> tuple[date, date] | None:
    """The first and the last day on which no more may be than is known or never looked at; None where there is none."""
    found = connection.execute(_TOLD, {"site": site}).fetchall()
    return None if found[0][0] is None else (found[0][0], found[0][1])


def addresses_of_days(connection: duckdb.DuckDBPyConnection, site: str, start: date, end: date) -> pa.Table:
    """The ledger of some days.

    Grain: one row per address, and per day and stretch of ids that were never looked at: url, site_article_id, state,
    next_try_at, site_date, first_id, last_id (0 for an address) as `ledger_by_day` has them, and is_day_open: whether
    anything of the day is still to do or to come. What is to do and may be of any day is there too, with a null
    site_date.
    """
    sql = _LEDGER.format(day=_DAY_WITHIN, first="first_id", last="last_id", condition=_OF_DAYS)
    return connection.execute(sql, {"site": site, "since": start, "start": start, "end": end}).to_arrow_table()


def addresses_of_ids(connection: duckdb.DuckDBPyConnection, site: str, first: int, last: int) -> pa.Table:
    """Likewise the ledger of a range of ids; those above all known articles that nobody knows are not among them."""
    sql = _LEDGER.format(
        day="site_date",
        first="greatest(first_id, CASE WHEN first_id IS NOT NULL THEN $first END)",
        last="least(last_id, CASE WHEN last_id IS NOT NULL THEN $last END)",
        condition=_OF_IDS,
    )
    given = {"site": site, "since": _LONG_AGO, "first": first, "last": last}
    return connection.execute(sql, given).to_arrow_table()


def addresses_named(
    connection: duckdb.DuckDBPyConnection, site: str, urls: Sequence[str], ids: Sequence[str | None]
) -> pa.Table:
    """Likewise the ledger of these addresses, and of any others of the same ids."""
    named = pa.Table.from_pydict({"url": list(urls), "site_article_id": list(ids)}, schema=_WANTED)
    condition = (
        "url IN (SELECT url FROM named) OR site_article_id IN"
        " (SELECT site_article_id FROM named WHERE site_article_id IS NOT NULL)"
    )
    sql = _LEDGER.format(day="site_date", first="first_id", last="last_id", condition=condition)
    connection.register("named", named)
    try:
        return connection.execute(sql, {"site": site, "since": None}).to_arrow_table()
    finally:
        connection.unregister("named")


def known_addresses(connection: duckdb.DuckDBPyConnection, site: str, urls: Sequence[str]) -> set[str]:
    """Which of these addresses the ledger has."""
    connection.register("named", pa.table({"url": pa.array(list(urls), pa.string())}))
    try:
        rows = connection.execute(
            "SELECT url FROM lake.urls SEMI JOIN named USING (url) WHERE site = $site", {"site": site}
        ).fetchall()
    finally:
        connection.unregister("named")
    return {url for (url,) in rows}


def pace(connection: duckdb.DuckDBPyConnection, site: str) -> tuple[float | None, int]:
    """Seconds an exchange took in the site's last runs, and how many runs say so; None where none does."""
    row = connection.execute(_PACE, {"site": site}).fetchone()
    return (None, 0) if row is None or row[0] is None else (float(row[0]), int(row[1]))


def doors_looked_into(connection: duckdb.DuckDBPyConnection, site: str, urls: Iterable[str]) -> dict[str, datetime]:
    """When these doors last answered a run that went to its end, by address."""
    connection.register("doors", pa.table({"url": pa.array(list(urls), pa.string())}))
    try:
        rows = connection.execute(
            "SELECT f.url, max(f.fetched_at) FROM lake.fetches AS f SEMI JOIN doors USING (url)"
            " JOIN lake.runs AS r USING (run_id)"
            " WHERE f.site = $site AND f.purpose = 'discovery' AND f.status < 500 AND r.state = 'complete'"
            " GROUP BY f.url",
            {"site": site},
        ).fetchall()
    finally:
        connection.unregister("doors")
    return dict(rows)


def fetched_already(
    connection: duckdb.DuckDBPyConnection, site: str, urls: Sequence[str], times: Sequence[datetime]
) -> set[tuple[str, datetime]]:
    """Which of these pages, each an address and a time, are in `fetches`; to the second, as precise as archives are."""
    asked = pa.table({"url": pa.array(list(urls), pa.string()), "at": pa.array(list(times), pa.timestamp("us", "UTC"))})
    connection.register("asked", asked)
    try:
        rows = connection.execute(
            "SELECT DISTINCT asked.url, asked.at FROM asked JOIN lake.fetches AS f"
            " ON f.url = asked.url AND date_trunc('second', f.fetched_at) = date_trunc('second', asked.at)"
            " WHERE f.site = $site AND f.purpose = 'article'",
            {"site": site},
        ).fetchall()
    finally:
        connection.unregister("asked")
    return {(url, at) for url, at in rows}
