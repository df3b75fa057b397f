"""`wirehouse replay`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flows.parameters import SITE_OR_ALL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("replay")
@SITE_OR_ALL
@click.option("--start", type=_DAY, help="The first day of publication, in the site's own zone.")
@click.option("--end", type=_DAY, help="The last day.")
@click.option("--dry-run", is_flag=True, help="Only print which fields would change, in how many articles.")
def verb(site: str | None, start: datetime | None, end: datetime | None, *, dry_run: bool) -> None:
    """Read the archived pages again with today's code and publish what differs; fetches nothing."""
    import warehouse
    from flows import fan_out
    from flows.interrupts import heeding_interrupts
    from flows.location import location
    from flows.printing import open_console, say
    from flows.replaying import publish_replay, read_again
    from flows.settings import read_settings
    from flows.terminal import describe_run, loading_prefect, shown_progress
    from spiders.site import names

    first, last = (day.date() if day else None for day in (start, end))
    if first and last and first > last:
        raise click.UsageError(f"the first day, {first}, is after the last, {last}")
    settings = read_settings()
    sites = [site] if site else names()
    warehouse.require(location(settings))
    console = open_console(stderr=True)
    if settings.dask_address:
        with loading_prefect(console):
            import prefect  # noqa: F401  # the parts are tasks of its
    failures: dict[str, Exception] = {}
    for name in sites:
        try:
            with heeding_interrupts(), fan_out.over(settings.dask_address):
                with shown_progress(console):
                    found = read_again(settings, name, first, last)
                _print_changes(name, found.pages, found.articles, found.table(), found.verdicts)
                run = None if dry_run else publish_replay(settings, found)
        except Exception as error:  # noqa: BLE001  # raised below: the other sites do not wait for it
            failures[name] = error
            continue
        if run is not None:
            say(console, describe_run(run.row()))
    _raise_last(failures)


def _raise_last(failures: dict[str, Exception]) -> None:
    """Says what failed, by site, each once: the last error is told by whoever catches it."""
    if not failures:
        return
    from flows.printing import open_console, say

    *others, (name, failure) = failures.items()
    for site, error in others:
        say(open_console(stderr=True), f"The replay of {site} failed: {error}")
    failure.add_note(f"That was the replay of {name}")
    raise failure


def _print_changes(
    site: str, pages: int, articles: int, rows: list[dict[str, Any]], verdicts: Mapping[str, int]
) -> None:
    from rich.table import Table
    from rich.text import Text

    from flows.printing import open_console, show_table

    click.echo(f"{site}: {pages:,} pages read again; {articles:,} articles differ")
    for what, count in sorted(verdicts.items()):
        click.echo(f"  {count:,} pages were {what}")
    if not rows:
        return
    table = Table(header_style="dim")
    table.add_column("field", no_wrap=True)
    table.add_column("articles", justify="right")
    table.add_column("examples", overflow="fold")
    for row in rows:
        shown = "".join(letter for letter in row["examples"] if letter.isprintable())
        table.add_row(row["field"], f"{row['articles']:,}", Text(shown))
    show_table(open_console(), table)
