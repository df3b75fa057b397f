"""Preparing and running one crawl: its request is made and its process run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import warehouse
from flows import past
from flows.crawl_process import run_crawl
from flows.landings import new_run, pick_up
from flows.location import location
from flows.missing_pages import refuse_without_archive
from flows.settings import CODE_VERSION
from spiders.crawl_request import CrawlRequest
from spiders.site import load

if TYPE_CHECKING:
    import logging

    from flows.settings import Settings
    from spiders.landing import LandingRun
    from spiders.site import Site

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
        ArchiveGone: there is no archive for its pages; no request is made.
        CrawlFailed: the crawl process crashed or overran; what it had archived is picked up by the next call.
    """
    done = _keys_done(load(site), pick_up(settings, site))
    run = new_run(settings, site)
    with warehouse.connect(location(settings)) as connection:
        refuse_without_archive(settings, connection)
        request = CrawlRequest(
            run_id=run.run_id,
            flow=flow,
            site=site,
            user_agent=settings.user_agent,
            code_version=CODE_VERSION,
            base_url=base_url,
            since=(datetime.now(UTC) - since).isoformat() if since else None,
            limit=limit,
            known=str(past.update_known(settings, connection, load(site))),
            ledger=str(past.write_ledger(settings, connection, site)),
            walk_fully=not past.was_walked_today(connection, site, flow),
            done_ids=done,
            quiet_until=past.quiet_until(connection, site),
            max_requests=settings.max_requests,
            time_limit_s=settings.crawl_time_limit_s,
        )
    request.write(run)
    run_crawl(run, time_limit_s=settings.crawl_time_limit_s, log=log)
    return run


def crawl_listed(
    settings: Settings,
    site: str,
    *,
    flow: str,
    base_url: str | None,
    log: logging.Logger | logging.LoggerAdapter[logging.Logger],
    time_limit_s: int,
    **what: Any,
) -> LandingRun:
    """Crawls into a new landing run what is named, and follows no links.

    Args:
        settings: the settings.
        site: the site's name.
        flow: the flow that asks.
        base_url: where the site is, if not at its own address.
        log: where the crawl's log goes.
        time_limit_s: the crawl ends after so many seconds; what it did not come to is pending.
        what: `urls` and `found_by`, or `sitemaps` and `days`: see `CrawlRequest`.

    Raises:
        ArchiveGone, CrawlFailed: see `crawl_site`.
    """
    run = new_run(settings, site)
    with warehouse.connect(location(settings)) as connection:
        refuse_without_archive(settings, connection)
        request = CrawlRequest(
            run_id=run.run_id,
            flow=flow,
            site=site,
            user_agent=settings.user_agent,
            code_version=CODE_VERSION,
            base_url=base_url,
            known=str(past.update_known(settings, connection, load(site))),
            quiet_until=past.quiet_until(connection, site),
            max_requests=settings.max_requests,
            time_limit_s=time_limit_s,
            **what,
        )
    request.write(run)
    run_crawl(run, time_limit_s=time_limit_s, log=log)
    return run


def _keys_done(site: Site, waiting: list[LandingRun]) -> list[str]:
    """The articles that the runs waiting to be published fetched within the last hour.

    What a line lacks is said when its run is published; the crawl does without it.
    """
    recent = (datetime.now(UTC) - CONTINUE_WITHIN).isoformat()
    keys = {
        site.article_key(row.get("url") or "")
        for run in waiting
        for row in run.lines("fetches")
        if row.get("verdict") == "article" and (row.get("fetched_at") or "") >= recent
    }
    return sorted(key for key in keys if key is not None)
