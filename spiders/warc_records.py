"""WARC records as bytes: one HTTP exchange as a response and a request, each a gzip member of its own.

Format: ISO 28500 WARC 1.1 (https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/). The
payload keeps its Content-Encoding as received; only hop-by-hop transfer coding, already undone by the HTTP client, is
renamed out of the headers.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from spiders.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

#: The profile of a revisit record for an answer 304, from the standard's section 6.7.3.
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
#: Level 1 costs a quarter of level 6, and it is only for what servers did not compress themselves.
COMPRESSION_LEVEL = 1
#: FastWARC reads no longer headers than 32,768 bytes, neither of a record nor of the answer in it.
MAX_HEAD_BYTES = 32_000

#: RFC 1952, 2.3: deflate, no flags, no time, fastest, unknown system.
_MEMBER_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"
#: RFC 1951, 3.2.4: whether it is the last block, its length, and the length's complement.
_STORED_BLOCK = struct.Struct("<BHH")
_LONGEST_BLOCK = 65_535
#: RFC 1952, 2.3.1: checksum and length of what was compressed.
_MEMBER_TAIL = struct.Struct("<II")

#: What readers of WARC take for the protocol of an answer.
_PROTOCOL = re.compile(r"HTTP/\d\.\d")

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange; `body` as received, still in its Content-Encoding; `fetched_at` in UTC.

    `request_headers` is None where the request is not known.
    """

    url: str
    fetched_at: datetime
    method: str
    request_headers: Headers | None
    status: int
    headers: Headers
    body: bytes
    protocol: str = "HTTP/1.1"
    reason: str = ""


def exchange_records(exchange: Exchange) -> bytes:
    """The response record (for an answer 304 a revisit record) and the request record that led to it, if known.

    Raises:
        ArchiveError: no reader would make sense of it: its status has not three digits, or its headers are too long.
    """
    if not 100 <= exchange.status <= 999:
        raise ArchiveError(f"an answer of the status {exchange.status} cannot be archived: there is no such status")
    response_id, request_id = _new_id(), _new_id()
    about = (
        f"WARC-Date: {exchange.fetched_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}\r\n"
        f"WARC-Target-URI: {_one_line(exchange.url)}\r\n"
    )
    if exchange.status == 304:
        kind = f"WARC-Type: revisit\r\nWARC-Profile: {NOT_MODIFIED}\r\n"
    else:
        kind = f"WARC-Type: response\r\nWARC-Payload-Digest: {_digest(exchange.body)}\r\n"
    response = _record(
        f"{kind}WARC-Record-ID: {response_id}\r\n{about}Content-Type: application/http; msgtype=response\r\n",
        _response_head(exchange),
        exchange.body,
        is_packed=any(name.lower() == b"content-encoding" for name, _ in exchange.headers),
    )
    if exchange.request_headers is None:
        return response
    request = _record(
        f"WARC-Type: request\r\nWARC-Record-ID: {request_id}\r\n{about}WARC-Concurrent-To: {response_id}\r\n"
        "Content-Type: application/http; msgtype=request\r\n",
        _request_head(exchange, exchange.request_headers),
    )
    return response + request


def warcinfo_record(name: str, software: str, *, now: datetime) -> bytes:
    """The record that opens a file: its base name and what wrote it."""
    return _record(
        f"WARC-Type: warcinfo\r\nWARC-Record-ID: {_new_id()}\r\n"
        f"WARC-Date: {now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}\r\n"
        f"WARC-Filename: {name}\r\nContent-Type: application/warc-fields\r\n",
        f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode(),
    )


def _record(fields: str, head: bytes, body: bytes = b"", *, is_packed: bool = False) -> bytes:
    """A record whose block is `head` and `body`; of the latter nothing more is squeezed where it is packed already."""
    digest = hashlib.sha1(head, usedforsecurity=False)
    digest.update(body)
    announced = (
        f"WARC/1.1\r\n{fields}WARC-Block-Digest: {_sha1_text(digest.digest())}\r\n"
        f"Content-Length: {len(head) + len(body)}\r\n\r\n"
    )
    if max(len(announced), len(head)) > MAX_HEAD_BYTES:
        raise ArchiveError(
            f"an exchange with {max(len(announced), len(head)):,} bytes of headers cannot be archived;"
            f" {MAX_HEAD_BYTES:,} is the most"
        )
    start = announced.encode() + head
    if is_packed:
        return _member_around(start, body + b"\r\n\r\n")
    return zlib.compress(start + body + b"\r\n\r\n", COMPRESSION_LEVEL, wbits=31)


def _member_around(text: bytes, packed: bytes) -> bytes:
    """A gzip member of `text`, compressed, and then `packed`, stored as it is."""
    squeezer = zlib.compressobj(COMPRESSION_LEVEL, zlib.DEFLATED, -15)
    # A full flush ends on a whole byte, where a stored block may begin.
    parts = [_MEMBER_HEAD, squeezer.compress(text), squeezer.flush(zlib.Z_FULL_FLUSH)]
    for start in range(0, len(packed), _LONGEST_BLOCK):
        block = packed[start : start + _LONGEST_BLOCK]
        is_last = start + _LONGEST_BLOCK >= len(packed)
        parts += [_STORED_BLOCK.pack(is_last, len(block), len(block) ^ 0xFFFF), block]
    checksum = zlib.crc32(packed, zlib.crc32(text))
    parts.append(_MEMBER_TAIL.pack(checksum, (len(text) + len(packed)) & 0xFFFFFFFF))
    return b"".join(parts)


def _response_head(exchange: Exchange) -> bytes:
    kept = (
        (b"X-Archive-Orig-" + name if name.lower() == b"transfer-encoding" else name, value)
        for name, value in exchange.headers
    )
    protocol = exchange.protocol.upper()
    if not _PROTOCOL.fullmatch(protocol):
        protocol = "HTTP/1.1"
    status_line = f"{protocol} {exchange.status} {exchange.reason}".rstrip().encode() + b"\r\n"
    return status_line + _header_lines(kept) + b"\r\n"


def _request_head(exchange: Exchange, headers: Headers) -> bytes:
    _, _, rest = exchange.url.partition("://")
    host, slash, path = rest.partition("/")
    request_line = f"{exchange.method} {slash + path or '/'} HTTP/1.1\r\nHost: {host}\r\n".encode()
    return request_line + _header_lines(headers) + b"\r\n"


def _header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(name + b": " + value.replace(b"\r", b" ").replace(b"\n", b" ") + b"\r\n" for name, value in headers)


def _one_line(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A")


def _new_id() -> str:
    return f"<{uuid.uuid4().urn}>"


def _digest(content: bytes) -> str:
    return _sha1_text(hashlib.sha1(content, usedforsecurity=False).digest())


def _sha1_text(digest: bytes) -> str:
    return f"sha1:{base64.b32encode(digest).decode()}"
