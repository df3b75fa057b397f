"""What the ledger knows of the addresses of some days, ids or names: what a backfill is planned by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    import duckdb

#: Of these days' ids the middle one stands for the day: some articles are dated anew, years after they got their id.
_DAYS = """
SELECT site_date, median(number) AS middle, max(number) AS last
FROM (SELECT site, site_date, try_cast(site_article_id AS BIGINT) AS number FROM lake.articles)
WHERE site = $site AND site_date IS NOT NULL AND number IS NOT NULL
GROUP BY site_date
ORDER BY site_date
"""

_ADDRESSES = """
SELECT u.url, u.site_article_id, u.state, u.next_try_at, u.lastmod_at, a.published_at, a.site_date
FROM lake.urls AS u
LEFT JOIN lake.articles AS a USING (article_uid)
WHERE u.site = $site AND ({condition})
"""
_OF_IDS = "try_cast(u.site_article_id AS BIGINT) BETWEEN $first AND $last"
_OF_DAYS = """
a.site_date BETWEEN $start AND $end
OR (u.article_uid IS NULL AND (
    u.lastmod_at >= $start::TIMESTAMPTZ - INTERVAL 1 DAY AND u.lastmod_at < $end::TIMESTAMPTZ + INTERVAL 2 DAY
    OR (u.lastmod_at IS NULL AND u.site_article_id IS NULL)
))
"""

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


def id_days(connection: duckdb.DuckDBPyConnection, site: str) -> pa.Table:
    """Grain: one row per day of publication on which the site's articles have numbers: site_date, middle, last.

    `middle` is the median of the day's ids, `last` their largest.
    """
    return connection.execute(_DAYS, {"site": site}).to_arrow_table()


def addresses_of_ids(connection: duckdb.DuckDBPyConnection, site: str, first: int, last: int) -> pa.Table:
    """The ledger's rows whose id is in a range, with published_at and site_date of their article."""
    given = {"site": site, "first": first, "last": last}
    return connection.execute(_ADDRESSES.format(condition=_OF_IDS), given).to_arrow_table()


def addresses_of_days(connection: duckdb.DuckDBPyConnection, site: str, start: date, end: date) -> pa.Table:
    """Likewise the rows of some days: by their article, else by their last change; those without either, too."""
    given = {"site": site, "start": start, "end": end}
    return connection.execute(_ADDRESSES.format(condition=_OF_DAYS), given).to_arrow_table()


def addresses_named(
    connection: duckdb.DuckDBPyConnection, site: str, urls: Sequence[str], ids: Sequence[str | None]
) -> pa.Table:
    """Likewise the rows of these addresses, and of any others of the same ids."""
    named = pa.Table.from_pydict({"url": list(urls), "site_article_id": list(ids)}, schema=_WANTED)
    condition = (
        "u.url IN (SELECT url FROM named) OR u.site_article_id IN"
        " (SELECT site_article_id FROM named WHERE site_article_id IS NOT NULL)"
    )
    connection.register("named", named)
    try:
        return connection.execute(_ADDRESSES.format(condition=condition), {"site": site}).to_arrow_table()
    finally:
        connection.unregister("named")


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
