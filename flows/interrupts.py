"""Ctrl-C: how it is told from what goes wrong, and a temporary Prefect server that it does not end before us."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a shell gives for a program that SIGINT ended (https://tldp.org/LDP/abs/html/exitcodes.html).
STATUS = 128 + signal.SIGINT


def is_interrupt(error: BaseException | None) -> bool:
    """Whether a person stopped us: DuckDB makes of Ctrl-C a RuntimeError, click an Abort, with it as their cause."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.add(id(error))
        error = error.__cause__
    return False


@contextlib.contextmanager
def heeding_interrupts() -> Iterator[None]:
    """Ctrl-C comes out as KeyboardInterrupt, which nothing takes for a failure to be noted, passed over or retried."""
    try:
        yield
    except Exception as error:
        if is_interrupt(error):
            raise KeyboardInterrupt from error
        raise


def start_temporary_server() -> None:
    """Starts the server that Prefect would start for itself where none is named, deaf to Ctrl-C.

    A terminal sends SIGINT to all of its foreground processes. That server would be the first to end, and a flow that
    is stopped would go on trying to tell it so for minutes.
    """
    from prefect.client.base import ServerType, determine_server_type  # noqa: PLC0415  # two seconds

    if determine_server_type() is not ServerType.EPHEMERAL:
        return
    failures: list[Exception] = []
    # In a thread, since what a thread starts inherits the signals that it blocks, and this one goes on to hear them.
    starting = threading.Thread(target=_start_deaf, args=(failures,), daemon=True)
    starting.start()
    starting.join()
    if failures:
        raise failures[0]


def _start_deaf(failures: list[Exception]) -> None:
    from prefect.server.api.server import SubprocessASGIServer  # noqa: PLC0415  # two seconds

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        SubprocessASGIServer().start()
    except Exception as error:  # noqa: BLE001  # raised by the thread that waits for this one
        failures.append(error)
