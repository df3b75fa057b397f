"""Running a flow for a person at a terminal: a progress bar there, plain lines elsewhere, no orchestrator noise."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.errors import NoServer
from flows.interrupts import start_temporary_server
from flows.printing import open_console, say
from flows.progress import Listener, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console


#: Seconds between two plain lines of progress.
PLAIN_INTERVAL_S = 5.0


def run_ingest(console: Console, **parameters: Any) -> list[dict[str, Any]]:
    """Runs the flow `ingest` with its progress on the console; returns the rows of the runs it published."""
    with loading_prefect(console):
        from flows.ingest import ingest  # noqa: PLC0415  # imports Prefect
    with shown_progress(console):
        return cast("list[dict[str, Any]]", ingest(**parameters))  # of a run without a deployment


@contextlib.contextmanager
def loading_prefect(console: Console) -> Iterator[None]:
    """Imports Prefect, and what is imported inside, behind a spinner; says so if a server has to be started.

    Raises:
        NoServer: the server that is named does not answer.
    """
    quieten_prefect()
    with console.status("Loading Prefect …") if console.is_terminal else contextlib.nullcontext():
        from prefect.settings import PREFECT_API_URL  # noqa: PLC0415  # two seconds

        yield
    if url := PREFECT_API_URL.value():
        _require_server(url)
    else:
        _announce_server()
        start_temporary_server()


def _require_server(url: str) -> None:
    from prefect.client.orchestration import get_client  # noqa: PLC0415  # two seconds

    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if error is not None:
        shown = urlsplit(url)._replace(netloc=urlsplit(url).netloc.rpartition("@")[2]).geturl()
        raise NoServer(
            f"Prefect's server at {shown} does not answer ({error}): start it with `prefect server start --background`,"
            " or unset PREFECT_API_URL, and a temporary one is started"
        ) from error


@functools.cache  # Prefect keeps the server for as long as the process lives
def _announce_server() -> None:
    say(
        open_console(stderr=True),
        "Starting a temporary Prefect server, which takes some seconds (PREFECT_API_URL names a running one) …",
        "dim",
    )


def quieten_prefect() -> None:
    """Leaves the log of a run, tracebacks included, to Prefect's server. To be called before Prefect is imported."""
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_LOGGING_SERVER_LEVEL", "ERROR")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    # Its 20 seconds are not enough for a temporary server on a busy machine.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")


def describe_run(row: dict[str, Any]) -> str:
    """One line about a run that the flow published."""
    counts = ", ".join(f"{row[name]} {name}" for name in ("new", "revised", "unchanged", "rejected", "failed"))
    ending = "" if row["state"] == "complete" else f" [{row['state']}: {' '.join(str(row['reason']).split())}]"
    return f"Run {row['run_id']}: {counts}; {row['fetched']} pages fetched{ending}"


@contextlib.contextmanager
def shown_progress(console: Console) -> Iterator[None]:
    """Shows what `flows.progress.report` tells while inside."""
    if not console.is_terminal:
        with listening(_plain_lines(console)):
            yield
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("Starting", total=None, unit="")

        def show(step: str, counts: dict[str, int]) -> None:
            done, total, unit = _how_far(counts)
            bars.update(bar, description=step.capitalize(), completed=done, total=total, unit=unit)

        with listening(show):
            yield


def _plain_lines(console: Console) -> Listener:
    last = 0.0

    def show(step: str, counts: dict[str, int]) -> None:
        nonlocal last
        if time.monotonic() - last >= PLAIN_INTERVAL_S:
            last = time.monotonic()
            done, total, unit = _how_far(counts)
            say(console, f"{step}: {done} of {total} {unit}")

    return show


def _how_far(counts: dict[str, int]) -> tuple[int, int, str]:
    """How many are done of how many, and what they are: articles where nothing else is counted."""
    unit = next((each for each in ("addresses", "pages") if each in counts), "articles")
    done = counts.get(unit, 0)
    return done, max(counts.get("asked_for", 0), done), unit
