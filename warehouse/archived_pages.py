"""The pages in the archive that tell what articles say now, for reading them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import duckdb
    import pyarrow as pa

#: Pages of the newest text of each article, and pages newer than it, or of no article, that could not be used.
_PAGES = """
WITH newest AS (
    SELECT article_uid, max(observed_at) AS observed_at FROM lake.revisions WHERE site = $site GROUP BY article_uid
),
pages AS (
    SELECT
        f.article_uid, f.url, f.requested_url, f.fetched_at, f.archive_file, f.archive_offset, f.outcome,
        coalesce(a.site_date, (f.fetched_at AT TIME ZONE $zone)::DATE) AS day
    FROM lake.fetches AS f
    LEFT JOIN lake.articles AS a USING (article_uid)
    LEFT JOIN newest USING (article_uid)
    WHERE f.site = $site AND f.purpose = 'article' AND f.status = 200 AND f.archive_file IS NOT NULL
        AND f.outcome IN ('new', 'revised', 'unchanged', 'rejected', 'missing')
        AND f.fetched_at >= coalesce(newest.observed_at, f.fetched_at)
)
"""
_IN_DAYS = "FROM pages WHERE day >= coalesce($start, day) AND day <= coalesce($end, day)"


def days_with_pages(
    connection: duckdb.DuckDBPyConnection, site: str, zone: str, start: date | None, end: date | None
) -> list[tuple[date, int]]:
    """The days that have pages to read again, and how many; oldest first.

    A page belongs to its article's day of publication; one of no article to the day it was fetched, in the site's zone.
    """
    given = {"site": site, "zone": zone, "start": start, "end": end}
    return connection.execute(f"{_PAGES} SELECT day, count(*) {_IN_DAYS} GROUP BY day ORDER BY day", given).fetchall()


def pages_of_days(connection: duckdb.DuckDBPyConnection, site: str, zone: str, start: date, end: date) -> pa.Table:
    """The pages of these days: article_uid, url, requested_url, fetched_at, archive_file, archive_offset, outcome, day.

    Those of an article stand together.
    """
    given = {"site": site, "zone": zone, "start": start, "end": end}
    order = "ORDER BY day, article_uid, archive_file, archive_offset"
    return connection.execute(f"{_PAGES} SELECT * {_IN_DAYS} {order}", given).to_arrow_table()
