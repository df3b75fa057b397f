"""One crawl in a process of its own: `python -m spiders.crawl LANDING_DIRECTORY`.

It reads request.json in the landing directory, crawls, and completes the landing run. Standard output carries one JSON
object a line ({"progress": {...}}), standard error the log. Exit status 0: the run is complete and says how it ended.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import logging
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerProcess

from spiders.errors import CrawlRequestError, SpidersError
from spiders.known import KnownArticles
from spiders.landing import LandingRun, LandingWriter, RunState, RunSummary, utc_text, write_durably
from spiders.news_spider import NewsSpider
from spiders.settings import crawl_settings
from spiders.site import load

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from spiders.landing import DiscoveredBy

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class CrawlRequest:
    """What a crawl is asked to do; the contents of request.json.

    Args:
        run_id: the landing run's name.
        flow: the flow that asks.
        site: the name of a file in `spiders/sites`.
        user_agent: says who we are; must not contain "bot" where the site gives bots another page.
        code_version: what to note in run.json as the version of this code.
        base_url: where the site is, if not at its own address.
        since: ISO 8601 UTC; known articles published before are not looked at again.
        limit: the most articles to ask for.
        urls: article addresses to fetch instead of walking the site's doors, known or not.
        found_by: who found `urls`, for those the ledger has not heard of.
        sitemaps: addresses of site maps or their indexes to look into, instead of the doors: what they name is noted,
            no article is asked for.
        days: days (ISO 8601) of the site's archives by day to look into, likewise.
        ids: the first and last of a range of article ids to try, from the last downwards, instead of the doors.
        known: path of the file of known articles (see `spiders.known`).
        ledger: path of the file of addresses to look at again (see `spiders.ledger`).
        walk_fully: walk listings to their end, though nothing new turns up: the last run did not.
        done_ids: article keys not to ask for: an interrupted run that this one continues has them.
        quiet_until: by host (and port) that asked to be left alone in an earlier run the ISO 8601 time until then.
        max_requests: the run's budget of requests to one host; None for no limit.
        answer_within_s: seconds a server has to answer a request.
        time_limit_s: seconds after which the crawl ends and keeps what it has; 0: no limit.
    """

    run_id: str
    flow: str
    site: str
    user_agent: str
    code_version: str
    base_url: str | None = None
    since: str | None = None
    limit: int | None = None
    urls: list[str] | None = None
    found_by: DiscoveredBy = "url_list"
    sitemaps: list[str] | None = None
    days: list[str] | None = None
    ids: tuple[int, int] | None = None
    known: str | None = None
    ledger: str | None = None
    walk_fully: bool = True
    done_ids: list[str] = field(default_factory=list)
    quiet_until: dict[str, str] = field(default_factory=dict)
    max_requests: int | None = None
    answer_within_s: float = 30.0
    time_limit_s: int = 0

    @property
    def only_notes(self) -> bool:
        """Whether the crawl only looks into doors and asks for no article."""
        return self.sitemaps is not None or self.days is not None

    @property
    def since_seconds(self) -> float | None:
        return datetime.fromisoformat(self.since).timestamp() if self.since else None

    @property
    def ledger_path(self) -> Path | None:
        return Path(self.ledger) if self.ledger else None

    def write(self, run: LandingRun) -> None:
        """Creates the landing directory with this request in it."""
        run.directory.mkdir(parents=True, exist_ok=False)
        write_durably(run.directory / "request.json", json.dumps(dataclasses.asdict(self), indent=1).encode())

    @classmethod
    def read(cls, run: LandingRun) -> CrawlRequest:
        try:
            return cls(**run.request())
        except TypeError as error:
            raise CrawlRequestError(f"{run.directory / 'request.json'} is not a crawl request: {error}") from error


def crawl(run: LandingRun) -> RunSummary:
    """Crawls what the run's request asks for and completes the run."""
    started_at = datetime.now(UTC)
    request = CrawlRequest.read(run)
    site = load(request.site)
    process = AsyncCrawlerProcess(crawl_settings(request, request.base_url or site.base_url))
    _quieten_scrapy()
    crawler = process.create_crawler(NewsSpider)
    _spare_collector()
    known_path = Path(request.known) if request.known else None
    software = f"wirehouse/{request.code_version}"
    with LandingWriter(run, site=site.name, software=software) as landing, KnownArticles(known_path) as known:
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
    if finish_reason != "finished":
        return "partial", f"the crawl was ended early: {finish_reason}"
    if spider.agenda.is_full:
        return "partial", f"the limit of {spider.request.limit} articles was reached; later runs ask for what is left"
    if spider.doors.failed:
        named = "; ".join(spider.doors.failed[:3])
        return "partial", f"{len(spider.doors.failed)} doors did not answer, the next run walks them again: {named}"
    return "complete", None


def main() -> int:
    """Crawls into the landing directory named on the command line."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m spiders.crawl LANDING_DIRECTORY\n")
        return 2
    try:
        crawl(LandingRun(Path(sys.argv[1])))
    except SpidersError as error:
        sys.stderr.write(f"ERROR {__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
