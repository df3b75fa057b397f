"""Which articles are known, as one sorted file of fingerprints that is mapped into memory and searched, never loaded.

An entry is the first 8 bytes of the BLAKE2b hash of the article's key (`Site.article_key` of any of its addresses). The
flow writes the file (`spiders.known_writing`); ten million articles are 80 MB, of which a crawl touches the pages it
looks into.
"""

from __future__ import annotations

import hashlib
import mmap
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

_SIZE = 8


def fingerprint(key: str) -> bytes:
    """The 8 bytes an article is sorted and found by."""
    return hashlib.blake2b(key.encode(), digest_size=_SIZE).digest()


class KnownArticles:
    """Says whether an article is known; an absent file knows nothing."""

    def __init__(self, path: Path | None) -> None:
        self._map: mmap.mmap | bytes = b""
        if path is not None and path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._map) // _SIZE

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._map, mmap.mmap):
            self._map.close()

    def __contains__(self, key: object) -> bool:
        wanted = fingerprint(str(key))
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._map[middle * _SIZE : (middle + 1) * _SIZE] < wanted:
                low = middle + 1
            else:
                high = middle
        return low < len(self) and self._map[low * _SIZE : (low + 1) * _SIZE] == wanted
