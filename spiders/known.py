"""Which articles are known, as one sorted file of fingerprints that is mapped into memory and searched, never loaded.

An entry is the first 8 bytes of the BLAKE2b hash of the article's key (`Site.article_key` of any of its addresses). The
flow writes the file; ten million articles are 80 MB, of which a crawl touches the pages it looks into.
"""

from __future__ import annotations

import hashlib
import itertools
import mmap
from typing import TYPE_CHECKING, Self

import numpy as np

from spiders.landing import write_durably

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SIZE = 8
_PIECE = 100_000
_ORDER = np.dtype(">u8")


def fingerprint(key: str) -> bytes:
    """The 8 bytes an article is sorted and found by."""
    return hashlib.blake2b(key.encode(), digest_size=_SIZE).digest()


def write_known(path: Path, keys: Iterable[str], *, base: Path | None = None) -> None:
    """Writes the file from keys in any order, together with all that `base` holds; leaves it if nothing is added.

    Takes 8 bytes a key, those of `base` twice more.
    """
    pieces = [
        np.frombuffer(b"".join(map(fingerprint, piece)), dtype=_ORDER).astype(np.uint64)
        for piece in _pieces(keys, _PIECE)
    ]
    new = np.unique(np.concatenate(pieces)) if pieces else np.empty(0, np.uint64)
    if base is not None and base.exists():
        old = np.fromfile(base, dtype=_ORDER).astype(np.uint64)
        places = np.searchsorted(old, new)
        is_added = places == len(old)
        is_added[~is_added] = old[places[~is_added]] != new[~is_added]
        if base == path and not is_added.any():
            return
        # Sorted into sorted: to sort all of it again takes many times as long.
        new = np.insert(old, places[is_added], new[is_added])
    write_durably(path, new.astype(_ORDER).tobytes())


def _pieces(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    remaining = iter(keys)
    while piece := list(itertools.islice(remaining, size)):
        yield piece


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
