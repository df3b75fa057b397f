"""Writing the file of known articles; apart from `spiders.known`, for a crawl has no other use for NumPy."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from spiders.durable import write_durably
from spiders.known import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PIECE = 100_000
_ORDER = np.dtype(">u8")


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
