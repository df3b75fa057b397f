"""Preparing and running one crawl: what is known is written out for it, its request made, its process run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import warehouse
from flows.crawl_process import run_crawl
from flows.landings import new_run, pick_up
from flows.publishing import location
from flows.settings import CODE_VERSION
from spiders.crawl import CrawlRequest
from spiders.known import write_known

if TYPE_CHECKING:
    import logging
    from pathlib import Path

    from flows.settings import Settings
    from spiders.landing import LandingRun

#: An interrupted run is continued, rather than begun again, if its last page was fetched less than this long ago.
CONTINUE_WITHIN = timedelta(hours=1)


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
    done = _ids_done(pick_up(settings, site))
    run = new_run(settings, site)
    request = CrawlRequest(
        run_id=run.run_id,
        flow=flow,
        site=site,
        user_agent=settings.user_agent,
        code_version=CODE_VERSION,
        base_url=base_url,
        since=(datetime.now(UTC) - since).isoformat() if since else None,
        limit=limit,
        known=str(_write_known(settings, site)),
        done_ids=done,
        time_limit_s=settings.crawl_time_limit_s,
    )
    request.write(run)
    run_crawl(run, time_limit_s=settings.crawl_time_limit_s, log=log)
    return run


def _ids_done(waiting: list[LandingRun]) -> list[str]:
    """The articles that the runs waiting to be published fetched within the last hour."""
    recent = (datetime.now(UTC) - CONTINUE_WITHIN).isoformat()
    return sorted(
        {
            str(row["site_article_id"])
            for run in waiting
            for row in run.lines("fetches")
            if row["verdict"] == "article" and row["site_article_id"] and row["fetched_at"] >= recent
        }
    )


def _write_known(settings: Settings, site: str) -> Path:
    path = settings.home / "known" / f"{site}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    with warehouse.connect(location(settings)) as connection:
        rows = connection.execute(
            "SELECT site_article_id, coalesce(epoch(published_at), 0)::BIGINT, epoch(last_seen_at)::BIGINT"
            " FROM articles WHERE site = ? AND site_article_id IS NOT NULL",
            [site],
        ).fetchall()
    write_known(path, ((each, max(0, published), max(0, seen)) for each, published, seen in rows))
    return path
