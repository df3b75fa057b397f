"""The one spider: it asks for each article once a run, however it hears of it, and lands what the pages say."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider, IgnoreRequest

from spiders.agenda import Agenda
from spiders.door_walk import DoorWalk
from spiders.land_page import land_article
from spiders.ledger import read_ledger
from spiders.middlewares import OffSiteRequest
from spiders.politeness import LaterRun
from spiders.reader import PageReader
from spiders.records import PageReading
from spiders.responses import fetch_of, page_of
from spiders.second_tries import SecondTries

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.http.request import CallbackT
    from twisted.python.failure import Failure

    from spiders.agenda import Errand
    from spiders.crawl_request import CrawlRequest
    from spiders.known import KnownArticles
    from spiders.landing import DiscoveredBy, Fetch, Purpose, UrlEvent
    from spiders.landing_writer import LandingWriter
    from spiders.records import ArticleRecord
    from spiders.site import Site

logger = logging.getLogger(__name__)

#: Addresses that are listed or due are handed to Scrapy so many at a time: a queue of all costs memory and speed.
BATCH = 100
PRIORITY: dict[Purpose, int] = {"discovery": 10, "article": 0, "robots": 20}


class NewsSpider(scrapy.Spider):
    """Crawls one `Site` for one landing run.

    Discovery: the site's site maps, feeds, listings and archives, and the article links on every page read. New and
    changed articles are asked for as they are announced; when the doors have been walked, what is due by the ledger.
    An article is asked for once a run, however many addresses lead to it.
    """

    def __init__(self, request: CrawlRequest, site: Site, landing: LandingWriter, known: KnownArticles) -> None:
        super().__init__(name=site.name)
        self.request = request
        self.site = site
        self.landing = landing
        self.reader = PageReader(site.name)
        self.base_url = request.base_url or site.base_url
        own = urlsplit(self.base_url).netloc.lower()
        self.hosts = frozenset({own}) if request.base_url else frozenset({own, *site.hosts})
        self.agenda = Agenda(
            site,
            self.base_url,
            known=known,
            ledger=read_ledger(request.ledger_path),
            done=request.done_ids,
            limit=request.limit,
            budget=request.max_requests,
            since=request.since_seconds,
        )
        self.doors = DoorWalk(self)
        self.crawl_delay: float | None = None
        self._due: Iterator[Errand] | None = None
        self._second_tries = SecondTries()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.reader.start, signals.spider_opened)
        crawler.signals.connect(spider.go_on, signals.spider_idle)
        crawler.signals.connect(spider.on_error, signals.spider_error)
        crawler.signals.connect(spider.reader.close, signals.spider_closed)
        return spider

    # -- what to ask for ---------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        if self._is_told_what:
            async for request in self._walk_list():
                yield request
            return
        for door in self.doors.asked_for() if self.request.only_notes else self.doors.first():
            yield door

    @property
    def _is_told_what(self) -> bool:
        """Whether the crawl is told what to fetch, instead of finding it."""
        return self.request.urls is not None or self.request.ids is not None

    async def _walk_list(self) -> AsyncIterator[Request]:
        discovered_by: DiscoveredBy = self.request.found_by if self.request.urls is not None else "ids"
        # All are noted first: a run that ends early leaves the rest to later ones.
        for url in self._listed():
            self._note(url, discovered_by)
        for number, url in enumerate(self._listed(), start=1):
            for found in self._asked_for(url, discovered_by):
                yield found
            if number % BATCH == 0 and self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _listed(self) -> Iterable[str]:
        """The addresses a backfill names, or makes of a range of ids, the newest first."""
        if self.request.urls is not None:
            return self.request.urls
        first, last = cast("tuple[int, int]", self.request.ids)
        return (self.site.address_of(number) for number in range(last, first - 1, -1))

    def _asked_for(self, url: str, discovered_by: DiscoveredBy) -> Iterator[Request]:
        """The request for a listed address; of a range of ids only for what is new."""
        if self.request.urls is None:
            yield from self.announced(url, discovered_by=discovered_by)
            return
        noted = self._note(url, discovered_by)
        errand = self.agenda.listed(*noted) if noted is not None else None
        if errand is not None:
            yield self._errand(errand)

    def go_on(self) -> None:
        """Asks for the archive's days, for what is due, for what failed; called when there is nothing else to do."""
        if self._is_told_what or self.request.only_notes:
            return
        requests = (
            self.doors.archives()
            or [self._errand(each) for each in self._next_due()]
            or [self._retried(each) for each in self._second_tries.take(self.agenda.asked)]
        )
        engine = self.crawler.engine
        for request in requests:
            engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _retried(self, request: Request) -> Request:
        """The request as it was first made, before any redirect."""
        first = self.ask(
            request.meta["requested_url"],
            self.parse_article,
            "article",
            meta={"site_article_id": request.meta.get("site_article_id"), "is_second_try": True},
        )
        for name in ("If-None-Match", "If-Modified-Since"):
            if name in request.headers:
                first.headers[name] = request.headers[name]
        return first

    def _next_due(self) -> list[Errand]:
        if self._due is None:
            self._due = self.agenda.due(time.time())
        return [errand for _, errand in zip(range(BATCH), self._due, strict=False)]

    # -- articles ------------------------------------------------------------------------------------------------

    def announced(self, link: str, *, discovered_by: DiscoveredBy, lastmod: str | None = None) -> Iterator[Request]:
        """Notes an article's address and asks for it if it is new or says it changed."""
        noted = self._note(link, discovered_by, lastmod)
        if noted is None or self.request.only_notes:
            return
        errand = self.agenda.announced(*noted, lastmod)
        if errand is not None:
            yield self._errand(errand)

    def _note(self, link: str, discovered_by: DiscoveredBy, lastmod: str | None = None) -> tuple[str, str] | None:
        """Notes an article's address for the ledger; gives it and the article's key, None if it is no article's."""
        url = self.agenda.own_address(link)
        key = self.site.article_key(url) if url is not None else None
        if url is None or key is None:
            return None
        is_new = self.agenda.is_new(key)
        if self.agenda.is_first_mention(key, discovered_by, lastmod):
            self.landing.add_url(
                url,
                site_article_id=self.site.article_id(url),
                discovered_by=discovered_by,
                lastmod=lastmod,
                is_new=is_new,
            )
        return url, key

    def _errand(self, errand: Errand) -> Request:
        request = self.ask(
            errand.url, self.parse_article, "article", meta={"site_article_id": self.site.article_id(errand.url)}
        )
        if errand.etag:
            request.headers["If-None-Match"] = errand.etag
        elif errand.last_modified:
            request.headers["If-Modified-Since"] = errand.last_modified
        return request

    async def parse_article(self, response: Response) -> AsyncIterator[Request]:
        fetch = fetch_of(response)
        if fetch.verdict == "error":
            self._second_tries.note_failed(cast("Request", response.request))
            return  # logged when it came in; Scrapy has given up retrying it
        page = page_of(response)
        reading = await self.reader.read(page) if page.status == 200 else PageReading("unknown")
        land_article(reading, page.status, fetch, self.landing)
        key = self.site.article_key(response.url)
        if key is not None:
            self.agenda.finish(key)
        if reading.record is not None:
            self._note_age(reading.record)
        if not self._is_told_what:
            for link in reading.links:
                for request in self.announced(link, discovered_by="page_link"):
                    yield request

    def _note_age(self, record: ArticleRecord) -> None:
        published = record.published[0].at if record.published else None
        if published is None:
            return
        self.agenda.clock.note_story(datetime.fromisoformat(published))

    # -- what all pages share --------------------------------------------------------------------------------------

    def ask(
        self,
        url: str,
        callback: CallbackT,
        purpose: Purpose,
        *,
        meta: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        cb_kwargs: dict[str, Any] | None = None,
    ) -> Request:
        """A request of the crawl; every one is made here."""
        return Request(
            url,
            callback=callback,
            headers=headers,
            errback=self.on_failure,
            priority=PRIORITY[purpose],
            meta={"purpose": purpose, "requested_url": url, **(meta or {})},
            cb_kwargs=cb_kwargs or {},
            # The run's own book of articles decides what is asked for twice.
            dont_filter=True,
        )

    def on_failure(self, failure: Failure) -> None:
        request = cast("Request", failure.request)  # type: ignore[attr-defined]  # Scrapy adds it
        error = failure.value
        detail = f"{type(error).__name__}: {error}"
        if not isinstance(error, IgnoreRequest):
            self._second_tries.note_failed(request)
            self._end_in_error(request, detail)
        elif isinstance(error, OffSiteRequest):
            self.landing.add_reject(request.url, stage="fetch", reason="off_site", detail=detail, at=None)
            self._decide(request, "off_scope")
            self.doors.note_failure(request, detail)
        elif "robots.txt" in detail:
            self._decide(request, "blocked_by_robots")
        elif not isinstance(error, LaterRun):
            self.doors.note_failure(request, detail)
        logger.info("Giving up on %s: %s", request.url, detail)

    def on_error(self, failure: Failure, response: Response | Failure | None) -> None:
        """Notes what an exception in one of our callbacks has cost; Scrapy has logged it."""
        request: Request | None = getattr(response, "request", None)
        if request is not None:
            self._end_in_error(request, f"{type(failure.value).__name__}: {failure.value}")

    def _end_in_error(self, request: Request, detail: str) -> None:
        """Commits an exchange that has no line yet, and has the door that was asked for among those that failed."""
        fetch: Fetch | None = request.meta.get("fetch")
        if fetch is not None and fetch.verdict == "unknown":
            # For example a body that decompresses without end.
            fetch.verdict, fetch.error = "error", detail[:300]
            self.landing.add_fetch(fetch)
        self.doors.note_failure(request, detail)

    def _decide(self, request: Request, event: UrlEvent) -> None:
        """Notes what became of an article's address for which no request went out."""
        if request.meta["purpose"] == "article":
            self.agenda.withdraw()
            self.landing.add_url(
                request.meta["requested_url"],
                site_article_id=request.meta.get("site_article_id"),
                discovered_by="ledger",
                event=event,
            )
