"""From one answer to an article address to its lines in the landing run; the same for a live crawl and an archive."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spiders.archive import ArchivePosition, StoredPage, read_response
from spiders.content_encoding import decode_body
from spiders.errors import ArchiveError
from spiders.records import PageReading

if TYPE_CHECKING:
    from spiders.landing import Fetch
    from spiders.landing_writer import LandingWriter
    from spiders.site import Site

logger = logging.getLogger(__name__)

#: Characters of all texts of a record together; a long read has a tenth. A run's records are published all at once.
MAX_TEXT = 1_000_000
#: Bytes of a page whose record is far from that, so that it need not be counted.
_SMALL_PAGE = 200_000


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to be read: `body` still in `content_encoding` ("" for none), `url` the address it came from."""

    url: str
    status: int
    content_type: str | None
    body: bytes
    content_encoding: str = ""


def read_page(site: Site, page: Page) -> PageReading:
    """The site's reading of a page; a page object that fails costs that page, which stays archived, not the run."""
    try:
        body = decode_body(page.body, page.content_encoding)
    except ArchiveError as error:
        return PageReading("damaged", reason=str(error))
    try:
        reading = site.read_page(body, page.url, content_type=page.content_type, status=page.status)
    except Exception as error:
        logger.exception("The page object of %s failed on %s", site.name, page.url)
        return PageReading("unknown", reason=f"the page object failed: {type(error).__name__}: {error}")
    if reading.verdict == "article" and _is_cut_off(body):
        return PageReading("unknown", links=reading.links, reason="the page is cut off: it has no </html>")
    length = _characters(reading.record) if len(body) > _SMALL_PAGE else 0
    if length > MAX_TEXT:
        reason = f"the article is too long: {length:,} characters in all its fields, at most {MAX_TEXT:,}"
        return PageReading("unknown", links=reading.links, reason=reason)
    return reading


def _characters(value: Any) -> int:
    """How many characters the texts of a record have, those in its lists included."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(_characters(each) for each in value)
    return sum(_characters(getattr(value, name)) for name in getattr(value, "__slots__", ()))


def read_stored(site: Site, stored: StoredPage) -> PageReading:
    """The site's reading of a page in the archive, which may be damaged there."""
    try:
        status, headers, body = read_response(stored)
    except ArchiveError as error:
        return PageReading("damaged", reason=str(error))
    page = Page(stored.url, status, headers.get("content-type"), body, headers.get("content-encoding", ""))
    return read_page(site, page)


def _is_cut_off(body: bytes) -> bool:
    """Whether a page ends before its end, as it does where a server states too small a Content-Length.

    Half an article would pass for a revision of the whole one.
    """
    if b"</html" in body[-2_000:].lower():
        return False
    return b"<html" in body[:5_000].lower() and b"</html" not in body.lower()


def land_article(reading: PageReading, status: int, fetch: Fetch, landing: LandingWriter) -> None:
    """Lands what came back for an article's address and commits it by its line in fetches.jsonl.

    `reading` counts where the status is 200 only.
    """
    if status == 200:
        _land_reading(reading, fetch, landing)
    else:
        set_refusal(fetch, status)
    landing.add_fetch(fetch)


def set_refusal(fetch: Fetch, status: int) -> None:
    """Sets the verdict of a fetch that was answered with another status than 200."""
    if status in {301, 302, 303, 307, 308}:
        fetch.verdict = "redirect"
    elif status == 304:
        fetch.verdict = "not_modified"
    elif status in {404, 410}:
        fetch.verdict = "gone"
    else:
        fetch.verdict, fetch.error = "error", f"HTTP {status}"


def _land_reading(reading: PageReading, fetch: Fetch, landing: LandingWriter) -> None:
    position = ArchivePosition(fetch.archive_file or "", fetch.archive_offset or 0)
    if reading.verdict == "article" and reading.record is not None:
        landing.add_record(
            reading.record, requested_url=fetch.requested_url, fetched_at=fetch.fetched_at, edition=None, at=position
        )
        fetch.verdict, fetch.site_article_id = "article", reading.record.site_article_id
    elif reading.verdict == "missing":
        fetch.verdict = "missing"
    elif reading.verdict == "damaged":
        fetch.verdict, fetch.error = "error", reading.reason
    else:
        fetch.verdict = "rejected"
        detail = reading.reason or f"expected an article, found a page that is: {reading.verdict}"
        landing.add_reject(fetch.url, stage="read", reason="not_an_article", detail=detail, at=position)
