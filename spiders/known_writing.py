"""Writing the file of known articles; apart from `spiders.known`, for a crawl has no other use for NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spiders.known import fingerprint
from spiders.landing import write_durably

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ORDER = np.dtype(">u8")


def write_known(path: Path, keys: Iterable[str], *, base: Path | None = None) -> None:
    """Writes the file from keys in any order, together with all that `base` holds."""
    new = np.frombuffer(b"".join(map(fingerprint, keys)), dtype=_ORDER)
    old = np.fromfile(base, dtype=_ORDER) if base is not None and base.exists() else new[:0]
    write_durably(path, np.union1d(old, new).astype(_ORDER).tobytes())
