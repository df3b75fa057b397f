"""WARC files: every exchange of a crawl written as the server sent it, and read back by offset.

One gzip member per record, so that any record can be read alone; what a record holds is in `spiders.warc_records`.
"""

from __future__ import annotations

import logging
import os
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, Literal, NoReturn, Protocol

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from spiders.appending import append_whole
from spiders.content_encoding import decode_body
from spiders.errors import ArchiveError, DiskError
from spiders.warc_records import exchange_records, warcinfo_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path

    from spiders.warc_records import Exchange

logger = logging.getLogger(__name__)

#: A new file is begun when one has grown past this many bytes (the WARC guidelines advise about 1 GB).
MAX_FILE_BYTES = 1_000_000_000
#: The records that hold an answer.
ANSWERS = WarcRecordType.response | WarcRecordType.revisit


class ArchiveFile(Protocol):
    """A WARC file to read, wherever it is kept; a `Path` is one."""

    @property
    def name(self) -> str:
        """The file's base name."""

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        """The file's bytes, from any offset."""


@dataclass(frozen=True, slots=True)
class ArchivePosition:
    """Where an exchange stands: the file's base name and the byte offset of its response record."""

    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class ArchivedAnswer:
    """What an archive says of a response; `received_bytes` is the size of its body, still in its Content-Encoding."""

    position: ArchivePosition
    url: str
    fetched_at: datetime
    status: int
    headers: dict[str, str]
    received_bytes: int


@dataclass(frozen=True, slots=True)
class ArchivedPage(ArchivedAnswer):
    """A response read back from an archive; `body` is decoded."""

    body: bytes

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page that is still in the archive: its file, the offset of its record, its address."""

    file: ArchiveFile
    offset: int
    url: str


class ArchiveWriter:
    """Writes exchanges into `{directory}/{prefix}-{number}.warc.gz`, beginning a new file past `max_file_bytes`.

    Each exchange goes out in one write and is with the operating system before `write` returns, so the death of the
    process loses at most the exchange being written; `close` and `sync` also force it to the disk.
    """

    def __init__(self, directory: Path, prefix: str, *, software: str, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self._directory = directory
        self._prefix = prefix
        self._software = software
        self._max_file_bytes = max_file_bytes
        self._file: FileIO | None = None
        self.names: list[str] = []

    def write(self, exchange: Exchange) -> ArchivePosition:
        """Writes the response and then the request that led to it; returns the response's place.

        Raises:
            ArchiveError: it is not one that could be read again; nothing is written.
            DiskError: there is no room, or the disk fails; the file ends with the exchange before.
        """
        records = exchange_records(exchange)
        file = self._open_file()
        offset = file.tell()
        append_whole(file, records)
        return ArchivePosition(self.names[-1], offset)

    def sync(self) -> None:
        """Forces what was written to the disk."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            try:
                self.sync()
            finally:
                self._file.close()
                self._file = None

    def _open_file(self) -> FileIO:
        try:
            if self._file is not None and self._file.tell() >= self._max_file_bytes:
                self.close()
            if self._file is None:
                self._file = self._begin_file()
        except OSError as error:
            raise DiskError(
                f"beginning a WARC file in {self._directory} failed: {error}; "
                "free space or repair the disk, the next run completes what is there"
            ) from error
        return self._file

    def _begin_file(self) -> FileIO:
        name = f"{self._prefix}-{len(self.names):05d}.warc.gz"
        self._directory.mkdir(parents=True, exist_ok=True)
        file = (self._directory / name).open("xb", buffering=0)
        self.names.append(name)
        try:
            append_whole(file, warcinfo_record(name, self._software, now=datetime.now(UTC)))
        except DiskError:
            file.close()
            raise
        return file


def read_page(path: ArchiveFile, offset: int) -> ArchivedPage:
    """Reads the response record that begins at `offset` (bytes) of the WARC file `path`.

    Raises:
        ArchiveError: no such file, or no whole response record begins there.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for record in ArchiveIterator(file, parse_http=False):
                if not record.record_type & ANSWERS:
                    break
                return _archived_page(record, ArchivePosition(path.name, offset))
    except (OSError, ValueError) as error:
        raise ArchiveError(f"reading the page at offset {offset} of {path}: {error}") from error
    raise ArchiveError(f"no response record begins at offset {offset} of {path}")


def read_response(stored: StoredPage) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body, still in its Content-Encoding, of a page in the archive.

    Raises:
        ArchiveError: no such file, or no whole response record begins there.
    """
    try:
        with stored.file.open("rb") as file:
            file.seek(stored.offset)
            for record in ArchiveIterator(file, parse_http=False):
                if not record.record_type & ANSWERS:
                    break
                return _response(record, ArchivePosition(stored.file.name, stored.offset))
    except (OSError, ValueError) as error:
        raise ArchiveError(f"reading the page at offset {stored.offset} of {stored.file}: {error}") from error
    raise ArchiveError(f"no response record begins at offset {stored.offset} of {stored.file}")


def read_answers(path: ArchiveFile) -> Iterator[ArchivedAnswer]:
    """Yields what the whole response records of a WARC file say, in order; ends before a record that was cut off.

    Bodies are not decoded: an answer is an answer, whatever is in it.

    Raises:
        OSError: the file is not there or cannot be read.
        ArchiveError: what is in it cannot be.
    """
    with path.open("rb") as file:
        for record in answer_records(file, path.name):
            position = ArchivePosition(path.name, record.stream_pos)
            try:
                answer, _ = _archived_answer(record, position)
            except ArchiveError as error:
                logger.warning("passing over a record: %s", error)
                continue
            yield answer


def answer_records(stream: BinaryIO, name: str) -> Iterator[WarcRecord]:
    """Yields the records with answers of the WARC file of that name, their HTTP headers yet to be parsed.

    Raises:
        ArchiveError: the headers of a record are longer than FastWARC reads.
    """
    try:
        yield from ArchiveIterator(stream, record_types=ANSWERS, parse_http=False)
    except OSError as error:
        raise_unreadable(error, name)


def raise_unreadable(error: OSError, where: str) -> NoReturn:
    """Raises an `OSError` of FastWARC's, which has no number, as an `ArchiveError`: it lies with the file.

    One of the operating system's is raised as it is.
    """
    if error.errno is not None:
        raise error
    raise ArchiveError(f"{where} cannot be read: {error}") from None


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


def _response(record: WarcRecord, position: ArchivePosition) -> tuple[int, dict[str, str], bytes]:
    announced = record.content_length
    record.freeze()
    if record.content_length < announced:
        raise ArchiveError(f"{_named(position)} was cut off")
    try:
        record.parse_http()
    except OSError as error:
        raise_unreadable(error, _named(position))
    status = status_of(record)
    if status is None:
        raise ArchiveError(f"{_named(position)} holds no HTTP response")
    headers = {name.lower(): value for name, value in record.http_headers.items()}
    encodings = [value for name, value in record.http_headers.items() if name.lower() == "content-encoding"]
    if encodings:
        # A list, which may come in several headers (RFC 9110, 5.3); of what is none the last counts, as in a crawl.
        headers["content-encoding"] = ",".join(encodings)
    return status, headers, record.reader.read()


def _named(position: ArchivePosition) -> str:
    return f"the record at offset {position.offset} of {position.file}"


def status_of(record: WarcRecord) -> int | None:
    """The status of a record whose HTTP headers were parsed, if it had any that could be; of garbage there are none."""
    status: int | None = getattr(record.http_headers, "status_code", None)
    return status


def time_of(record: WarcRecord) -> datetime | None:
    """When a record was made, in UTC; None where it says nothing that is a time."""
    try:
        return record.record_date.astimezone(UTC)
    except (ValueError, AttributeError, OverflowError):
        return None


def _archived_answer(record: WarcRecord, position: ArchivePosition) -> tuple[ArchivedAnswer, bytes]:
    """What a record says of its response, and the body as received."""
    status, headers, payload = _response(record, position)
    fetched_at = time_of(record)
    if fetched_at is None:
        raise ArchiveError(f"{_named(position)} does not say when it was fetched")
    url = record.headers.get("WARC-Target-URI") or ""
    return ArchivedAnswer(position, url, fetched_at, status, headers, len(payload)), payload


def _archived_page(record: WarcRecord, position: ArchivePosition) -> ArchivedPage:
    answer, payload = _archived_answer(record, position)
    return ArchivedPage(
        position=position,
        url=answer.url,
        fetched_at=answer.fetched_at,
        status=answer.status,
        headers=answer.headers,
        received_bytes=answer.received_bytes,
        body=decode_body(payload, answer.headers.get("content-encoding", "")),
    )
