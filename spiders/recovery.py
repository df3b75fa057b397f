"""Completing the landing run of a crawl that died: nothing that reached the archive is lost."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from spiders.archive import ArchivedAnswer, StoredPage, intact_length, read_answers
from spiders.crawl_request import CrawlRequest
from spiders.land_page import land_article, set_refusal
from spiders.landing import KINDS, Fetch, LandingRun, RunSummary, utc_text
from spiders.landing_writer import LandingWriter
from spiders.rereading import reread
from spiders.site import Site, load

if TYPE_CHECKING:
    from pathlib import Path

    from spiders.records import PageReading

logger = logging.getLogger(__name__)

#: Answers that are read and landed at a time: all their readings are held at once.
_BATCH = 200


def recover_run(run: LandingRun) -> RunSummary:
    """Completes a landing run whose crawl ended without doing so.

    The archive is cut back to its last whole record. Lines that point to nothing are dropped, and pages that were
    archived but not yet read, or whose reading was cut short, are read now, in a process beside this one.

    Raises:
        RunIsHeld: the crawl is still alive and holds the run.
    """
    with run.locked():
        if run.is_complete:
            return run.summary()
        request = CrawlRequest.read(run)
        files = sorted(run.warc_directory.glob("*.warc.gz"))
        for file in files:
            _cut_back(file)
        _drop_uncommitted(run, {_place(answer) for file in files for answer in read_answers(file)})
    site = load(request.site)
    with LandingWriter(run, site=site.name, software=f"wirehouse/{request.code_version}") as landing:
        committed = {(each["archive_file"], each["archive_offset"]) for each in run.lines("fetches")}
        answers = (answer for file in files for answer in read_answers(file))
        _land_answers(site, [answer for answer in answers if _place(answer) not in committed], landing)
        landing.sync()
        summary = _summary(run, request, [file.name for file in files])
        run.complete(summary)
    logger.info("Recovered the interrupted run %s: %s", run.run_id, summary.counts)
    return summary


def _place(answer: ArchivedAnswer) -> tuple[str, int]:
    return answer.position.file, answer.position.offset


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


def _land_answers(site: Site, answers: list[ArchivedAnswer], landing: LandingWriter) -> None:
    for start in range(0, len(answers), _BATCH):
        batch = answers[start : start + _BATCH]
        pages = [
            StoredPage(landing.run.warc_directory / each.position.file, each.position.offset, each.url)
            for each in batch
        ]
        for answer, reading in zip(batch, reread(site.name, pages, readers=1), strict=True):
            _land_answer(site, answer, reading, landing)


def _land_answer(site: Site, answer: ArchivedAnswer, reading: PageReading, landing: LandingWriter) -> None:
    """What the spider would have done with the answer, without following its links: the next run does that."""
    is_article = site.article_key(answer.url) is not None
    is_robots = answer.url.endswith("/robots.txt")
    fetch = Fetch(
        url=answer.url,
        requested_url=answer.url,
        purpose="article" if is_article else "robots" if is_robots else "discovery",
        fetched_at=utc_text(answer.fetched_at),
        verdict="robots" if is_robots else "listing",
        status=answer.status,
        bytes=answer.received_bytes,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        archive_file=answer.position.file,
        archive_offset=answer.position.offset,
        site_article_id=site.article_id(answer.url),
    )
    if is_article:
        land_article(reading, answer.status, fetch, landing)
        return
    if answer.status != 200 and not is_robots:
        set_refusal(fetch, answer.status)
    elif reading.verdict == "damaged" and not is_robots:
        fetch.verdict, fetch.error = "error", reading.reason
    elif site.is_home(answer.url):
        landing.add_sidebars(reading.sidebars, fetch, edition=site.edition_at(answer.url))
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
        reason=f"{run.failure or 'the crawl died'}; what it had archived was kept",
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
