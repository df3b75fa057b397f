"""One crawl in a process of its own: `python -m spiders.crawl LANDING_DIRECTORY [PARENT]`.

It reads request.json in the landing directory, crawls, and completes the landing run. It ends early when the process
that started it is gone; PARENT is the id of that process, which may be gone before the crawl can ask. Standard output
carries one JSON object a line ({"progress": {...}}), standard error the log. Exit status 0: the run is complete and
says how it ended; any other: the log's last line says why, and `spiders.recovery` completes the run.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from spiders.crawl_request import CrawlRequest
from spiders.errors import DiskError, SpidersError
from spiders.known import KnownArticles
from spiders.landing import LandingRun, RunState, RunSummary, utc_text
from spiders.landing_writer import LandingWriter
from spiders.news_spider import NewsSpider
from spiders.pulse import Pulse
from spiders.settings import crawl_settings
from spiders.site import load

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)


def crawl(run: LandingRun, parent: int) -> RunSummary:
    """Crawls what the run's request asks for and completes the run; ends early when it is no child of `parent`."""
    started_at = datetime.now(UTC)
    request = CrawlRequest.read(run)
    site = load(request.site)
    # What it says of itself when it is made is of no use in the log of a flow.
    logging.getLogger("scrapy.utils.log").setLevel(logging.WARNING)
    process = AsyncCrawlerProcess(crawl_settings(request, request.base_url or site.base_url))
    _quieten_scrapy()
    crawler = process.create_crawler(NewsSpider)
    pulse = Pulse(crawler, parent)
    crawler.signals.connect(pulse.start, signals.spider_opened)
    crawler.signals.connect(pulse.stop, signals.spider_closed)
    _spare_collector()
    known_path = Path(request.known) if request.known else None
    software = f"wirehouse/{request.code_version}"
    with (
        LandingWriter(run, site=site.name, software=software, on_failure=partial(_end_here, run)) as landing,
        KnownArticles(known_path) as known,
    ):
        process.crawl(crawler, request=request, site=site, landing=landing, known=known)
        process.start()
        landing.sync()
        state, reason = how_it_ended(crawler)
        summary = RunSummary(
            run_id=request.run_id,
            flow=request.flow,
            site=site.name,
            started_at=utc_text(started_at),
            finished_at=utc_text(datetime.now(UTC)),
            state=state,
            reason=reason,
            code_version=request.code_version,
            counts=landing.counts,
            warc_files=landing.archive.names,
        )
        run.complete(summary)
    return summary


def _end_here(run: LandingRun, error: DiskError) -> None:
    """Ends the process on the spot, as a kill would: what else the site was asked for could not be kept either.

    Were Scrapy asked to end, it would first finish the requests under way and those that wait their turn.
    """
    run.note_failure(error.__cause__)
    logger.error("%s", error)
    os._exit(1)


def _quieten_scrapy() -> None:
    """What Scrapy says at level INFO is about Scrapy; the run's counts are logged by whoever asked for it."""
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    # It warns that redirects go without a Referer; no request of ours has one.
    logging.getLogger("scrapy.downloadermiddlewares.redirect").setLevel(logging.ERROR)


def _spare_collector() -> None:
    """Has the garbage collector pass over what start-up made, and look less often: that is a tenth of a crawl's time.

    Scrapy makes hundreds of containers for every request, so that Python's own threshold is met four times a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 10)


def how_it_ended(crawler: Crawler) -> tuple[RunState, str | None]:
    """The state of a crawl that has ended, and the reason where it is not simply complete."""
    spider = crawler.spider
    finish_reason = crawler.stats.get_value("finish_reason")
    if not isinstance(spider, NewsSpider) or (finish_reason is None and not spider.landing.counts["fetched"]):
        return "failed", "the crawl did not start; its log says why"
    if finish_reason is None:
        return "partial", "the crawl was stopped"
    if finish_reason == "asked_to_wait":
        return (
            "partial",
            f"{finish_reason}: the site asked to be left alone for longer than a run waits; a later one goes on",
        )
    if spider.request.urls is None and spider.request.ids is None and spider.doors.answered == 0:
        return "failed", f"none of the doors of {spider.base_url} answered; is the site up and the address right?"
    if finish_reason == "finished" and spider.agenda.is_over_budget:
        finish_reason = "budget_spent"
    if finish_reason != "finished":
        return "partial", f"the crawl was ended early: {finish_reason}"
    if spider.agenda.is_full:
        return "partial", f"the limit of {spider.request.limit} articles was reached; later runs ask for what is left"
    if spider.doors.failed:
        named = "; ".join(spider.doors.failed[:3])
        count = len(spider.doors.failed)
        return "partial", f"{count} doors did not answer or could not be read, the next run walks them again: {named}"
    return "complete", None


def main() -> int:
    """Crawls into the landing directory named on the command line."""
    if len(sys.argv) not in {2, 3}:
        sys.stderr.write("usage: python -m spiders.crawl LANDING_DIRECTORY [PARENT]\n")
        return 2
    try:
        crawl(LandingRun(Path(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) == 3 else os.getppid())
    except (SpidersError, OSError) as error:
        sys.stderr.write(f"ERROR {__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
