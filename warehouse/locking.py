"""The lock that lets one process at a time write to a warehouse: a file, or in PostgreSQL where machines share one."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from warehouse.errors import CatalogBusy, WarehouseError
from warehouse.extensions import connect_with, first_line
from warehouse.postgres import SECRET, give_password, roll_back
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from warehouse.location import Location

_POLL_SECONDS = 0.05

_ADVISORY_KEY = "1466527346, 1215263091"
"""The key of the advisory lock, two numbers that nobody else in the catalog's database is likely to use."""

_TRY = f"FROM postgres_query('catalog', 'SELECT pg_try_advisory_xact_lock({_ADVISORY_KEY})')"

_SESSION = (
    "SELECT set_config(name, value, false) FROM (VALUES ('tcp_keepalives_idle', '30'),"
    " ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'), ('idle_in_transaction_session_timeout', '0'))"
    " AS wanted(name, value)"
)
"""With these the server frees the lock of a machine that vanished within a minute, and does not take it from us."""


class _Held:
    """How often this process holds the lock of one catalog."""

    def __init__(self) -> None:
        self.thread = threading.RLock()
        self.depth = 0
        self.free: Callable[[], None] = lambda: None


_HELD: dict[str, _Held] = {}
_HELD_GUARD = threading.Lock()


@contextmanager
def publish_lock(location: Location, timeout: float = 600.0) -> Iterator[None]:
    """Holds the right to publish to `location`; every other process and thread waits, on whichever machine.

    A thread that holds it may take it again. Beside a catalog in a file it is a POSIX record lock on another file: the
    system frees it when the process ends, however it ends, and a forked child does not inherit it. In PostgreSQL it is
    an advisory lock of a transaction that is kept open: the server frees it when the connection ends.

    Args:
        location: the warehouse; the directory of its catalog is made if need be.
        timeout: seconds to wait.

    Raises:
        CatalogBusy: another publisher kept it for longer than `timeout`.
        WarehouseError: the catalog's server cannot be reached.
    """
    with _HELD_GUARD:
        held = _HELD.setdefault(location.attached, _Held())
    deadline = time.monotonic() + timeout
    if not held.thread.acquire(timeout=timeout):
        raise CatalogBusy(_message(str(location), timeout))
    try:
        if held.depth == 0:
            held.free = _acquire(location, deadline, timeout)
        held.depth += 1
        try:
            yield
        finally:
            held.depth -= 1
            if held.depth == 0:
                held.free()
    finally:
        held.thread.release()


def _acquire(location: Location, deadline: float, timeout: float) -> Callable[[], None]:
    """Takes the lock; what is returned frees it."""
    if location.is_in_postgres:
        return _acquire_in_postgres(location, deadline, timeout)
    return _acquire_file(location.catalog_file.with_name(location.catalog_file.name + ".lock"), deadline, timeout)


def _acquire_file(path: Path, deadline: float, timeout: float) -> Callable[[], None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def attempt() -> bool:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    try:
        _wait(attempt, str(path), deadline, timeout)
    except BaseException:
        os.close(descriptor)
        raise
    return lambda: os.close(descriptor)


def _acquire_in_postgres(location: Location, deadline: float, timeout: float) -> Callable[[], None]:
    connection = connect_with(["postgres_scanner"])
    try:
        secret = ""
        if location.password:
            give_password(connection, location.password)
            secret = f", SECRET {SECRET}"
        connection.execute(f"ATTACH {quoted(location.connection_string)} AS catalog (TYPE postgres, READ_ONLY{secret})")
        connection.execute("BEGIN")
        connection.execute(f"FROM postgres_query('catalog', {quoted(_SESSION)})").fetchall()
        _wait(lambda: connection.execute(_TRY).fetchall() == [(True,)], str(location), deadline, timeout)
    except duckdb.Error as error:
        _end(connection)
        found = first_line(error)
        raise WarehouseError(f"cannot take the publish lock in {location}: {found}; see to the server") from error
    except BaseException:
        _end(connection)
        raise
    return lambda: _end(connection)


def _end(connection: duckdb.DuckDBPyConnection) -> None:
    roll_back(connection)
    connection.close()


def _wait(attempt: Callable[[], bool], where: str, deadline: float, timeout: float) -> None:
    while not attempt():
        if time.monotonic() >= deadline:
            raise CatalogBusy(_message(where, timeout))
        time.sleep(_POLL_SECONDS)


def _message(where: str, timeout: float) -> str:
    return f"waited {timeout:.0f} s for {where}: another run is publishing; try again when it is done"
