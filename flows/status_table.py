"""The status as one screen of text."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from rich.table import Column, Table

from flows.printing import say, show_table
from flows.status import span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.console import Console

    from flows.status import Status


def show_status(console: Console, status: Status) -> None:
    """Prints it: whether all is well, what is wrong, then the tables."""
    if status.is_healthy and not (status.runs or status.unfinished_runs):
        say(
            console,
            f"Nothing is here yet: {status.home}. `wirehouse ingest --site NAME` fetches the first articles",
            "bold",
        )
    elif status.is_healthy:
        say(console, f"Healthy, as of {_time(status.as_of)} UTC: {status.home}", "bold green")
    else:
        say(console, f"Not healthy, as of {_time(status.as_of)} UTC: {status.home}", "bold red")
    for problem in status.problems:
        say(console, f"  {problem}")
    show_table(console, _sites(status))
    show_table(console, _runs(status))
    for line in _lines(status):
        say(console, line)


def _sites(status: Status) -> Table:
    counts = ("articles", "pending", "due", "failed", "rejected")
    table = Table(Column("site", no_wrap=True), "last run", "newest article", *counts, box=None)
    for site in status.sites:
        table.add_row(
            site["site"],
            _ago(status, site["last_run_at"]),
            _ago(status, site["newest_article_at"]),
            *(f"{site[name] or 0:,}" for name in counts),
        )
    return table


def _runs(status: Status) -> Table:
    counts = ("new", "revised", "failed")
    table = Table(*(Column(name, no_wrap=True) for name in ("last runs", "flow", "state", *counts)), box=None)
    for run in status.runs:
        table.add_row(run["run_id"], run["flow"], run["state"], *(_count(run[name]) for name in counts))
    return table


def _lines(status: Status) -> Iterator[str]:
    for gap in status.gaps:
        yield f"Gap: {gap['site']} had no run from {_time(gap['since'])} to {_time(gap['until'])} UTC"
    if status.dead_runs:
        yield f"Died, for the next run of its site to complete: {', '.join(status.dead_runs)}"
    if under_way := [each for each in status.unfinished_runs if each not in status.dead_runs]:
        yield f"Being made or published: {', '.join(under_way)}"
    for alert in status.failed_checks:
        yield f"{alert.severity.capitalize()}: {alert.summary}"
        yield f"  {alert.command}"
    sizes = status.sizes
    yield (
        f"Sizes: {sizes['articles']:,} articles, {sizes['revisions']:,} revisions, {sizes['urls']:,} addresses;"
        f" lake {_megabytes(sizes['lake_bytes'])}, archive {_megabytes(sizes['archive_bytes'])},"
        f" catalog {_megabytes(sizes['catalog_bytes'])}"
    )


def _ago(status: Status, time: datetime | None) -> str:
    return "never" if time is None else f"{span(status.as_of - time)} ago"


def _time(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _count(value: Any) -> str:
    return "" if value is None else f"{value:,}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
