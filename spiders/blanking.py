"""Blanking records of a WARC file in place: what they held is gone, every other record stays where it was.

A blanked record becomes a gzip member of the same length that holds a `metadata` record of spaces, so that offsets stay
true and any reader of WARC files passes over it.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecordType

from spiders.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from spiders.archive import ArchiveFile

#: RFC 1952, 2.3: deflate, an extra field follows, no time, unknown system.
_MEMBER_HEAD = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff"
#: RFC 1952, 2.3.1.1: the length of the field, two letters that name its one subfield, and the length of that.
_EXTRA_FIELD = struct.Struct("<H2sH")
_SUBFIELD_SIZE = 4
_LONGEST_PADDING = 60_000
#: RFC 1951, 3.2.4: whether it is the last block, its length, and the length's complement.
_STORED_BLOCK = struct.Struct("<BHH")
_LONGEST_BLOCK = 65_535
#: RFC 1952, 2.3.1: checksum and length of what was compressed.
_MEMBER_TAIL = struct.Struct("<II")
_BLANKED = WarcRecordType.response | WarcRecordType.request | WarcRecordType.revisit | WarcRecordType.resource


def blank_records(path: Path, urls: Collection[str]) -> int:
    """Blanks every request, response and revisit record about one of these addresses; returns how many they were.

    Safe to repeat. Each record is written over in one go and all are forced to the disk.

    Raises:
        ArchiveError: the file cannot be read or written.
    """
    try:
        places = list(_places(path, set(urls)))
        with path.open("r+b") as file:
            for start, end in places:
                _write_over(file, start, blank_member(end - start))
            os.fsync(file.fileno())
    except OSError as error:
        raise ArchiveError(f"blanking records of {path}: {error}") from error
    return len(places)


def addresses_in(file: ArchiveFile) -> set[str]:
    """The addresses that the requests and answers in a WARC file are about.

    Raises:
        ArchiveError: the file cannot be read to its end.
    """
    try:
        with file.open("rb") as opened:
            records = ArchiveIterator(opened, record_types=_BLANKED, parse_http=False)
            targets = {record.headers.get("WARC-Target-URI") for record in records}
    except OSError as error:
        raise ArchiveError(f"reading the addresses in {file}: {error}") from error
    return {each for each in targets if each is not None}


def blank_member(length: int) -> bytes:
    """A gzip member of exactly `length` bytes that holds a record of blanks.

    Raises:
        ArchiveError: so few bytes hold no record.
    """
    # The extra field takes up what blanks do not, so that the lengths always come out even.
    blanks = max(length - _LONGEST_PADDING, 0)
    announced = (
        # No date and no id of its own: nothing but its length tells what it was.
        "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Length: {blanks}\r\n\r\n"
    ).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(announced) + packer.flush(zlib.Z_FULL_FLUSH)
    block = b" " * blanks + b"\r\n\r\n"
    stored = b"".join(_stored(block))
    tail = _MEMBER_TAIL.pack(zlib.crc32(announced + block), len(announced) + len(block))
    padding = length - sum(map(len, (_MEMBER_HEAD, packed, stored, tail))) - _EXTRA_FIELD.size
    if padding < 0:
        raise ArchiveError(f"a record of {length} bytes is too short to be blanked")
    extra = _EXTRA_FIELD.pack(_SUBFIELD_SIZE + padding, b"wb", padding) + b"\x00" * padding
    return _MEMBER_HEAD + extra + packed + stored + tail


def _stored(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _LONGEST_BLOCK):
        block = content[start : start + _LONGEST_BLOCK]
        is_last = start + _LONGEST_BLOCK >= len(content)
        yield _STORED_BLOCK.pack(is_last, len(block), len(block) ^ 0xFFFF) + block


def _places(path: Path, urls: set[str]) -> Iterator[tuple[int, int]]:
    """Where the records about these addresses begin and end."""
    with path.open("rb") as file:
        start: int | None = None
        for record in ArchiveIterator(file, parse_http=False):
            if start is not None:
                yield start, record.stream_pos
            is_about = record.record_type & _BLANKED and record.headers.get("WARC-Target-URI") in urls
            start = record.stream_pos if is_about else None
        if start is not None:
            yield start, path.stat().st_size


def _write_over(file: BinaryIO, start: int, member: bytes) -> None:
    file.seek(start)
    file.write(member)
    file.flush()
