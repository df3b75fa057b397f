"""Completing the landing run of a crawl that died: nothing that reached the archive is lost."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from spiders.archive import ArchivedPage, intact_length, read_pages
from spiders.crawl_request import CrawlRequest
from spiders.land_page import Page, land_article, read_page, set_refusal
from spiders.landing import KINDS, Fetch, LandingRun, LandingWriter, RunSummary, utc_text
from spiders.site import Site, load

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)


def recover_run(run: LandingRun) -> RunSummary:
    """Completes a landing run whose crawl ended without doing so.

    The archive is cut back to its last whole record. Lines that point to nothing are dropped, and pages that were
    archived but not yet read, or whose reading was cut short, are read now.

    Raises:
        LandingError: the crawl is still alive and holds the run.
    """
    with run.locked():
        if run.is_complete:
            return run.summary()
        request = CrawlRequest.read(run)
        files = sorted(run.warc_directory.glob("*.warc.gz"))
        for file in files:
            _cut_back(file)
        _drop_uncommitted(run, {_place(page) for file in files for page in read_pages(file)})
    site = load(request.site)
    with LandingWriter(run, site=site.name, software=f"wirehouse/{request.code_version}") as landing:
        committed = {(each["archive_file"], each["archive_offset"]) for each in run.lines("fetches")}
        for page in (page for file in files for page in read_pages(file)):
            if _place(page) not in committed:
                _land_archived_page(site, page, landing)
        landing.sync()
        summary = _summary(run, request, [file.name for file in files])
        run.complete(summary)
    logger.info("Recovered the interrupted run %s: %s", run.run_id, summary.counts)
    return summary


def _place(page: ArchivedPage) -> tuple[str, int]:
    return page.position.file, page.position.offset


def _cut_back(file: Path) -> None:
    intact = intact_length(file)
    if intact < file.stat().st_size:
        logger.info("Cutting %s back to its last whole record: %d of %d bytes", file, intact, file.stat().st_size)
        os.truncate(file, intact)


def _drop_uncommitted(run: LandingRun, archived: set[tuple[str, int]]) -> None:
    """Keeps the lines whose exchange is in the archive and was read to its end; a fetch that got no answer stays."""

    def place(row: dict[str, Any]) -> tuple[str, int]:
        return row.get("archive_file") or "", row.get("archive_offset") or 0

    fetches = [row for row in run.lines("fetches") if row["archive_file"] is None or place(row) in archived]
    committed = {place(row) for row in fetches}
    run.rewrite("fetches", fetches)
    run.rewrite("records", [row for row in run.lines("records") if place(row) in committed])
    run.rewrite("sidebars", [row for row in run.lines("sidebars") if place(row) in committed])
    run.rewrite(
        "rejects", [row for row in run.lines("rejects") if row["archive_file"] is None or place(row) in committed]
    )
    run.rewrite("urls", list(run.lines("urls")))


def _land_archived_page(site: Site, page: ArchivedPage, landing: LandingWriter) -> None:
    """What the spider would have done with the page, without following its links: the next run does that."""
    is_article = site.article_key(page.url) is not None
    is_robots = page.url.endswith("/robots.txt")
    fetch = Fetch(
        url=page.url,
        requested_url=page.url,
        purpose="article" if is_article else "robots" if is_robots else "discovery",
        fetched_at=utc_text(page.fetched_at),
        verdict="robots" if is_robots else "listing",
        status=page.status,
        bytes=page.received_bytes,
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
        archive_file=page.position.file,
        archive_offset=page.position.offset,
        site_article_id=site.article_id(page.url),
    )
    if is_article:
        reading = read_page(site, Page(page.url, page.status, page.content_type, page.body))
        land_article(reading, page.status, fetch, landing)
        return
    if page.status != 200 and not is_robots:
        set_refusal(fetch, page.status)
    elif site.is_home(page.url):
        reading = read_page(site, Page(page.url, page.status, page.content_type, page.body))
        landing.add_sidebars(reading.sidebars, fetch, edition=site.edition_at(page.url))
    landing.add_fetch(fetch)


def _summary(run: LandingRun, request: CrawlRequest, warc_files: list[str]) -> RunSummary:
    fetches = list(run.lines("fetches"))
    lines = {kind: sum(1 for _ in run.lines(kind)) for kind in KINDS}
    stamps = [row["fetched_at"] for row in fetches] or [utc_text(datetime.now(UTC))]
    return RunSummary(
        run_id=run.run_id,
        flow=request.flow,
        site=request.site,
        started_at=min(stamps),
        finished_at=max(stamps),
        state="recovered",
        reason="the crawl died; what it had archived was kept",
        code_version=request.code_version,
        counts={
            "discovered": lines["urls"],
            "fetched": lines["fetches"],
            "articles": lines["records"],
            "rejected": lines["rejects"],
            "failed": sum(row["verdict"] == "error" for row in fetches),
        },
        warc_files=warc_files,
    )
