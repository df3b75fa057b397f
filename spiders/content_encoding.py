"""Undoing the Content-Encoding of a body, within bounds."""

from __future__ import annotations

import zlib

from spiders.errors import ArchiveError

#: No page is decoded past this many bytes, whatever it was compressed from.
MAX_PAGE_BYTES = 16_000_000
#: No page is decoded that was encoded more often; curl takes as many (https://curl.se/docs/CVE-2022-32206.html).
MAX_ENCODINGS = 5
#: The window bits with which zlib finds out by itself whether data is gzip or zlib (https://zlib.net/manual.html).
_GZIP_OR_ZLIB = 47
#: Bytes of a member that are given to zlib first.
_FIRST_SLICE = 1024


def decode_body(payload: bytes, encoding: str, limit: int = MAX_PAGE_BYTES) -> bytes:
    """Undoes a Content-Encoding of gzip or deflate, the two this crawler asks for; one cut off ends where it does.

    Raises:
        ArchiveError: another encoding, too many, damaged data, or more than `limit` bytes when decoded.
    """
    kinds = encoding.lower().split(",")
    if len(kinds) > MAX_ENCODINGS:
        raise ArchiveError(f"a body encoded {len(kinds)} times cannot be decoded; {MAX_ENCODINGS} times is the most")
    for kind in reversed(kinds):
        payload = _decode(payload, kind.strip(), limit)
    return payload


def _decode(payload: bytes, kind: str, limit: int) -> bytes:
    if kind in {"", "identity"}:
        return payload
    if kind not in {"gzip", "x-gzip", "deflate"}:
        raise ArchiveError(f"a body in the encoding {kind!r} cannot be decoded; only gzip and deflate were asked for")
    try:
        return _inflate(payload, limit)
    except zlib.error as error:
        raise ArchiveError(f"a body said to be {kind} is damaged: {error}") from error


def _inflate(payload: bytes, limit: int) -> bytes:
    """The body unpacked, in time linear in its length, however many members it has.

    zlib copies what of its input lies behind the end of a member: each is given slices that grow with it.
    """
    view = memoryview(payload)
    parts: list[bytes] = []
    left, position, step = limit, 0, _FIRST_SLICE
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
    while position < len(view):
        piece = view[position : position + step]
        parts.append(decoder.decompress(piece, left + 1))
        left -= len(parts[-1])
        if left < 0:
            raise ArchiveError(f"a body decodes to more than {limit} bytes")
        position += len(piece) - len(decoder.unused_data)
        step *= 2
        if decoder.eof:
            # A gzip body may be several members; anything else behind it is refuse.
            if not payload.startswith(b"\x1f\x8b", position):
                break
            decoder, step = zlib.decompressobj(_GZIP_OR_ZLIB), _FIRST_SLICE
    return b"".join(parts)
