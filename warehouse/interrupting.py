"""Ctrl-C while a statement runs, which DuckDB by itself hears late or, now and then, not before the statement's end."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

_EVERY = 0.2
"""Seconds between interruptions: the first may come just before the statement begins, and would be forgotten."""


@contextlib.contextmanager
def interruptible(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Ctrl-C stops a statement of `connection` at once, whichever thread works on it; KeyboardInterrupt comes of it.

    DuckDB looks for signals between the tasks that the calling thread does itself. Where its own threads took all of
    them it hears nothing; and where it does hear, it waits for tasks of theirs that were not told. So this one has
    Python's signal do nothing but interrupt the connection. A second Ctrl-C is as ever.

    Only the main thread hears signals, and only one that heeds them is to be stopped: anywhere else this does nothing.
    """
    in_main = threading.current_thread() is threading.main_thread()
    before: Any = signal.getsignal(signal.SIGINT) if in_main else None
    if not callable(before):
        yield
        return
    pressed = threading.Event()

    def interrupt(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)
        connection.interrupt()

    signal.signal(signal.SIGINT, interrupt)
    try:
        with _watched(connection):
            yield
    except Exception as error:  # Arrow, which reads results on, has an exception of its own for it
        if pressed.is_set():
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed.is_set():
        raise KeyboardInterrupt


@contextlib.contextmanager
def _watched(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A thread interrupts the connection upon SIGINT, for the main thread may be waiting in DuckDB, deaf."""
    listening, told = socket.socketpair()
    told.settimeout(0)  # not blocking, as signal.set_wakeup_fd asks
    over = threading.Event()
    watching = threading.Thread(target=_watch, args=(connection, listening, over), daemon=True)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    watching.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        over.set()
        told.close()
        watching.join()
        listening.close()


def _watch(connection: duckdb.DuckDBPyConnection, listening: socket.socket, over: threading.Event) -> None:
    while signals := listening.recv(16):
        while signal.SIGINT in signals and not over.wait(_EVERY):
            connection.interrupt()
