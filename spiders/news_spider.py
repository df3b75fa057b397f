"""The one spider: it walks the doors a site declares, fetches each article once a run and lands what the pages say."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urljoin, urlsplit, urlunsplit

import scrapy
from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.sitemap import Sitemap
from twisted.internet.task import LoopingCall

from spiders.archive import ArchivePosition
from spiders.feeds import read_feed_links
from spiders.land_page import Page, land_article, set_refusal
from spiders.middlewares import OffSiteRequest
from spiders.reader import PageReader
from spiders.records import PageReading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.http.request import CallbackT
    from twisted.python.failure import Failure

    from spiders.crawl import CrawlRequest
    from spiders.known import KnownArticles
    from spiders.landing import Fetch, LandingWriter, Purpose, Verdict
    from spiders.records import ArticleRecord
    from spiders.site import Site

logger = logging.getLogger(__name__)

#: A listing that has not ended after so many pages is a trap.
MAX_LISTING_PAGES = 500
PRIORITY: dict[Purpose, int] = {"discovery": 10, "article": 0, "robots": 20}


class NewsSpider(scrapy.Spider):
    """Crawls one `Site` for one landing run.

    Discovery: the site's news site maps, feeds and listings, and the article links on every page read. An article is
    asked for once a run, however many addresses lead to it.
    """

    def __init__(self, request: CrawlRequest, site: Site, landing: LandingWriter, known: KnownArticles) -> None:
        super().__init__(name=site.name)
        self.request = request
        self.site = site
        self.landing = landing
        self.known = known
        self.reader = PageReader(site.name)
        self.base_url = request.base_url or site.base_url
        own = urlsplit(self.base_url).netloc.lower()
        self.hosts = frozenset({own}) if request.base_url else frozenset({own, *site.hosts})
        self.doors_answered = 0
        self._asked_for = set(request.done_ids)
        self._articles_asked = 0
        self._seen_past_since = False
        self._parent = os.getppid()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.start_pulse, signals.spider_opened)
        crawler.signals.connect(spider.stop_pulse, signals.spider_closed)
        crawler.signals.connect(spider.reader.close, signals.spider_closed)
        return spider

    # -- doors ---------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        if self.request.urls is not None:
            for url in self.request.urls:
                for found in self.discover(url, discovered_by="url_list"):
                    yield found
            return
        for path in self.site.news_sitemaps:
            yield self._door(path, self.parse_sitemap)
        for path in self.site.feeds:
            yield self._door(path, self.parse_feed)
        for template in self.site.listings:
            yield self._door(template.format(page=1), self.parse_listing, template=template, page=1)

    def _door(self, path: str, callback: CallbackT, **arguments: str | int) -> Request:
        return self._ask(urljoin(self.base_url, path), callback, "discovery", cb_kwargs=arguments)

    def parse_sitemap(self, response: Response) -> Iterator[Request]:
        if not self._door_answered(response, "sitemap"):
            return
        try:
            for entry in Sitemap(response.body):
                yield from self.discover(entry.get("loc", ""), discovered_by="news_sitemap")
        except (ValueError, TypeError, StopIteration, SyntaxError) as error:
            self._reject(response, stage="discover", reason="unreadable_sitemap", detail=str(error))

    def parse_feed(self, response: Response) -> Iterator[Request]:
        if not self._door_answered(response, "feed"):
            return
        links, problem = read_feed_links(response.body, response.url, _page(response).content_type)
        if problem:
            self._reject(response, stage="discover", reason="unreadable_feed", detail=problem)
        for link in links:
            yield from self.discover(link, discovered_by="feed")

    async def parse_listing(self, response: Response, template: str, page: int) -> AsyncIterator[Request]:
        if not self._door_answered(response, "listing"):
            return
        reading = await self.reader.read(_page(response))
        for link in reading.links:
            for request in self.discover(link, discovered_by="listing"):
                yield request
        goes_on = "{page}" in template and bool(reading.links) and page < MAX_LISTING_PAGES
        if goes_on and not self._seen_past_since and not self._limit_reached():
            yield self._door(template.format(page=page + 1), self.parse_listing, template=template, page=page + 1)

    def _door_answered(self, response: Response, verdict: Verdict) -> bool:
        fetch = _fetch_of(response)
        if fetch.verdict == "error":
            return False
        if response.status == 200:
            self.doors_answered += 1
            fetch.verdict = verdict
        else:
            set_refusal(fetch, response.status)
        self.landing.add_fetch(fetch)
        return response.status == 200

    # -- articles ------------------------------------------------------------------------------------------------

    def discover(self, link: str, *, discovered_by: str) -> Iterator[Request]:
        """Notes an article's address and asks for it, unless this run already has."""
        url = self.own_address(link)
        article_id = self.site.article_id(url)
        if article_id is None or article_id in self._asked_for:
            return
        if discovered_by == "page_link" and self.known.get(article_id) is not None:
            # Pages link to articles of any age; those we have are looked at again through the doors only.
            return
        self._asked_for.add(article_id)
        self.landing.add_url(url, site_article_id=article_id, discovered_by=discovered_by)
        if self._limit_reached() or not self._is_wanted(article_id):
            return
        self._articles_asked += 1
        yield self._ask(url, self.parse_article, "article", meta={"site_article_id": article_id, "requested_url": url})

    def own_address(self, link: str) -> str:
        """The link as a plain address of the crawled host.

        A copy of the site on another host still links to the original: such links are moved to the copy.
        """
        parts = urlsplit(urljoin(self.base_url, link.strip()))
        if self.request.base_url and parts.netloc.lower() in self.site.hosts:
            base = urlsplit(self.base_url)
            parts = parts._replace(scheme=base.scheme, netloc=base.netloc)
        return self.site.plain_address(urlunsplit(parts._replace(fragment="")))

    def _is_wanted(self, article_id: str) -> bool:
        known = self.known.get(article_id)
        if known is None:
            return True
        since = self.request.since_seconds
        if since is not None and known.published and known.published < since:
            self._seen_past_since = True
            return False
        return True

    def _limit_reached(self) -> bool:
        return self.request.limit is not None and self._articles_asked >= self.request.limit

    async def parse_article(self, response: Response) -> AsyncIterator[Request]:
        fetch = _fetch_of(response)
        if fetch.verdict == "error":
            return  # logged when it came in; Scrapy has given up retrying it
        page = _page(response)
        reading = await self.reader.read(page) if page.status == 200 else PageReading("unknown")
        land_article(reading, page.status, fetch, self.landing)
        if reading.record is not None:
            self._note_age(reading.record)
            if reading.record.site_article_id is not None:
                self._asked_for.add(reading.record.site_article_id)
        if self.request.urls is None:
            for link in reading.links:
                for request in self.discover(link, discovered_by="page_link"):
                    yield request

    def _note_age(self, record: ArticleRecord) -> None:
        since = self.request.since
        if since is not None and record.published and (record.published[0].at or "9") < since:
            self._seen_past_since = True

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
            # The run's own book of article ids decides what is asked for twice.
            dont_filter=True,
        )

    def _reject(self, response: Response, *, stage: str, reason: str, detail: str) -> None:
        fetch = _fetch_of(response)
        position = ArchivePosition(fetch.archive_file, fetch.archive_offset or 0) if fetch.archive_file else None
        self.landing.add_reject(response.url, stage=stage, reason=reason, detail=detail, at=position)

    def on_failure(self, failure: Failure) -> None:
        request = cast("Request", failure.request)  # type: ignore[attr-defined]  # Scrapy adds it
        fetch: Fetch | None = request.meta.get("fetch")
        detail = f"{type(failure.value).__name__}: {failure.value}"
        error = failure.value
        if isinstance(error, OffSiteRequest):
            self.landing.add_reject(request.url, stage="fetch", reason="off_site", detail=detail, at=None)
        elif isinstance(error, IgnoreRequest):
            reason = "blocked_by_robots" if "robots.txt" in detail else "not_followed"
            self.landing.add_reject(request.url, stage="fetch", reason=reason, detail=detail, at=None)
        elif fetch is not None and fetch.verdict == "unknown":
            # The answer is archived but could not be taken apart, for example a body that decompresses without end.
            fetch.verdict, fetch.error = "error", detail[:300]
            self.landing.add_fetch(fetch)
        logger.warning("Giving up on %s: %s", request.url, detail)

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
        progress = {**self.landing.counts, "asked_for": self._articles_asked}
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
    )


def _fetch_of(response: Response) -> Fetch:
    """The `Fetch` that the archive middleware attached when the answer came in."""
    return cast("Fetch", cast("Request", response.request).meta["fetch"])
