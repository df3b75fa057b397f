"""How a long step tells a person how far it is, whoever is watching: a terminal's bar, a log, nobody."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar

#: Called with the step's name and its counts so far.
Listener = Callable[[str, dict[str, int]], None]

_listener: ContextVar[Listener | None] = ContextVar("progress_listener", default=None)


def in_words(counts: Mapping[str, object]) -> str:
    """Counts for a log: "discovered 73, fetched 85"."""
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Sends the progress of everything done inside to `listener`."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(step: str, counts: dict[str, int]) -> None:
    """Tells whoever listens that `step` has come to `counts`."""
    if (listener := _listener.get()) is not None:
        listener(step, counts)
