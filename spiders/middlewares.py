"""Scrapy downloader middlewares: requests stay on the site's own hosts, every exchange goes into the archive."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from spiders.archive import ArchivePosition, Exchange
from spiders.landing import Fetch, utc_text

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.news_spider import NewsSpider

logger = logging.getLogger(__name__)


class OffSiteRequest(IgnoreRequest):
    """The address is not one of the site's own."""


class OwnHostsMiddleware:
    """Lets a request out only to a host and port the crawl was told belong to the site."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https"} or parts.netloc.lower() not in spider_of(self._crawler).hosts:
            raise OffSiteRequest(f"{request.url} is not an address of this site; no request was sent")


class ArchiveMiddleware:
    """Writes every exchange to the archive before anything else sees it, and one line of fetches.jsonl for it.

    It must stand nearest to the downloader, where the body is still as the server sent it. The `Fetch` of an exchange
    travels in the request's meta under "fetch"; exchanges that end here (redirects, answers that Scrapy will retry,
    robots.txt, failures without an answer) are logged here, all others by the spider once the page has been read.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._retried = {int(code) for code in crawler.settings.getlist("RETRY_HTTP_CODES")}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        # A redirected or retried request carries a copy of the meta of the one before.
        request.meta.pop("fetch", None)

    def process_response(self, request: Request, response: Response) -> Response:
        landing = spider_of(self._crawler).landing
        now = datetime.now(UTC)
        position = landing.archive.write(_exchange(request, response, now))
        fetch = _fetch(request, now, position)
        fetch.status = response.status
        fetch.bytes = len(response.body)
        fetch.etag = _header(response, b"ETag")
        fetch.last_modified = _header(response, b"Last-Modified")
        request.meta["fetch"] = fetch
        if response.status in {301, 302, 303, 307, 308}:
            fetch.verdict = "redirect"
        elif response.status in self._retried:
            fetch.verdict, fetch.error = "error", f"HTTP {response.status}"
        elif fetch.purpose == "robots":
            fetch.verdict = "robots"
        else:
            return response
        landing.add_fetch(fetch)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, IgnoreRequest):
            return
        fetch = _fetch(request, datetime.now(UTC), None)
        fetch.verdict, fetch.error = "error", f"{type(exception).__name__}: {exception}"[:300]
        request.meta["fetch"] = fetch
        spider_of(self._crawler).landing.add_fetch(fetch)


def spider_of(crawler: Crawler) -> NewsSpider:
    """The crawler's spider, which by the time a request is made is always there and always a `NewsSpider`."""
    return crawler.spider  # type: ignore[return-value]  # Scrapy types it as Spider | None


def _fetch(request: Request, now: datetime, position: ArchivePosition | None) -> Fetch:
    latency = request.meta.get("download_latency")
    return Fetch(
        url=request.url,
        requested_url=request.meta.get("requested_url", request.url),
        purpose=request.meta.get("purpose", "robots"),
        fetched_at=utc_text(now),
        verdict="unknown",
        elapsed_ms=round(latency * 1000) if latency is not None else None,
        archive_file=position.file if position else None,
        archive_offset=position.offset if position else None,
        site_article_id=request.meta.get("site_article_id"),
    )


def _exchange(request: Request, response: Response, now: datetime) -> Exchange:
    return Exchange(
        url=request.url,
        fetched_at=now,
        method=request.method,
        request_headers=_headers(request),
        status=response.status,
        headers=_headers(response),
        body=response.body,
        protocol=response.protocol or "HTTP/1.1",
    )


def _headers(message: Request | Response) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in message.headers.items() for value in values]


def _header(response: Response, name: bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None
