"""Running a flow for a person at a terminal: a progress bar there, plain lines elsewhere, no orchestrator noise."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.durations import parse_duration
from flows.errors import IndexesDiffer
from flows.progress import Listener, listening
from flows.settings import read_settings
from spiders.site import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import warehouse
    from flows.retagging import Retagged

#: Seconds between two plain lines of progress.
PLAIN_INTERVAL_S = 5.0


def ingest_on_terminal(**parameters: Any) -> None:
    """Runs the flow `ingest` in this process and says what it did.

    Raises:
        FlowsError: a setting or a parameter cannot be used; said before anything is started.
    """
    read_settings()
    load(parameters["site"])
    if parameters.get("since"):
        parse_duration(parameters["since"])
    console = Console(stderr=True)
    published = run_ingest(console, **parameters)
    for row in published:
        console.print(describe_run(row), highlight=False)


def publish_on_terminal(run_id: str, *, give_up: bool) -> None:
    """Publishes a run that was set aside, or removes it, and says so.

    Raises:
        FlowsError: there is no such run, or its site is being worked on.
    """
    from flows import stopped  # noqa: PLC0415  # imports pandas

    settings, console = read_settings(), Console(stderr=True)
    if give_up:
        stopped.give_up(settings, run_id)
        console.print(f"Run {run_id} is given up; what it had found is asked for anew", highlight=False)
        return
    published = stopped.publish_again(settings, run_id)
    row = {"run_id": run_id, "state": published.state, "reason": published.reason, **published.counts}
    console.print(describe_run(row), highlight=False)


def reindex_on_terminal(*, dry_run: bool) -> None:
    """Runs the flow `reindex` in this process and says, table by table, what differed.

    Raises:
        FlowsError: a setting cannot be used; or, with `dry_run`, something differs.
    """
    read_settings()
    console = Console(stderr=True)
    quieten_prefect()
    with console.status("Loading Prefect …") if console.is_terminal else contextlib.nullcontext():
        from prefect.settings import PREFECT_API_URL  # noqa: PLC0415  # two seconds, behind the spinner

        from flows.reindex import reindex  # noqa: PLC0415  # imports Prefect
    if not PREFECT_API_URL.value():
        _announce_server()
    found = reindex(dry_run=dry_run)
    for row in found:
        console.print(describe_difference(row), highlight=False)
    differing = [row["table"] for row in found if row["lacking"] or row["wrong"]]
    if dry_run and differing:
        raise IndexesDiffer(f"{', '.join(differing)} differ from what the articles say; `wirehouse reindex` mends them")


def describe_difference(row: dict[str, Any]) -> str:
    """One line about how a table of an index compares with the articles."""
    leftover = f"; {row['leftover']} rows of texts that are gone" if row["leftover"] else ""
    if not row["lacking"] and not row["wrong"]:
        return f"{row['table']}: made anew it is the same{leftover}"
    return f"{row['table']}: {row['lacking']} rows lacking, {row['wrong']} wrong: {row['examples']}{leftover}"


def maintain_on_terminal() -> None:
    """Maintains the warehouse in this process and says what came of it."""
    import warehouse  # noqa: PLC0415  # DuckDB and pandas, which nobody else here needs
    from flows.publishing import location  # noqa: PLC0415

    settings = read_settings()
    console = Console(stderr=True)
    with console.status("Maintaining the warehouse …") if console.is_terminal else contextlib.nullcontext():
        kept = timedelta(days=settings.snapshot_retention_days)
        done = warehouse.maintain(location(settings), kept)
    console.print(describe_maintenance(done), highlight=False)


def describe_maintenance(done: warehouse.Maintenance) -> str:
    """What maintenance did, on three lines."""
    before, after = done.before, done.after
    return (
        f"Compacted {done.files_compacted:,} small files and rewrote {done.files_rewritten:,} large ones;"
        f" expired {done.snapshots_expired:,} snapshots; removed {done.files_removed:,} files that nothing needs\n"
        f"The newest snapshot: {before.files:,} files, {before.bytes / 1e6:,.1f} MB before;"
        f" {after.files:,} files, {after.bytes / 1e6:,.1f} MB now\n"
        f"The catalog: {after.catalog_bytes / 1e6:,.1f} MB. It took {done.seconds:,.1f} s"
    )


def run_ingest(console: Console, **parameters: Any) -> list[dict[str, Any]]:
    """Runs the flow `ingest` with its progress on the console; returns the rows of the runs it published."""
    quieten_prefect()
    with console.status("Loading Prefect …") if console.is_terminal else contextlib.nullcontext():
        from prefect.settings import PREFECT_API_URL  # noqa: PLC0415  # two seconds, behind the spinner

        from flows.ingest import ingest  # noqa: PLC0415  # imports Prefect
    if not PREFECT_API_URL.value():
        _announce_server()
    with shown_progress(console):
        result: list[dict[str, Any]] = ingest(**parameters)
    return result


@functools.cache  # Prefect keeps the server for as long as the process lives
def _announce_server() -> None:
    Console(stderr=True).print(
        "Starting a temporary Prefect server, which takes some seconds (PREFECT_API_URL names a running one) …",
        style="dim",
        highlight=False,
    )


def retag_on_terminal(schemes: Sequence[str]) -> None:
    """Brings the tags up to date in this process and says what changed."""
    from flows.retagging import retag  # noqa: PLC0415  # pandas and the vocabularies

    console = Console(stderr=True)
    with shown_progress(console):
        done = retag(read_settings(), schemes)
    console.print(_describe_tags(done), highlight=False)


def list_tag_changes(schemes: Sequence[str]) -> None:
    """Writes one line for each tag that tagging anew would change to standard output, and their counts to the other."""
    from flows.retagging import Retagged, changes  # noqa: PLC0415  # likewise

    done = Retagged()
    for articles, found in changes(read_settings(), schemes):
        done.count(articles, found)
        for row in found.fillna("-").itertuples(index=False):
            print(row.change, row.scheme, row.tag, row.article_uid, f"{row.before} -> {row.after}", sep="\t")  # noqa: T201
    Console(stderr=True).print(f"Would change: {_describe_tags(done)}", highlight=False)


def _describe_tags(done: Retagged) -> str:
    counts = ", ".join(f"{count} {change}" for change, count in done.changes.items())
    return f"{done.articles} articles tagged anew; tags: {counts}"


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
    ending = "" if row["state"] == "complete" else f" [{row['state']}: {row['reason']}]"
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
        TextColumn("articles"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("Starting", total=None)

        def show(step: str, counts: dict[str, int]) -> None:
            done, total = _done_and_total(counts)
            bars.update(bar, description=step.capitalize(), completed=done, total=total)

        with listening(show):
            yield


def _plain_lines(console: Console) -> Listener:
    last = 0.0

    def show(step: str, counts: dict[str, int]) -> None:
        nonlocal last
        if time.monotonic() - last >= PLAIN_INTERVAL_S:
            last = time.monotonic()
            done, total = _done_and_total(counts)
            console.print(f"{step}: {done} of {total} articles read", highlight=False)

    return show


def _done_and_total(counts: dict[str, int]) -> tuple[int, int]:
    return counts.get("articles", 0), max(counts.get("asked_for", 0), counts.get("articles", 0))
