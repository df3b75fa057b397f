"""What a crawl is told of the past: files of known articles and of addresses to ask again, hosts that want quiet."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import orjson

from spiders.durable import write_durably
from spiders.known_writing import write_known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from flows.settings import Settings
    from spiders.site import Site

#: A crawl is told of no more addresses than this; those waiting longest go first, the others come with a later run.
LEDGER_ROWS = 50_000
_BATCH_ROWS = 200_000

#: The snapshot is a virtual column of DuckLake's: the one that wrote the row.
NEW_SINCE = """
SELECT site_article_id, CASE WHEN site_article_id IS NULL THEN url END AS url, snapshot_id
FROM lake.urls
WHERE site = $site AND snapshot_id > $as_of
"""

#: Joined on plain columns only: a condition on one side of an outer join makes DuckDB compare all rows with all.
LEDGER = """
WITH held AS (
    SELECT url, state, last_tried_at, site_clock_at, next_try_at, lastmod_at, etag, last_modified,
           CASE WHEN state = 'landed' THEN article_uid END AS landed_uid
    FROM lake.urls
    WHERE site = $site AND next_try_at IS NOT NULL
),
published AS (
    SELECT article_uid AS landed_uid, published_at FROM lake.articles WHERE site = $site
),
recent AS (
    FROM published
    WHERE published_at >= (SELECT max(published_at) FROM lake.articles WHERE site = $site) - INTERVAL 10 DAY
),
chosen AS (
    FROM held WHERE next_try_at <= now()
    UNION
    FROM held SEMI JOIN recent USING (landed_uid)
    ORDER BY next_try_at, url LIMIT $most
)
SELECT url, state, epoch(published_at) AS published, epoch(last_tried_at) AS fetched,
       epoch(site_clock_at) AS site_clock, epoch(next_try_at) AS next_try, lastmod_at, etag, last_modified
FROM chosen LEFT JOIN published USING (landed_uid)
ORDER BY next_try, url
"""

#: A host that asks for more than a day is asked again after a day: so long a wait is as likely a slip.
QUIET = """
SELECT regexp_extract(url, '^https?://([^/?#]+)', 1) AS host,
       max(fetched_at + to_seconds(least(retry_after_s, 86400))) AS until
FROM lake.fetches
WHERE site = ? AND status IN (429, 503) AND retry_after_s > 0
    AND fetched_at BETWEEN now() - INTERVAL 1 DAY AND now()
GROUP BY host HAVING until > now()
"""


def update_known(settings: Settings, connection: duckdb.DuckDBPyConnection, site: Site) -> Path:
    """Brings the file of known articles up to date: of the ledger only what was written since is read."""
    path = _folder(settings) / f"{site.name}.bin"
    stamp = path.with_suffix(".as-of")
    catalog = _catalog(connection)
    as_of = _snapshot_in(stamp, *catalog) if path.exists() else -1
    newest = as_of

    def keys() -> Iterator[str]:
        nonlocal newest
        rows = connection.execute(NEW_SINCE, {"site": site.name, "as_of": as_of})
        for batch in rows.to_arrow_reader(_BATCH_ROWS):
            ids, urls = batch.column("site_article_id").to_pylist(), batch.column("url").to_pylist()
            newest = max(newest, *(int(each) for each in batch.column("snapshot_id").unique().to_pylist() if each))
            # On a site with ids the id is the key.
            found = (article_id or site.article_key(url or "") for article_id, url in zip(ids, urls, strict=True))
            yield from (key for key in found if key is not None)

    if as_of < 0:
        path.unlink(missing_ok=True)  # what another catalog knew is none of ours
    write_known(path, keys(), base=path)
    if newest > as_of:
        write_durably(stamp, f"{newest} {catalog[0]}".encode())
    return path


def forget(settings: Settings, site: str = "*") -> None:
    """Removes what was written of a site's past, or of all, and what is left of it where a writer was killed."""
    folder = settings.home / "known"
    for path in (*folder.glob(f"{site}.*"), *folder.glob(f".{site}.*")):
        path.unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    folder = settings.home / "known"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _catalog(connection: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """What tells the ledger of this catalog from that of any other, and the newest snapshot."""
    sql = "SELECT table_uuid::VARCHAR FROM ducklake_table_info('lake') WHERE table_name = 'urls'"
    ((uuid,),) = connection.execute(sql).fetchall()
    return uuid, int(connection.execute("FROM lake.current_snapshot()").fetchall()[0][0])


def _snapshot_in(stamp: Path, uuid: str, newest: int) -> int:
    """The snapshot of this catalog up to which the file of known articles was written; -1: it must be written anew."""
    try:
        number, of = stamp.read_text(encoding="utf-8").split()
        as_of = int(number)
    except (OSError, ValueError):
        return -1
    # A catalog restored from a backup is older than what was written of the one before.
    return as_of if of == uuid and as_of <= newest else -1


def write_ledger(settings: Settings, connection: duckdb.DuckDBPyConnection, site: str) -> Path:
    """Writes the addresses a crawl may have to ask for again: due ones, and articles of the last ten days."""
    path = _folder(settings) / f"{site}.ledger.jsonl"
    answer = connection.execute(LEDGER, {"site": site, "most": LEDGER_ROWS})
    names = [column[0] for column in answer.description or ()]
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    for row in rows:
        lastmod = row.pop("lastmod_at")
        row["lastmod"] = lastmod.astimezone(UTC).isoformat() if lastmod is not None else None
    write_durably(path, b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def quiet_until(connection: duckdb.DuckDBPyConnection, site: str) -> dict[str, str]:
    """The hosts that asked to be left alone until some time to come, as ISO 8601."""
    return {host: until.isoformat() for host, until in connection.execute(QUIET, [site]).fetchall()}


def was_walked_today(connection: duckdb.DuckDBPyConnection, site: str, flow: str) -> bool:
    """Whether the last run was complete and of this day (UTC): only then may a walk stop where nothing new comes.

    Runs of other flows are not asked: a backfill need not walk any door. Nor one that began at a time to come.
    """
    row = connection.execute(
        "SELECT state = 'complete' AND started_at >= date_trunc('day', now()) FROM lake.runs"
        " WHERE site = ? AND flow = ? AND started_at <= now() ORDER BY started_at DESC LIMIT 1",
        [site, flow],
    ).fetchone()
    return row is not None and bool(row[0])
