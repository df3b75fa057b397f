"""The lock that lets one process at a time write to a warehouse."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse.errors import CatalogBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.location import Location

_POLL_SECONDS = 0.05


class _Held:
    """How often this process holds the lock of one catalog."""

    def __init__(self) -> None:
        self.thread = threading.RLock()
        self.depth = 0
        self.descriptor = -1


_HELD: dict[Path, _Held] = {}
_HELD_GUARD = threading.Lock()


@contextmanager
def publish_lock(location: Location, timeout: float = 600.0) -> Iterator[None]:
    """Holds the right to publish to `location`; every other process and thread waits.

    A thread that holds it may take it again. It is a POSIX record lock on a file beside the catalog: the system frees
    it when the process ends, however it ends, and a forked child does not inherit it.

    Args:
        location: the warehouse; its directory is made if need be.
        timeout: seconds to wait.

    Raises:
        CatalogBusy: another publisher kept it for longer than `timeout`.
    """
    path = location.catalog_file.with_name(location.catalog_file.name + ".lock")
    with _HELD_GUARD:
        held = _HELD.setdefault(path, _Held())
    deadline = time.monotonic() + timeout
    if not held.thread.acquire(timeout=timeout):
        raise CatalogBusy(_message(path, timeout))
    try:
        if held.depth == 0:
            held.descriptor = _acquire(path, deadline, timeout)
        held.depth += 1
        try:
            yield
        finally:
            held.depth -= 1
            if held.depth == 0:
                os.close(held.descriptor)
    finally:
        held.thread.release()


def _acquire(path: Path, deadline: float, timeout: float) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    while True:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise CatalogBusy(_message(path, timeout)) from None
            time.sleep(_POLL_SECONDS)
        else:
            return descriptor


def _message(path: Path, timeout: float) -> str:
    return f"waited {timeout:.0f} s for {path}: another run is publishing; try again when it is done"
