"""Walking the doors of a site: site maps, feeds, listings, archives by day and the home pages of its editions."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from spiders.doors import DoorReading, Feed, read_sitemap
from spiders.land_page import set_refusal
from spiders.middlewares import http_date
from spiders.responses import fetch_of, page_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy import Request
    from scrapy.http import Response
    from scrapy.http.request import CallbackT

    from spiders.landing import DiscoveredBy, Verdict
    from spiders.news_spider import NewsSpider

#: A listing, an index of site maps or an archive that has not ended after so many pages, maps or days is a trap.
MAX_LISTING_PAGES = 500
MAX_SITEMAPS = 1000
MAX_ARCHIVE_DAYS = 60
#: A listing has nothing more for us after so many pages, and an archive after so many days, without a new article.
STALE_PAGES = 2
EMPTY_DAYS = 7


class DoorWalk:
    """One crawl's walk through the doors of its site.

    What it finds it hands to the spider, which decides what to ask for. `answered` counts the doors that did, `failed`
    names those that did not or that could not be read to their end, with the reason.
    """

    def __init__(self, spider: NewsSpider) -> None:
        self.answered = 0
        self.failed: list[str] = []
        self._spider = spider
        self._site = spider.site
        self._seen: defaultdict[str, set[str]] = defaultdict(set)  # by listing, the articles it has named so far
        self._sitemaps_asked = 0
        self._archives_asked = False
        self._days_walked = 0

    def first(self) -> Iterator[Request]:
        """The doors to begin with: all but the archives by day."""
        for path in self._site.news_sitemaps:
            yield self._door(path, self.parse_sitemap, discovered_by="news_sitemap")
        for path in self._site.sitemaps:
            yield self._door(path, self.parse_sitemap, discovered_by="sitemap")
        for path in self._site.feeds:
            yield self._door(path, self.parse_feed)
        for path, edition in self._site.editions.items():
            headers = self._site.edition_headers(edition)
            yield self._door(path, self.parse_home, headers=headers, edition=edition)
        deep = self._site.deep_listings if self._spider.request.walk_fully else ()
        for template in (*self._site.listings, *deep):
            if "{date" not in template:
                yield self._listing(template)

    def asked_for(self) -> Iterator[Request]:
        """The site maps and days of archives that the request names."""
        for url in self._spider.request.sitemaps or ():
            yield self._door(url, self.parse_sitemap, discovered_by="sitemap")
        for day in self._spider.request.days or ():
            for template in self._dated_listings():
                yield self._day(template, date.fromisoformat(day))

    def _dated_listings(self) -> list[str]:
        return [template for template in self._site.listings if "{date" in template]

    def archives(self) -> list[Request]:
        """The first page of each archive by day, once; it needs the site's clock, which the other doors tell."""
        if self._archives_asked:
            return []
        self._archives_asked = True
        now = self._spider.agenda.clock.now() or datetime.now(UTC)
        today = now.astimezone(ZoneInfo(self._site.timezone)).date()
        return [self._day(template, today) for template in self._dated_listings()]

    def _door(
        self, path: str, callback: CallbackT, *, headers: dict[str, str] | None = None, **arguments: Any
    ) -> Request:
        url = urljoin(self._spider.base_url, path)
        return self._spider.ask(url, callback, "discovery", headers=headers, cb_kwargs=arguments)

    def _listing(self, template: str, page: int = 1, stale: int = 0, *, was_empty: bool = False) -> Request:
        told: dict[str, Any] = {"template": template, "page": page, "stale": stale, "was_empty": was_empty}
        return self._door(template.format(page=page), self.parse_listing, **told)

    def _day(self, template: str, day: date, page: int = 1, stale: int = 0) -> Request:
        path = template.format(page=page, date=day)
        return self._door(path, self.parse_day, template=template, day=day, page=page, stale=stale)

    # -- site maps and feeds ---------------------------------------------------------------------------------------

    async def parse_sitemap(self, response: Response, discovered_by: DiscoveredBy) -> AsyncIterator[Request]:
        if not self._has_answered(response, "sitemap"):
            return
        reading = read_sitemap(response.body, reads_feeds=False)
        for address in reading.sitemaps:
            own = self._spider.agenda.own_address(address)
            if own is not None and self._sitemaps_asked < MAX_SITEMAPS:
                self._sitemaps_asked += 1
                yield self._door(own, self.parse_sitemap, discovered_by=discovered_by)
        if reading.feed is not None:
            read = await self._spider.reader.read_feed(reading.feed)
            read.problem = reading.problem or read.problem
            reading = read
        for request in self._follow(response, reading, discovered_by):
            yield request

    async def parse_feed(self, response: Response) -> AsyncIterator[Request]:
        if not self._has_answered(response, "feed"):
            return
        feed = Feed(response.body, response.url, page_of(response).content_type)
        reading = await self._spider.reader.read_feed(feed)
        for request in self._follow(response, reading, "feed"):
            yield request

    def _follow(self, response: Response, reading: DoorReading, discovered_by: DiscoveredBy) -> Iterator[Request]:
        if reading.problem:
            self._spider.landing.add_reject(
                response.url,
                stage="discover",
                reason="unreadable_door",
                detail=reading.problem,
                at=fetch_of(response).position,
            )
        for each in reading.announcements:
            if each.lastmod is not None:
                self._spider.agenda.clock.note_story(datetime.fromisoformat(each.lastmod))
            yield from self._spider.announced(each.url, discovered_by=discovered_by, lastmod=each.lastmod)

    # -- listings --------------------------------------------------------------------------------------------------

    async def parse_home(self, response: Response, edition: str | None) -> AsyncIterator[Request]:
        """The home page of an edition: what it lists, and what is beside it, which differs by edition."""
        fetch = fetch_of(response)
        links: list[str] = []
        if response.status == 200 and fetch.verdict != "error":
            reading = await self._spider.reader.read(page_of(response))
            links = reading.links
            self._spider.landing.add_sidebars(reading.sidebars, fetch, edition=edition)
        if self._has_answered(response, "listing"):
            for request in self._announced(links):
                yield request

    async def parse_listing(
        self, response: Response, template: str, page: int, stale: int, *, was_empty: bool
    ) -> AsyncIterator[Request]:
        links, new = await self._read_listing(response)
        for request in new:
            yield request
        names_more = self._names_more(template, links)
        stale = 0 if new or (names_more and self._spider.request.walk_fully) else stale + 1
        if links and was_empty:
            self.failed.append(f"page {page - 1} of {template} (empty, and the next is not)")
        # Past the end a listing is empty or not there; one page that fails or comes empty does not end it.
        goes_on = page < MAX_LISTING_PAGES and stale < STALE_PAGES and not self._spider.agenda.is_full
        if "{page}" in template and goes_on:
            yield self._listing(template, page + 1, stale, was_empty=response.status == 200 and not links)

    async def parse_day(
        self, response: Response, template: str, day: date, page: int, stale: int
    ) -> AsyncIterator[Request]:
        """One page of an archive's day: the next page follows while pages are full, then the day before.

        A day's end may answer 404, and a day without stories an empty page: neither ends the walk.
        """
        links, new = await self._read_listing(response)
        for request in new:
            yield request
        names_more = self._names_more(template, links)
        stale = 0 if new or (names_more and self._spider.request.walk_fully) else stale + 1
        if names_more and len(links) >= self._site.items_per_listing and page < MAX_LISTING_PAGES:
            yield self._day(template, day, page + 1, stale)
        elif self._spider.request.only_notes:
            return  # the days are named
        elif stale < EMPTY_DAYS and self._days_walked < MAX_ARCHIVE_DAYS:
            self._days_walked += 1
            yield self._day(template, day - timedelta(days=1), stale=stale)

    def _names_more(self, template: str, links: list[str]) -> bool:
        """Whether a page names an article that this walk of its listing has not seen: one that repeats itself ends."""
        keys = {key for link in links if (key := self._site.article_key(link)) is not None}
        names_more = not keys <= self._seen[template]
        self._seen[template] |= keys
        return names_more

    async def _read_listing(self, response: Response) -> tuple[list[str], list[Request]]:
        """The articles a listing links to, and the requests for those that are wanted."""
        if not self._has_answered(response, "listing"):
            return [], []
        reading = await self._spider.reader.read(page_of(response))
        return reading.links, self._announced(reading.links)

    def _announced(self, links: list[str]) -> list[Request]:
        return [each for link in links for each in self._spider.announced(link, discovered_by="listing")]

    # -- what all doors share --------------------------------------------------------------------------------------

    def note_failure(self, request: Request, reason: str) -> None:
        """Notes that nothing came of a request, if it was for a door."""
        if request.meta["purpose"] == "discovery":
            self.failed.append(f"{request.meta['requested_url']} ({reason})")

    def _has_answered(self, response: Response, verdict: Verdict) -> bool:
        fetch = fetch_of(response)
        if fetch.verdict == "error":
            self.failed.append(f"{response.url} ({fetch.error})")
            return False
        if response.status == 200:
            self.answered += 1
            self._note_date(response)
            fetch.verdict = verdict
        else:
            set_refusal(fetch, response.status)
        self._spider.landing.add_fetch(fetch)
        return response.status == 200

    def _note_date(self, response: Response) -> None:
        moment = http_date((response.headers.get(b"Date") or b"").decode("latin-1"))
        if moment is not None:
            self._spider.agenda.clock.note_date(moment)
