"""Pages of a site in WARC files of ours or of others: found, read as they are and copied into a landing run.

Files of others need not be as ours are: Common Crawl stores bodies unpacked and says so in headers of its own, other
crawlers keep the chunks of a transfer, disks cut files off. What is damaged is passed over and counted with its reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from spiders.agenda import Agenda
from spiders.archive import ANSWERS, status_of, time_of
from spiders.content_encoding import MAX_PAGE_BYTES
from spiders.errors import ArchiveError
from spiders.land_page import Page, land_article
from spiders.landing import Fetch, RunSummary, utc_text
from spiders.landing_writer import LandingWriter
from spiders.reader import PageReader
from spiders.warc_records import NOT_MODIFIED, Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from spiders.crawl_request import CrawlRequest
    from spiders.landing import LandingRun
    from spiders.records import PageReading
    from spiders.site import Site

logger = logging.getLogger(__name__)

#: Pages that are with the reader at once: it never waits, and few are in memory.
_AHEAD = 16
#: The beginnings of gzip and of the usual zlib streams (RFC 1950): a body that begins otherwise is not packed.
_PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_RENAMED = b"X-Archive-Orig-"


@dataclass(frozen=True, slots=True)
class WarcPlace:
    """A page of the site in a WARC file; `url` is its plain address.

    `body_at` is another record, whose body it repeats (a revisit); None for a record that holds its own.
    """

    path: Path
    offset: int
    url: str
    fetched_at: datetime
    body_at: tuple[Path, int] | None = None


def find_pages(
    site: Site, base_url: str, paths: Iterable[Path], found: Counter[str], unread: dict[Path, str]
) -> Iterator[WarcPlace]:
    """Yields where pages of the site's articles are, and counts in `found` what else there is, by what it is.

    A page is looked at to its end, to know that it is whole. Of what a server said was unchanged (304) there is no
    page; a record that only refers to the body of an earlier one is a page where that one is in the same files. Files
    that were not read, or not to their end, are put into `unread`, with the reason.
    """
    agenda = Agenda(site, base_url, known=(), ledger=())
    bodies: dict[str, tuple[Path, int]] = {}
    for path in paths:
        holds_any = False
        failure: OSError | ValueError | None = None
        try:
            with path.open("rb") as file:
                for record in ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False):
                    holds_any = True
                    place = _place(site, agenda, path, record, bodies, found) if record.record_type & ANSWERS else None
                    if place is not None:
                        found["pages"] += 1
                        yield place
        except (OSError, ValueError) as error:
            failure = error
        if failure is not None or not holds_any:
            what, unread[path] = _why_unread(failure, holds_any=holds_any)
            found[what] += 1
            logger.warning("%s %s", path, unread[path])


def _why_unread(error: OSError | ValueError | None, *, holds_any: bool) -> tuple[str, str]:
    """What such files are counted as, and what is wrong with this one."""
    if isinstance(error, OSError) and error.strerror:  # the system's: FastWARC says of a file what it is not
        return "files that cannot be read", f"cannot be read: {error.strerror}"
    if not holds_any:
        return "files that are no WARC files", "holds no WARC record"
    return "files that cannot be read to their end", f"is damaged and was read up to there: {error}"


def _place(
    site: Site,
    agenda: Agenda,
    path: Path,
    record: WarcRecord,
    bodies: dict[str, tuple[Path, int]],
    found: Counter[str],
) -> WarcPlace | None:
    url = agenda.own_address((record.headers.get("WARC-Target-URI") or "").strip("<>"))
    if url is None or site.article_key(url) is None:
        found["other addresses"] += 1
        return None
    fetched_at = time_of(record)
    if fetched_at is None:
        found["records without a time"] += 1
        return None
    if record.content_length > MAX_PAGE_BYTES:
        found["records that are too large"] += 1
        return None
    digest, here = record.headers.get("WARC-Payload-Digest"), (path, record.stream_pos)
    if record.record_type != WarcRecordType.revisit:
        place = WarcPlace(path, record.stream_pos, url, fetched_at)
        if not _is_page(record, place, found):
            return None
        if digest:
            bodies.setdefault(digest, here)
        return place
    if record.headers.get("WARC-Profile") == NOT_MODIFIED:
        found["answers that nothing changed"] += 1
        return None
    if digest not in bodies:
        found["revisits of pages that are not in these files"] += 1
        return None
    return WarcPlace(path, record.stream_pos, url, fetched_at, bodies[digest])


def _is_page(record: WarcRecord, place: WarcPlace, found: Counter[str]) -> bool:
    """Whether a record is whole, what its digests say, and an answer with a page."""
    try:
        status = _exchange(record, place).status
    except (ArchiveError, OSError, ValueError) as error:
        found["records that are damaged"] += 1
        logger.warning("%s: left out", error)
        return False
    if status != 200:
        found[f"answers {status}"] += 1
    return status == 200


def import_pages(run: LandingRun, request: CrawlRequest, site: Site, places: Sequence[WarcPlace]) -> RunSummary:
    """Copies these pages into a new landing run, reads them in a process beside this one, and completes the run.

    The time of a page is that of its record. A run that dies on the way is completed by `recover_run`, with what it
    had copied.
    """
    started_at = datetime.now(UTC)
    request.write(run)
    with LandingWriter(run, site=site.name, software=f"wirehouse/{request.code_version}") as landing:
        asyncio.run(_land_all(site, places, landing))
        landing.sync()
        summary = RunSummary(
            run_id=run.run_id,
            flow=request.flow,
            site=site.name,
            started_at=utc_text(started_at),
            finished_at=utc_text(datetime.now(UTC)),
            state="complete",
            reason=None,
            code_version=request.code_version,
            counts=landing.counts,
            warc_files=landing.archive.names,
        )
        run.complete(summary)
    return summary


async def _land_all(site: Site, places: Sequence[WarcPlace], landing: LandingWriter) -> None:
    reader = PageReader(site.name)
    waiting: deque[tuple[Fetch, asyncio.Task[PageReading]]] = deque()

    async def land_first() -> None:
        fetch, answer = waiting.popleft()
        land_article(await answer, 200, fetch, landing)

    try:
        for place in places:
            try:
                exchange = read_exchange(place)
                fetch = _noted(site, exchange, landing)
            except ArchiveError as error:
                # It was whole when it was found, or is not one that we would archive.
                landing.add_reject(place.url, stage="import", reason="damaged_record", detail=str(error), at=None)
                continue
            waiting.append((fetch, asyncio.create_task(reader.read(_page(exchange)))))
            if len(waiting) >= _AHEAD:
                await land_first()
        while waiting:
            await land_first()
    finally:
        await reader.close()


def _noted(site: Site, exchange: Exchange, landing: LandingWriter) -> Fetch:
    """Archives the page and notes its address; gives the line of fetches.jsonl that is written once it is read."""
    at, article_id = utc_text(exchange.fetched_at), site.article_id(exchange.url)
    landing.add_url(exchange.url, site_article_id=article_id, discovered_by="warc", is_new=True, at=at)
    position = landing.add_exchange(exchange)
    return Fetch(
        url=exchange.url,
        requested_url=exchange.url,
        purpose="article",
        fetched_at=at,
        verdict="unknown",
        status=exchange.status,
        bytes=len(exchange.body),
        etag=_header(exchange, b"etag") or None,
        last_modified=_header(exchange, b"last-modified") or None,
        archive_file=position.file,
        archive_offset=position.offset,
        site_article_id=article_id,
    )


def _page(exchange: Exchange) -> Page:
    return Page(
        url=exchange.url,
        status=exchange.status,
        content_type=_header(exchange, b"content-type") or None,
        body=exchange.body,
        content_encoding=_header(exchange, b"content-encoding"),
    )


def _header(exchange: Exchange, name: bytes) -> str:
    """As it is read from the archive: of several the last, but for a list, which may come in several."""
    values = [value for key, value in exchange.headers if key.lower() == name]
    return b",".join(values if name == b"content-encoding" else values[-1:]).decode("latin-1")


def read_exchange(place: WarcPlace) -> Exchange:
    """The exchange at a place as a crawl of ours would have archived it; without a request, which need not be there.

    Raises:
        ArchiveError: the record is cut off, has no HTTP answer in it, or is not what its digests say.
    """
    path, offset = place.body_at or (place.path, place.offset)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file, record_types=ANSWERS, parse_http=False)), None)
            if record is None:
                raise ArchiveError(f"no record begins at offset {offset} of {path}")
            return _exchange(record, place)
    except (OSError, ValueError) as error:
        raise ArchiveError(f"reading the record at offset {offset} of {path}: {error}") from error


def _exchange(record: WarcRecord, place: WarcPlace) -> Exchange:
    announced = record.content_length
    record.freeze()
    if record.content_length < announced:
        raise ArchiveError(f"the record at offset {place.offset} of {place.path} was cut off")
    _check_digest(record, "WARC-Block-Digest", place)
    record.parse_http(auto_decode="none")
    status = status_of(record)
    if status is None:
        raise ArchiveError(f"the record at offset {place.offset} of {place.path} holds no HTTP answer")
    _check_digest(record, "WARC-Payload-Digest", place)
    headers = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in record.http_headers.items()
    ]
    headers, body = _as_received(headers, record.reader.read())
    return Exchange(
        url=place.url,
        fetched_at=place.fetched_at,
        method="GET",
        request_headers=None,
        status=status,
        headers=headers,
        body=body,
        reason=record.http_headers.reason_phrase or "",
    )


def _check_digest(record: WarcRecord, name: str, place: WarcPlace) -> None:
    stated = record.headers.get(name) or ""
    if not stated.lower().startswith("sha1:"):
        return  # none, or of a kind that is not looked at
    is_right = record.verify_block_digest() if name == "WARC-Block-Digest" else record.verify_payload_digest()
    if not is_right:
        raise ArchiveError(f"the record at offset {place.offset} of {place.path} is not what its {name} says")


def _as_received(headers: list[tuple[bytes, bytes]], body: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body that agree: without the chunks of a transfer, and no encoding named that was undone already."""
    named = {name.lower(): value.lower() for name, value in headers}
    if b"chunked" in named.get(b"transfer-encoding", b""):
        body = _joined(body)
    if named.get(b"content-encoding", b"identity") in {b"gzip", b"x-gzip", b"deflate"} and not body.startswith(_PACKED):
        headers = [(_RENAMED + name if name.lower() == b"content-encoding" else name, value) for name, value in headers]
    return headers, body


def _joined(body: bytes) -> bytes:
    """The body without the chunks of a transfer (RFC 9112, 7.1); as it is where there are none."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + 100)
        size = body[at:end].partition(b";")[0].strip() if end >= 0 else b""
        try:
            length = int(size, 16)
        except ValueError:
            return body
        if length == 0:
            return b"".join(parts)
        if length < 0 or end + 2 + length > len(body):
            return body
        parts.append(body[end + 2 : end + 2 + length])
        at = end + 2 + length + 2
