"""Preparing and running one crawl: what is known is written out for it, its request made, its process run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson

import warehouse
from flows.crawl_process import run_crawl
from flows.landings import new_run, pick_up
from flows.publishing import location
from flows.settings import CODE_VERSION
from spiders.crawl import CrawlRequest
from spiders.known_writing import write_known
from spiders.landing import write_durably
from spiders.site import load

if TYPE_CHECKING:
    import logging
    from pathlib import Path

    import duckdb

    from flows.settings import Settings
    from spiders.landing import LandingRun
    from spiders.site import Site

#: An interrupted run is continued, rather than begun again, if its last page was fetched less than this long ago.
CONTINUE_WITHIN = timedelta(hours=1)
#: A crawl is told of no more addresses than this; those waiting longest go first, the others come with a later run.
LEDGER_ROWS = 50_000


def crawl_site(
    settings: Settings,
    site: str,
    *,
    flow: str,
    base_url: str | None,
    since: timedelta | None,
    limit: int | None,
    log: logging.Logger | logging.LoggerAdapter[logging.Logger],
) -> LandingRun:
    """Crawls a site into a new landing run, going on where an interrupted one of the last hour left off.

    Raises:
        CrawlFailed: the crawl process crashed or overran; what it had archived is picked up by the next call.
    """
    done = _keys_done(load(site), pick_up(settings, site))
    run = new_run(settings, site)
    with warehouse.connect(location(settings)) as connection:
        request = CrawlRequest(
            run_id=run.run_id,
            flow=flow,
            site=site,
            user_agent=settings.user_agent,
            code_version=CODE_VERSION,
            base_url=base_url,
            since=(datetime.now(UTC) - since).isoformat() if since else None,
            limit=limit,
            known=str(_write_known(settings, connection, load(site))),
            ledger=str(_write_ledger(settings, connection, site)),
            walk_fully=not _was_walked_today(connection, site, flow),
            done_ids=done,
            quiet_until=_quiet_until(connection, site),
            max_requests=settings.max_requests,
            time_limit_s=settings.crawl_time_limit_s,
        )
    request.write(run)
    run_crawl(run, time_limit_s=settings.crawl_time_limit_s, log=log)
    return run


def _keys_done(site: Site, waiting: list[LandingRun]) -> list[str]:
    """The articles that the runs waiting to be published fetched within the last hour."""
    recent = (datetime.now(UTC) - CONTINUE_WITHIN).isoformat()
    keys = {
        site.article_key(row["url"])
        for run in waiting
        for row in run.lines("fetches")
        if row["verdict"] == "article" and row["fetched_at"] >= recent
    }
    return sorted(key for key in keys if key is not None)


def _was_walked_today(connection: duckdb.DuckDBPyConnection, site: str, flow: str) -> bool:
    """Whether the last run was complete and of this day (UTC): only then may a walk stop where nothing new comes.

    Runs of other flows are not asked: a backfill need not walk any door.
    """
    row = connection.execute(
        "SELECT state = 'complete' AND started_at >= date_trunc('day', now()) FROM runs WHERE site = ? AND flow = ?"
        " ORDER BY started_at DESC LIMIT 1",
        [site, flow],
    ).fetchone()
    return row is not None and bool(row[0])


#: A host that asks for more than a day is asked again after a day: so long a wait is as likely a slip.
QUIET = """
SELECT regexp_extract(url, '^https?://([^/?#]+)', 1) AS host,
       max(fetched_at + to_seconds(least(retry_after_s, 86400))) AS until
FROM fetches
WHERE site = ? AND status IN (429, 503) AND retry_after_s > 0 AND fetched_at > now() - INTERVAL 1 DAY
GROUP BY host HAVING until > now()
"""


def _quiet_until(connection: duckdb.DuckDBPyConnection, site: str) -> dict[str, str]:
    """The hosts that asked to be left alone until some time to come, as ISO 8601."""
    return {host: until.isoformat() for host, until in connection.execute(QUIET, [site]).fetchall()}


def _write_known(settings: Settings, connection: duckdb.DuckDBPyConnection, site: Site) -> Path:
    """Brings the file of known articles up to date: only what was discovered since it was written is read."""
    path = settings.home / "known" / f"{site.name}.bin"
    stamp = path.with_suffix(".as-of")
    path.parent.mkdir(parents=True, exist_ok=True)
    as_of = stamp.read_text(encoding="utf-8") if stamp.exists() and path.exists() else "1970-01-01T00:00:00+00:00"
    rows = connection.execute(
        "SELECT url, discovered_at FROM urls WHERE site = ? AND discovered_at >= ?::TIMESTAMPTZ", [site.name, as_of]
    ).fetchall()
    if rows or not path.exists():
        keys = (key for url, _ in rows if (key := site.article_key(url)) is not None)
        write_known(path, keys, base=path)
        # Runs are published in the order of their discoveries, but for one that was picked up late: look back an hour.
        newest = max((seen for _, seen in rows), default=datetime.fromisoformat(as_of))
        write_durably(stamp, (newest - CONTINUE_WITHIN).isoformat().encode())
    return path


LEDGER = """
SELECT u.url, u.state, epoch(a.published_at) AS published, epoch(u.last_tried_at) AS fetched,
       epoch(u.site_clock_at) AS site_clock, epoch(u.next_try_at) AS next_try, u.lastmod_at, u.etag, u.last_modified
FROM urls AS u LEFT JOIN articles AS a ON a.article_uid = u.article_uid AND u.state = 'landed'
WHERE u.site = $site AND u.next_try_at IS NOT NULL
  AND (u.next_try_at <= now()
       OR a.published_at >= (SELECT max(published_at) FROM articles WHERE site = $site) - INTERVAL 10 DAY)
ORDER BY u.next_try_at LIMIT $most
"""


def _write_ledger(settings: Settings, connection: duckdb.DuckDBPyConnection, site: str) -> Path:
    """Writes the addresses a crawl may have to ask for again: due ones, and articles of the last ten days."""
    path = settings.home / "known" / f"{site}.ledger.jsonl"
    answer = connection.execute(LEDGER, {"site": site, "most": LEDGER_ROWS})
    names = [column[0] for column in answer.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    for row in rows:
        lastmod = row.pop("lastmod_at")
        row["lastmod"] = lastmod.astimezone(UTC).isoformat() if lastmod is not None else None
    write_durably(path, b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path
