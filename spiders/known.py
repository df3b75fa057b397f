"""What a crawl must know of the past, as one sorted file that is mapped into memory and searched, never loaded.

The flow prepares the file; an entry is 16 bytes: the first 8 of the BLAKE2b hash of the site's article id, then the
time of publication and the time of the last fetch in whole seconds since 1970 UTC (0: not known), all big-endian.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from spiders.landing import write_durably

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ENTRY = struct.Struct(">8sII")


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """When an article was published and last fetched, in seconds since 1970 UTC; 0 where that is not known."""

    published: int
    fetched: int


def fingerprint(site_article_id: str) -> bytes:
    """The 8 bytes an article id is sorted and found by."""
    return hashlib.blake2b(site_article_id.encode(), digest_size=8).digest()


def write_known(path: Path, entries: Iterable[tuple[str, int, int]]) -> None:
    """Writes the file from (site_article_id, published, fetched) in any order."""
    rows = sorted(_ENTRY.pack(fingerprint(each), published, fetched) for each, published, fetched in entries)
    write_durably(path, b"".join(rows))


class KnownArticles:
    """Looks articles up by their site's id; an absent file knows nothing."""

    def __init__(self, path: Path | None) -> None:
        self._map: mmap.mmap | bytes = b""
        if path is not None and path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._map) // _ENTRY.size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._map, mmap.mmap):
            self._map.close()

    def get(self, site_article_id: str) -> KnownArticle | None:
        wanted = fingerprint(site_article_id)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._map[middle * _ENTRY.size : middle * _ENTRY.size + 8] < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(self):
            return None
        key, published, fetched = _ENTRY.unpack_from(self._map, low * _ENTRY.size)
        return KnownArticle(published, fetched) if key == wanted else None
