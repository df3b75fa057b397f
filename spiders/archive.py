"""WARC files: every exchange of a crawl written as the server sent it, and read back by offset.

Format: ISO 28500 WARC 1.1 (https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/), one gzip
member per record, so that any record can be read alone. The payload keeps its Content-Encoding as received; only
hop-by-hop transfer coding, already undone by the HTTP client, is renamed out of the headers.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from spiders.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)

#: A new file is begun when one has grown past this many bytes (the WARC guidelines advise about 1 GB).
MAX_FILE_BYTES = 1_000_000_000
#: No page is decoded past this many bytes, whatever it was compressed from.
MAX_PAGE_BYTES = 16_000_000
#: Level 1 costs a quarter of level 6 and pages from servers mostly come compressed already (benchmarks/RESULTS.md).
COMPRESSION_LEVEL = 1

#: The profile of a revisit record for an answer 304, from the standard's section 6.7.3.
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
#: The records that hold an answer.
ANSWERS = WarcRecordType.response | WarcRecordType.revisit

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class ArchivePosition:
    """Where an exchange stands: the file's base name and the byte offset of its response record."""

    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange; `body` as received, still in its Content-Encoding; `fetched_at` in UTC."""

    url: str
    fetched_at: datetime
    method: str
    request_headers: Headers
    status: int
    headers: Headers
    body: bytes
    protocol: str = "HTTP/1.1"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A response read back from an archive; `body` is decoded, `received_bytes` its size before."""

    position: ArchivePosition
    url: str
    fetched_at: datetime
    status: int
    headers: dict[str, str]
    body: bytes
    received_bytes: int

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")


class ArchiveWriter:
    """Writes exchanges into `{directory}/{prefix}-{number}.warc.gz`, beginning a new file past `max_file_bytes`.

    Each exchange goes out in one write and is flushed to the operating system before `write` returns, so the death of
    the process loses at most the exchange being written; `close` and `sync` also force it to the disk.
    """

    def __init__(self, directory: Path, prefix: str, *, software: str, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self._directory = directory
        self._prefix = prefix
        self._software = software
        self._max_file_bytes = max_file_bytes
        self._file: BinaryIO | None = None
        self.names: list[str] = []

    def write(self, exchange: Exchange) -> ArchivePosition:
        """Writes the response and then the request that led to it; returns the response's place."""
        file = self._open_file()
        offset = file.tell()
        is_revisit = exchange.status == 304
        response = _new_record(WarcRecordType.revisit if is_revisit else WarcRecordType.response, exchange)
        if is_revisit:
            response.headers["WARC-Profile"] = NOT_MODIFIED
        response.headers["Content-Type"] = "application/http; msgtype=response"
        response.set_bytes_content(_response_block(exchange))
        request = _new_record(WarcRecordType.request, exchange)
        request.headers["Content-Type"] = "application/http; msgtype=request"
        request.headers["WARC-Concurrent-To"] = response.record_id or ""
        request.set_bytes_content(_request_block(exchange))
        digest = hashlib.sha1(exchange.body, usedforsecurity=False).digest()
        try:
            file.write(_serialise(response, payload_digest=digest) + _serialise(request))
            file.flush()
        except OSError as error:
            raise ArchiveError(
                f"writing {exchange.url} to {file.name} failed: {error}; free space or repair the disk, the run resumes"
            ) from error
        return ArchivePosition(self.names[-1], offset)

    def sync(self) -> None:
        """Forces what was written to the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    def _open_file(self) -> BinaryIO:
        if self._file is not None and self._file.tell() >= self._max_file_bytes:
            self.close()
        if self._file is None:
            name = f"{self._prefix}-{len(self.names):05d}.warc.gz"
            self._directory.mkdir(parents=True, exist_ok=True)
            self._file = (self._directory / name).open("xb", buffering=1 << 20)
            self.names.append(name)
            self._file.write(_warcinfo(name, self._software))
        return self._file


def _new_record(record_type: WarcRecordType, exchange: Exchange) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(record_type=record_type)
    record.headers["WARC-Target-URI"] = exchange.url
    record.headers["WARC-Date"] = exchange.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return record


def _warcinfo(name: str, software: str) -> bytes:
    record = WarcRecord()
    record.init_headers(record_type=WarcRecordType.warcinfo)
    record.headers["WARC-Filename"] = name
    record.headers["Content-Type"] = "application/warc-fields"
    record.set_bytes_content(f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode())
    return _serialise(record)


def _serialise(record: WarcRecord, *, payload_digest: bytes | None = None) -> bytes:
    buffer = io.BytesIO()
    writer = GzipWriter(buffer, compression_level=COMPRESSION_LEVEL)
    record.write(writer, checksum_data=True, payload_digest=payload_digest)
    writer.finish()
    return buffer.getvalue()


def _header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(name + b": " + value.replace(b"\r", b" ").replace(b"\n", b" ") + b"\r\n" for name, value in headers)


def _response_block(exchange: Exchange) -> bytes:
    kept = (
        (b"X-Archive-Orig-" + name if name.lower() == b"transfer-encoding" else name, value)
        for name, value in exchange.headers
    )
    status_line = f"{exchange.protocol} {exchange.status} {exchange.reason}".rstrip().encode() + b"\r\n"
    return status_line + _header_lines(kept) + b"\r\n" + exchange.body


def _request_block(exchange: Exchange) -> bytes:
    _, _, rest = exchange.url.partition("://")
    host, slash, path = rest.partition("/")
    request_line = f"{exchange.method} {slash + path or '/'} HTTP/1.1\r\nHost: {host}\r\n".encode()
    return request_line + _header_lines(exchange.request_headers) + b"\r\n"


def read_page(path: Path, offset: int) -> ArchivedPage:
    """Reads the response record that begins at `offset` (bytes) of the WARC file `path`.

    Raises:
        ArchiveError: no such file, or no whole response record begins there.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for record in ArchiveIterator(file, record_types=ANSWERS, parse_http=False):
                return _archived_page(record, ArchivePosition(path.name, offset))
    except (OSError, ValueError) as error:
        raise ArchiveError(f"reading the page at offset {offset} of {path}: {error}") from error
    raise ArchiveError(f"no response record begins at offset {offset} of {path}")


def read_pages(path: Path) -> Iterator[ArchivedPage]:
    """Yields the whole response records of a WARC file in order; ends before a record that was cut off.

    A body that cannot be decoded is logged and passed over.
    """
    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=ANSWERS, parse_http=False):
            position = ArchivePosition(path.name, record.stream_pos)
            try:
                yield _archived_page(record, position)
            except ArchiveError as error:
                logger.warning("passing over a record: %s", error)


def intact_length(path: Path) -> int:
    """The number of bytes of the file that are whole records: where a killed writer's last whole record ends."""
    intact = 0
    with path.open("rb") as file:
        decoder = zlib.decompressobj(31)
        position = 0
        while chunk := file.read(1 << 18):
            position += len(chunk)
            while chunk:
                try:
                    decoder.decompress(chunk)
                except zlib.error:
                    return intact
                chunk = decoder.unused_data
                if decoder.eof:
                    intact = position - len(chunk)
                    decoder = zlib.decompressobj(31)
    return intact


def _archived_page(record: WarcRecord, position: ArchivePosition) -> ArchivedPage:
    announced = record.content_length
    record.freeze()
    if record.content_length < announced:
        raise ArchiveError(f"the record at offset {position.offset} of {position.file} was cut off")
    record.parse_http()
    status = record.http_headers.status_code
    if status is None:
        raise ArchiveError(f"the record at offset {position.offset} of {position.file} holds no HTTP response")
    headers = {name.lower(): value for name, value in record.http_headers.items()}
    payload = record.reader.read()
    return ArchivedPage(
        position=position,
        url=record.headers.get("WARC-Target-URI") or "",
        fetched_at=record.record_date.astimezone(UTC),
        status=status,
        headers=headers,
        body=decode_body(payload, headers.get("content-encoding", "")),
        received_bytes=len(payload),
    )


def decode_body(payload: bytes, encoding: str, limit: int = MAX_PAGE_BYTES) -> bytes:
    """Undoes a Content-Encoding of gzip or deflate, the two this crawler asks for.

    Raises:
        ArchiveError: another encoding, damaged data, or more than `limit` bytes when decoded.
    """
    kind = encoding.strip().lower()
    if kind in {"", "identity"}:
        return payload
    if kind not in {"gzip", "x-gzip", "deflate"}:
        raise ArchiveError(f"a body in the encoding {kind!r} cannot be decoded; only gzip and deflate were asked for")
    try:
        # 47: zlib finds out by itself whether the data is gzip or zlib.
        decoder = zlib.decompressobj(47)
        body = decoder.decompress(payload, limit)
    except zlib.error as error:
        raise ArchiveError(f"a body said to be {kind} is damaged: {error}") from error
    if decoder.unconsumed_tail:
        raise ArchiveError(f"a body decodes to more than {limit} bytes")
    return body
