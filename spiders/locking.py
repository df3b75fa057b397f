"""Locks by flock: held by one process, and free again when it dies; others may ask whether anyone holds one."""

from __future__ import annotations

import fcntl
import time
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

#: Who asks holds a lock for a moment: who cannot have it at once tries so often, so many seconds apart.
_TRIES, _APART_S = 5, 0.02


def take(file: IO[Any]) -> bool:
    """Whether this process has the lock of an open file now; it has it until the file is closed."""
    for tried in range(_TRIES):
        if tried:
            time.sleep(_APART_S)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        return True
    return False


def is_taken(path: Path) -> bool:
    """Whether a living process has the lock of a file; one that is there and cannot be read counts as taken."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
