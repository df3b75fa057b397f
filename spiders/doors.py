"""Reading a site's doors, where articles are announced: site maps, their indexes, feeds."""

from __future__ import annotations

import calendar
import codecs
import io
import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import feedparser
from feedparser.exceptions import CharacterEncodingOverride, NonXMLContentType
from scrapy.utils.sitemap import Sitemap

#: Bytes. No site map may be larger (https://www.sitemaps.org/protocol.html, "Sitemap file format").
MAX_SITEMAP_BYTES = 52_428_800
#: Bytes. Feeds hold some dozens of entries; one made to be read slowly takes minutes, or never ends.
MAX_FEED_BYTES = 4_000_000
_GZIP = b"\x1f\x8b"
#: 31: zlib expects a gzip header.
_GZIP_WINDOW = 31
_LONGEST_ADDRESS = 2_000
_ROOT = re.compile(rb"<\?xml\b|<(?:[\w.-]+:)?(?:urlset|sitemapindex|rss|feed|RDF)\b")
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>")
#: Start and end of an entry; what stands in comments is none.
_ENTRIES = re.compile(rb"<!--(?:.*?-->|.*)|<(?P<slash>/?)(?:[\w.-]+:)?(?:url|sitemap)(?=[\s/>])[^<>]*>", re.DOTALL)
#: An ampersand that begins no reference, as in addresses written without escapes; CDATA is passed over.
_BARE_AMPERSAND = re.compile(rb"<!\[CDATA\[(?:.*?\]\]>|.*)|&(?!#?\w{1,32};)", re.DOTALL)
#: An entity of the document's own, and a reference to another in its value: such entities multiply.
_ENTITY = re.compile(rb"""<!ENTITY\s+(?:%\s+)?[^\s"'>]+\s+("[^"]*"|'[^']*')\s*>""")
_REFERENCE = re.compile(rb"[&%]\w")
_XML_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_FEED_ROOTS = frozenset({"feed", "rss", "RDF"})


@dataclass(frozen=True, slots=True)
class Announcement:
    """An address a door announces; `lastmod` is what the door says of its last change, ISO 8601 in UTC."""

    url: str
    lastmod: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to be read, and the address it came from."""

    body: bytes
    url: str = ""
    content_type: str | None = None


@dataclass(slots=True)
class DoorReading:
    """What a door says: announcements in its order, further site maps it names, and what could not be read.

    `no_addresses` are the lines of a list of addresses that are none. `feed` is what has still to be read: the site map
    is one.
    """

    announcements: list[Announcement] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    problem: str | None = None
    no_addresses: list[str] = field(default_factory=list)
    feed: Feed | None = None

    def note(self, problem: str | None) -> None:
        """Keeps the first problem: what follows mostly comes of it."""
        self.problem = self.problem or problem


def read_sitemap(body: bytes, *, reads_feeds: bool = True) -> DoorReading:
    """Reads a site map or an index of site maps, gzipped or not; a damaged one gives what can be had.

    A list of addresses, one a line, and a feed are site maps too (https://www.sitemaps.org/protocol.html). An entry
    that was cut off is left out: half an address is the address of something else.

    Args:
        body: what the door answered.
        reads_feeds: else one that is a feed is left to `read_feed`, which a hostile one can keep busy for ever.
    """
    markup, problem = _unzipped(body, MAX_SITEMAP_BYTES)
    markup = _as_utf8(markup).lstrip()
    root = _ROOT.search(markup)
    if root is None and not markup.startswith(b"<"):
        reading = _read_address_list(markup)
    elif root is None or markup.startswith((b"<?", b"<!")):
        reading = _read_xml(markup)
    else:
        reading = _read_xml(markup[root.start() :])
        reading.note(f"{root.start():,} bytes stand before the site map" if root.start() else None)
    if reading.feed is not None and reads_feeds:
        reading = read_feed(reading.feed.body, reading.feed.url, reading.feed.content_type)
    reading.problem = problem or reading.problem
    return reading


def _read_xml(markup: bytes) -> DoorReading:
    reading = DoorReading()
    whole, started = _whole_entries(markup)
    found = 0
    try:
        sitemap = Sitemap(_BARE_AMPERSAND.sub(_escaped, whole))
        if sitemap.type in _FEED_ROOTS:
            return DoorReading(feed=Feed(markup))
        for entry in sitemap:
            address = str(entry.get("loc") or "").strip()
            if not address:
                continue
            found += 1
            if sitemap.type == "sitemapindex":
                reading.sitemaps.append(address)
            else:
                reading.announcements.append(Announcement(address, utc_or_none(entry.get("lastmod"))))
        if sitemap.type not in {"urlset", "sitemapindex"}:
            reading.note(f"expected a site map, found the element {sitemap.type!r}")
        errors = sitemap.xmliter.error_log.filter_from_fatals()
        reading.note(f"not well-formed: {errors[0].message} (line {errors[0].line})" if len(errors) else None)
    except (ValueError, TypeError, LookupError, StopIteration, SyntaxError) as error:
        reading.note(f"{type(error).__name__}: {error}")
    if found < started:
        reading.note(f"{started - found} of {started} entries have no address")
    return reading


def _whole_entries(markup: bytes) -> tuple[bytes, int]:
    """The markup up to the end of its last whole entry if the root is not closed, and how many entries it begins."""
    started, first_start, last_end = 0, 0, None
    for each in _ENTRIES.finditer(markup):
        if each["slash"]:
            last_end = each.end()
        elif each["slash"] is not None:
            started += 1
            first_start = first_start if started > 1 else each.start()
    if started and not _ROOT_END.search(markup):
        markup = markup[: first_start if last_end is None else last_end]
    return markup, started


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"&amp;" if found.group() == b"&" else found.group()


def _harmless(entity: re.Match[bytes]) -> bytes:
    return b"" if _REFERENCE.search(entity[1]) else entity.group()


def _read_address_list(text: bytes) -> DoorReading:
    reading = DoorReading()
    for line in text.decode("utf-8", "replace").splitlines():
        address = line.strip()
        if address.startswith(("https://", "http://")) and len(address) <= _LONGEST_ADDRESS and " " not in address:
            reading.announcements.append(Announcement(address))
        elif address:
            reading.no_addresses.append(address)
    if not reading.announcements:
        reading.note("expected a site map, found neither XML nor a list of addresses")
    elif reading.no_addresses:
        reading.note(f"{len(reading.no_addresses)} lines of the list are no addresses")
    return reading


def read_feed(body: bytes, url: str, content_type: str | None) -> DoorReading:
    """Reads an RSS or Atom feed, gzipped or not; one that is not well-formed gives what could be read, and the problem.

    See https://feedparser.readthedocs.io/en/latest/bozo.html
    """
    data, problem = _unzipped(body, MAX_FEED_BYTES)
    reading = DoorReading(problem=problem)
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    try:
        # As a file: what is given as bytes is taken for the name of a local file first.
        parsed = feedparser.parse(
            io.BytesIO(_ENTITY.sub(_harmless, data)),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001  # what its parsers meet in hostile bytes it lets through, of any type
        reading.note(f"{type(error).__name__}: {error}")
        return reading
    for entry in parsed.entries:
        if link := entry.get("link"):
            reading.announcements.append(Announcement(str(link).strip(), _feed_time(entry)))
    fault = parsed.get("bozo_exception") if parsed.bozo else None
    if fault is not None and not isinstance(fault, (NonXMLContentType, CharacterEncodingOverride)):
        reading.note(f"{type(fault).__name__}: {fault}")
    if not parsed.get("version") and not reading.announcements:
        reading.note("expected a feed, found something else")
    return reading


def _unzipped(body: bytes, limit: int) -> tuple[bytes, str | None]:
    """The body without gzip, at most `limit` bytes of it, and what was wrong with it."""
    if not body.startswith(_GZIP):
        return body[:limit], f"cut off: it is larger than {limit:,} bytes" if len(body) > limit else None
    decoder = zlib.decompressobj(_GZIP_WINDOW)
    parts: list[bytes] = []
    size = 0
    try:
        # In pieces: of a damaged file those before the damage are kept.
        for start in range(0, len(body), 4_096):
            part = decoder.decompress(body[start : start + 4_096], limit - size + 1)
            parts.append(part)
            size += len(part)
            if size > limit:
                return b"".join(parts)[:limit], f"cut off: unpacked it is larger than {limit:,} bytes"
    except zlib.error as error:
        return b"".join(parts), f"damaged gzip: {error}"
    return b"".join(parts), None if decoder.eof else "damaged gzip: it ends too early"


def _as_utf8(markup: bytes) -> bytes:
    """The markup without its byte-order mark, UTF-16 as UTF-8."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if markup.startswith(mark):
            text = markup[len(mark) :].decode(encoding, "replace")
            return _XML_DECLARATION.sub("", text).encode("utf-8", "replace")
    return markup.removeprefix(codecs.BOM_UTF8)


def utc_or_none(text: Any) -> str | None:  # whatever a door had in that place
    """An ISO 8601 time with an offset as UTC, None for anything else; a date alone is its first moment in UTC."""
    try:
        moment = datetime.fromisoformat(str(text).strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _feed_time(entry: Any) -> str | None:  # feedparser's untyped entries
    # Looked for first: asked for an update that is not there feedparser gives the publication and a warning.
    parsed = (entry.get("updated_parsed") if "updated_parsed" in entry else None) or entry.get("published_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC).isoformat() if parsed else None
    except (ValueError, TypeError, OverflowError):
        return None
