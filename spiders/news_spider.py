"""The one spider: it walks the doors a site declares, fetches each article once a run and lands what the pages say."""

from __future__ import annotations

import email.utils
import json
import logging
import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall

from spiders.agenda import Agenda
from spiders.archive import ArchivePosition
from spiders.doors import DoorReading, read_feed, read_sitemap
from spiders.land_page import Page, land_article, set_refusal
from spiders.ledger import read_ledger
from spiders.middlewares import OffSiteRequest, content_encoding
from spiders.reader import PageReader
from spiders.records import PageReading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.http.request import CallbackT
    from twisted.python.failure import Failure

    from spiders.agenda import Errand
    from spiders.crawl import CrawlRequest
    from spiders.known import KnownArticles
    from spiders.landing import DiscoveredBy, Fetch, LandingWriter, Purpose, UrlEvent, Verdict
    from spiders.records import ArticleRecord
    from spiders.site import Site

logger = logging.getLogger(__name__)

#: A listing, an index of site maps or an archive that has not ended after so many pages, maps or days is a trap.
MAX_LISTING_PAGES = 500
MAX_SITEMAPS = 1000
MAX_ARCHIVE_DAYS = 60
#: A listing has nothing more for us after so many pages, and an archive after so many days, without a new article.
STALE_PAGES = 2
EMPTY_DAYS = 7
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
            since=request.since_seconds,
        )
        self.crawl_delay: float | None = None
        self.doors_answered = 0
        self.doors_failed: list[str] = []
        self._sitemaps_asked = 0
        self._due: Iterator[Errand] | None = None
        self._archives_asked = False
        self._days_walked = 0
        self._parent = os.getppid()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.start_pulse, signals.spider_opened)
        crawler.signals.connect(spider.stop_pulse, signals.spider_closed)
        crawler.signals.connect(spider.go_on, signals.spider_idle)
        crawler.signals.connect(spider.reader.start, signals.spider_opened)
        crawler.signals.connect(spider.reader.close, signals.spider_closed)
        return spider

    # -- doors ---------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        if self.request.urls is not None or self.request.ids is not None:
            async for request in self._walk_list():
                yield request
            return
        for path in self.site.news_sitemaps:
            yield self._door(path, self.parse_sitemap, discovered_by="news_sitemap")
        for path in self.site.sitemaps:
            yield self._door(path, self.parse_sitemap, discovered_by="sitemap")
        for path in self.site.feeds:
            yield self._door(path, self.parse_feed)
        deep = self.site.deep_listings if self.request.walk_fully else ()
        for template in (*self.site.listings, *deep):
            if "{date" not in template:
                yield self._listing(template)

    async def _walk_list(self) -> AsyncIterator[Request]:
        discovered_by: DiscoveredBy = "url_list" if self.request.urls else "ids"
        # All are noted first: a run that ends early leaves the rest to later ones.
        for url in self._listed():
            self._note(url, discovered_by)
        for number, url in enumerate(self._listed(), start=1):
            for found in self.announced(url, discovered_by=discovered_by):
                yield found
            if number % BATCH == 0 and self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _listed(self) -> Iterable[str]:
        """The addresses a backfill names, or makes of a range of ids, the newest first."""
        if self.request.urls is not None:
            return self.request.urls
        first, last = cast("tuple[int, int]", self.request.ids)
        return (self.site.address_of(number) for number in range(last, first - 1, -1))

    def _door(self, path: str, callback: CallbackT, **arguments: Any) -> Request:
        return self._ask(urljoin(self.base_url, path), callback, "discovery", cb_kwargs=arguments)

    def _listing(self, template: str, page: int = 1, stale: int = 0) -> Request:
        return self._door(template.format(page=page), self.parse_listing, template=template, page=page, stale=stale)

    def _day(self, template: str, day: date, page: int = 1, stale: int = 0) -> Request:
        path = template.format(page=page, date=day)
        return self._door(path, self.parse_day, template=template, day=day, page=page, stale=stale)

    def parse_sitemap(self, response: Response, discovered_by: DiscoveredBy) -> Iterator[Request]:
        if not self._door_answered(response, "sitemap"):
            return
        reading = read_sitemap(response.body)
        for address in reading.sitemaps:
            own = self.agenda.own_address(address)
            if own is not None and self._sitemaps_asked < MAX_SITEMAPS:
                self._sitemaps_asked += 1
                yield self._door(own, self.parse_sitemap, discovered_by=discovered_by)
        yield from self._follow_door(response, reading, discovered_by)

    def parse_feed(self, response: Response) -> Iterator[Request]:
        if not self._door_answered(response, "feed"):
            return
        reading = read_feed(response.body, response.url, _page(response).content_type)
        yield from self._follow_door(response, reading, "feed")

    def _follow_door(self, response: Response, reading: DoorReading, discovered_by: DiscoveredBy) -> Iterator[Request]:
        if reading.problem:
            self._reject(response, stage="discover", reason="unreadable_door", detail=reading.problem)
        for each in reading.announcements:
            if each.lastmod is not None:
                self.agenda.clock.note_story(datetime.fromisoformat(each.lastmod))
            yield from self.announced(each.url, discovered_by=discovered_by, lastmod=each.lastmod)

    async def parse_listing(self, response: Response, template: str, page: int, stale: int) -> AsyncIterator[Request]:
        links, new = await self._read_listing(response) if self._door_answered(response, "listing") else (0, [])
        for request in new:
            yield request
        stale = 0 if new or (links and self.request.walk_fully) else stale + 1
        # Past the end a listing is empty or not there; one page that fails does not end it.
        goes_on = (links or _fetch_of(response).verdict == "error") and not self.agenda.is_full
        if "{page}" in template and goes_on and page < MAX_LISTING_PAGES and stale < STALE_PAGES:
            yield self._listing(template, page + 1, stale)

    async def parse_day(
        self, response: Response, template: str, day: date, page: int, stale: int
    ) -> AsyncIterator[Request]:
        """One page of an archive's day: the next page follows while pages are full, then the day before.

        A day's end may answer 404, and a day without stories an empty page: neither ends the walk.
        """
        links, new = await self._read_listing(response) if self._door_answered(response, "listing") else (0, [])
        for request in new:
            yield request
        stale = 0 if new or (links and self.request.walk_fully) else stale + 1
        if links >= self.site.items_per_listing and page < MAX_LISTING_PAGES:
            yield self._day(template, day, page + 1, stale)
        elif stale < EMPTY_DAYS and self._days_walked < MAX_ARCHIVE_DAYS:
            self._days_walked += 1
            yield self._day(template, day - timedelta(days=1), stale=stale)

    async def _read_listing(self, response: Response) -> tuple[int, list[Request]]:
        """How many articles a listing links to, and the requests for those that are wanted."""
        reading = await self.reader.read(_page(response))
        found = [each for link in reading.links for each in self.announced(link, discovered_by="listing")]
        return len(reading.links), found

    def _door_answered(self, response: Response, verdict: Verdict) -> bool:
        fetch = _fetch_of(response)
        if fetch.verdict == "error":
            self.doors_failed.append(f"{response.url} ({fetch.error})")
            return False
        if response.status == 200:
            self.doors_answered += 1
            self._note_date(response)
            fetch.verdict = verdict
        else:
            set_refusal(fetch, response.status)
        self.landing.add_fetch(fetch)
        return response.status == 200

    def _note_date(self, response: Response) -> None:
        stated = (response.headers.get(b"Date") or b"").decode("latin-1")
        try:
            self.agenda.clock.note_date(email.utils.parsedate_to_datetime(stated))
        except (ValueError, TypeError):
            return

    # -- when the doors have been walked ---------------------------------------------------------------------------

    def go_on(self) -> None:
        """Asks for the archive's days, then for what is due; called when there is nothing else to do."""
        if self.request.urls is not None or self.request.ids is not None:
            return
        requests = self._archives() or [self._errand(each) for each in self._next_due()]
        engine = self.crawler.engine
        for request in requests:
            engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _archives(self) -> list[Request]:
        """The first page of each archive by day, once; it needs the site's clock, which the other doors tell."""
        if self._archives_asked:
            return []
        self._archives_asked = True
        today = (self.agenda.clock.now() or datetime.now(UTC)).astimezone(ZoneInfo(self.site.timezone)).date()
        return [self._day(template, today) for template in self.site.listings if "{date" in template]

    def _next_due(self) -> list[Errand]:
        if self._due is None:
            self._due = self.agenda.due(time.time())
        return [errand for _, errand in zip(range(BATCH), self._due, strict=False)]

    # -- articles ------------------------------------------------------------------------------------------------

    def announced(self, link: str, *, discovered_by: DiscoveredBy, lastmod: str | None = None) -> Iterator[Request]:
        """Notes an article's address and asks for it if it is new or says it changed."""
        noted = self._note(link, discovered_by, lastmod)
        errand = self.agenda.announced(*noted, lastmod) if noted is not None else None
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
        request = self._ask(
            errand.url, self.parse_article, "article", meta={"site_article_id": self.site.article_id(errand.url)}
        )
        if errand.etag:
            request.headers["If-None-Match"] = errand.etag
        elif errand.last_modified:
            request.headers["If-Modified-Since"] = errand.last_modified
        return request

    async def parse_article(self, response: Response) -> AsyncIterator[Request]:
        fetch = _fetch_of(response)
        if fetch.verdict == "error":
            return  # logged when it came in; Scrapy has given up retrying it
        page = _page(response)
        reading = await self.reader.read(page) if page.status == 200 else PageReading("unknown")
        land_article(reading, page.status, fetch, self.landing)
        key = self.site.article_key(response.url)
        if key is not None:
            self.agenda.finish(key)
        if reading.record is not None:
            self._note_age(reading.record)
        if self.request.urls is None and self.request.ids is None:
            for link in reading.links:
                for request in self.announced(link, discovered_by="page_link"):
                    yield request

    def _note_age(self, record: ArticleRecord) -> None:
        published = record.published[0].at if record.published else None
        if published is None:
            return
        self.agenda.clock.note_story(datetime.fromisoformat(published))

    # -- what all pages share --------------------------------------------------------------------------------------

    def _ask(
        self,
        url: str,
        callback: CallbackT,
        purpose: Purpose,
        *,
        meta: dict[str, Any] | None = None,
        cb_kwargs: dict[str, Any] | None = None,
    ) -> Request:
        return Request(
            url,
            callback=callback,
            errback=self.on_failure,
            priority=PRIORITY[purpose],
            meta={"purpose": purpose, "requested_url": url, **(meta or {})},
            cb_kwargs=cb_kwargs or {},
            # The run's own book of articles decides what is asked for twice.
            dont_filter=True,
        )

    def _reject(self, response: Response, *, stage: str, reason: str, detail: str) -> None:
        fetch = _fetch_of(response)
        position = ArchivePosition(fetch.archive_file, fetch.archive_offset or 0) if fetch.archive_file else None
        self.landing.add_reject(response.url, stage=stage, reason=reason, detail=detail, at=position)

    def on_failure(self, failure: Failure) -> None:
        request = cast("Request", failure.request)  # type: ignore[attr-defined]  # Scrapy adds it
        fetch: Fetch | None = request.meta.get("fetch")
        error = failure.value
        detail = f"{type(error).__name__}: {error}"
        if fetch is not None and fetch.verdict == "unknown":
            # The answer is archived but could not be taken apart, for example a body that decompresses without end.
            fetch.verdict, fetch.error = "error", detail[:300]
            self.landing.add_fetch(fetch)
        elif isinstance(error, OffSiteRequest):
            self.landing.add_reject(request.url, stage="fetch", reason="off_site", detail=detail, at=None)
            self._decide(request, "off_scope")
        elif isinstance(error, IgnoreRequest) and "robots.txt" in detail:
            self._decide(request, "blocked_by_robots")
        if request.meta["purpose"] == "discovery" and not isinstance(error, IgnoreRequest):
            self.doors_failed.append(f"{request.url} ({detail})")
        logger.info("Giving up on %s: %s", request.url, detail)

    def _decide(self, request: Request, event: UrlEvent) -> None:
        """Notes what became of an article's address for which no request went out."""
        if request.meta["purpose"] == "article":
            self.landing.add_url(
                request.meta["requested_url"],
                site_article_id=request.meta.get("site_article_id"),
                discovered_by="ledger",
                event=event,
            )

    # -- pulse -----------------------------------------------------------------------------------------------------

    def start_pulse(self) -> None:
        self._pulse = LoopingCall(self._beat)
        self._pulse.start(0.5, now=False)

    def stop_pulse(self) -> None:
        if self._pulse.running:
            self._pulse.stop()
        self._beat()

    def _beat(self) -> None:
        """Tells the parent process how far the crawl is, and ends the crawl when there is no parent any more."""
        progress = {**self.landing.counts, "asked_for": self.agenda.asked}
        sys.stdout.write(json.dumps({"progress": progress}) + "\n")
        sys.stdout.flush()
        engine = self.crawler.engine
        if os.getppid() != self._parent and engine.spider is not None:
            logger.warning("The process that started this crawl is gone: ending it here; what was fetched is kept")
            self._parent = os.getppid()
            deferred_from_coro(engine.close_spider_async(reason="parent_gone"))


def _page(response: Response) -> Page:
    content_type = response.headers.get(b"Content-Type")
    return Page(
        url=response.url,
        status=response.status,
        content_type=content_type.decode("latin-1") if content_type else None,
        body=response.body,
        content_encoding=content_encoding(response),
    )


def _fetch_of(response: Response) -> Fetch:
    """The `Fetch` that the archive middleware attached when the answer came in."""
    return cast("Fetch", cast("Request", response.request).meta["fetch"])
