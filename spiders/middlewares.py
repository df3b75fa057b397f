"""Scrapy downloader middlewares: requests stay on the site's own hosts, every exchange goes into the archive."""

from __future__ import annotations

import email.utils
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from scrapy.exceptions import IgnoreRequest

from spiders.content_encoding import decode_body
from spiders.errors import ArchiveError
from spiders.landing import Fetch, utc_text
from spiders.warc_records import Exchange

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.archive import ArchivePosition
    from spiders.news_spider import NewsSpider

logger = logging.getLogger(__name__)

REDIRECTS = frozenset({301, 302, 303, 307, 308})


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


class OwnRedirectMiddleware:
    """Leads redirects to the site's public address to the copy of the site that is crawled."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status not in REDIRECTS or b"Location" not in response.headers:
            return response
        target = response.urljoin((response.headers[b"Location"] or b"").decode("latin-1"))
        own = spider_of(self._crawler).agenda.moved(target)
        if own != target:
            response.headers[b"Location"] = own
        return response


class DecodingMiddleware:
    """Undoes the Content-Encoding of what is read here; articles are left packed, for the reader process to unpack."""

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer with its body as it was before the server packed it.

        Raises:
            ArchiveError: it cannot be unpacked.
        """
        encoding = content_encoding(response)
        if not encoding or request.meta.get("purpose") == "article":
            return response
        unpacked = response.replace(body=decode_body(response.body, encoding))
        del unpacked.headers[b"Content-Encoding"]
        return unpacked


def content_encoding(response: Response) -> str:
    """The encodings the server packed the body in, as its header has them; "" for none."""
    return b",".join(response.headers.getlist(b"Content-Encoding")).decode("latin-1")


class ArchiveMiddleware:
    """Writes every exchange to the archive before anything else sees it, and one line of fetches.jsonl for it.

    It must stand nearest to the downloader, where the body is still as the server sent it. The `Fetch` of an exchange
    travels in the request's meta under "fetch"; exchanges that end here (redirects, answers that Scrapy will retry,
    robots.txt, failures without an answer) are logged here, all others by the spider once the page has been read.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._retried = {int(code) for code in crawler.settings.getlist("RETRY_HTTP_CODES")}
        self._most_redirects = crawler.settings.getint("REDIRECT_MAX_TIMES")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        # A redirected or retried request carries a copy of the meta of the one before.
        request.meta.pop("fetch", None)

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer, archived.

        Raises:
            ArchiveError: it is not one that an archive can hold.
        """
        landing = spider_of(self._crawler).landing
        now, site_clock = datetime.now(UTC), self._site_clock()
        try:
            position = landing.add_exchange(_exchange(request, response, now))
        except ArchiveError as error:
            self._log_failure(request, now, error)
            raise
        fetch = _fetch(request, now, position)
        fetch.status = response.status
        fetch.bytes = len(response.body)
        fetch.etag = _header(response, b"ETag")
        fetch.last_modified = _header(response, b"Last-Modified")
        fetch.retry_after_s = retry_after(response)
        fetch.site_clock = site_clock
        request.meta["fetch"] = fetch
        if response.status in REDIRECTS:
            fetch.verdict = "redirect"
            fetch.error = self._why_it_ends(request, response)
            if fetch.error is not None:
                fetch.verdict = "error"
            # What it leads to has failures of its own to be forgiven.
            request.meta.pop("retry_times", None)
        elif response.status in self._retried:
            fetch.verdict, fetch.error = "error", f"HTTP {response.status}"
        elif lost_its_body(request, response):
            fetch.verdict, fetch.error = "error", "an empty body"
        elif fetch.purpose == "robots":
            fetch.verdict = "robots"
        else:
            return response
        landing.add_fetch(fetch)
        return response

    def _why_it_ends(self, request: Request, response: Response) -> str | None:
        """Why a redirect leads no further, None if it does."""
        if request.meta.get("redirect_times", 0) >= self._most_redirects:
            return f"redirected more than {self._most_redirects} times"
        location = response.headers.get(b"Location")
        if location is None:
            return f"HTTP {response.status} without a Location"
        try:
            target = urljoin(request.url, location.decode("latin-1").strip())
            leads_on = urlsplit(target).scheme in {"http", "https"}
        except ValueError:
            leads_on = False
        return None if leads_on else f"HTTP {response.status} to what is no web address: {location[:100]!r}"

    def _site_clock(self) -> str | None:
        moment = spider_of(self._crawler).agenda.clock.now()
        return utc_text(moment) if moment is not None else None

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, IgnoreRequest):
            return
        self._log_failure(request, datetime.now(UTC), exception)

    def _log_failure(self, request: Request, now: datetime, error: Exception) -> None:
        """Logs a request that brought no answer, or none that can be kept."""
        fetch = _fetch(request, now, None)
        fetch.verdict, fetch.error = "error", f"{type(error).__name__}: {error}"[:300]
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


def retry_after(response: Response) -> float | None:
    """Seconds that Retry-After asks for, in either of its forms (RFC 9110, 10.2.3); None if it says nothing usable."""
    text = (response.headers.get(b"Retry-After") or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    moment = http_date(text)
    if moment is None:
        return None
    # By the server's own clock, if it shows it: only the difference counts.
    shown = http_date((response.headers.get(b"Date") or b"").decode("latin-1"))
    return max(0.0, moment.timestamp() - (shown.timestamp() if shown is not None else time.time()))


def http_date(text: str) -> datetime | None:
    """The moment that a header states, in UTC; None if it states none.

    The zone -0000 is UTC too (RFC 5322, 3.3): a server that writes dates as mails have them says no more by it.
    """
    try:
        moment = email.utils.parsedate_to_datetime(text)
        # Python makes of -0000 a time without a zone.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def lost_its_body(request: Request, response: Response) -> bool:
    """Whether an article's page came without anything in it, which is a failure of the server's and may pass."""
    return request.meta.get("purpose") == "article" and response.status == 200 and not response.body


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
