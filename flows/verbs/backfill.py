"""`wirehouse backfill`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from flows.errors import EndedEarly, FilesNotRead
from flows.parameters import BASE_URL, SITE

if TYPE_CHECKING:
    from datetime import datetime

    from rich.table import Table

_DAY = click.DateTime(["%Y-%m-%d"])
#: So many files that were not read are named at the end.
_NAMED = 5
_HEADINGS = {
    "site_date": "day",
    "fetched_on": "fetched on",
    "never_looked_at": "never looked at",
    "is_complete": "complete",
}


@click.command("backfill")
@SITE
@click.option("--start", type=_DAY, help="The first day of publication, in the site's own zone.")
@click.option("--end", type=_DAY, help="The last day.")
@click.option("--ids", metavar="LO-HI", help="Instead of days a range of article ids, for example 3725000-3725100.")
@click.option(
    "--urls",
    type=click.Path(exists=True, dir_okay=False),
    help="Instead of days a list of addresses, one a line, or a site map or an index of them.",
)
@click.option(
    "--warc", multiple=True, metavar="GLOB", help="Instead of days WARC files; nothing is fetched. May be repeated."
)
@BASE_URL
@click.option("--dry-run", is_flag=True, help="Only print the plan: by day what is there and what is missing.")
def verb(
    site: str,
    start: datetime | None,
    end: datetime | None,
    ids: str | None,
    urls: str | None,
    warc: tuple[str, ...],
    base_url: str | None,
    *,
    dry_run: bool,
) -> None:
    """Fill in the past of a site, by a plan; run again it goes on where it stopped.

    One of --start and --end, --ids, --urls or --warc says what is wanted. What is there is not asked for again.
    """
    from flows.backfill_target import read_target
    from flows.home import require_home
    from flows.look_ahead import look_ahead
    from flows.printing import open_console, say, show_table
    from flows.settings import read_settings
    from flows.terminal import describe_run, loading_prefect, shown_progress

    if sum(map(bool, (start or end, ids, urls, warc))) != 1:
        raise click.UsageError("give one of --start and --end, --ids, --urls or --warc")
    parameters: dict[str, Any] = {
        "base_url": base_url,
        "start": start.date() if start else None,
        "end": end.date() if end else None,
        "ids": ids,
        "urls": urls,
        "warc": list(warc) or None,
    }
    # What cannot be used is said before anything is started.
    settings = read_settings()
    target = read_target(site, **parameters)
    console = open_console(stderr=True)
    for remark in target.remarks():
        say(console, f"Not asked for: {remark}")
    if dry_run:
        rows, estimate, not_read = look_ahead(settings, target)
        show_table(open_console(), _table(rows))
        click.echo(estimate)
        _refuse(not_read)
        return
    require_home(settings.home)
    with loading_prefect(console):
        from flows.backfill import backfill  # imports Prefect
    with shown_progress(console):
        done = backfill(site=site, **parameters)
    for row in done["runs"]:
        say(console, describe_run(row))
    if done["gone"]:
        say(console, f"{done['gone']:,} address{' is' if done['gone'] == 1 else 'es are'} gone.")
    if warc:
        say(console, done["estimate"])
    if done["reason"]:
        if done["not_read"]:
            say(console, _named(done["not_read"]))
        raise EndedEarly(f"{done['left']:,} still to do: {done['reason']}. Run it again later: it goes on there")
    say(console, ending(done))
    _refuse(done["not_read"])


def ending(done: dict[str, Any]) -> str:
    """The last sentence about what a flow that did not end early did."""
    if not done["runs"]:
        read = "what could be read" if done["not_read"] else "all of it"
        return f"Nothing to do: {read} is there, or known not to be."
    return "Done."


def _refuse(not_read: list[str]) -> None:
    """What was read is imported; that more was wanted is a failure all the same."""
    if not_read:
        raise FilesNotRead(_named(not_read))


def _named(not_read: list[str]) -> str:
    more = f" and {len(not_read) - _NAMED:,} more" if len(not_read) > _NAMED else ""
    return f"not every file was read to its end: {'; '.join(not_read[:_NAMED])}{more}"


def _table(rows: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table(header_style="dim")
    for name in rows[0] if rows else ("day",):
        table.add_column(
            _HEADINGS.get(name, name.replace("_", " ")),
            justify="left" if name in {"site_date", "fetched_on"} else "right",
        )
    for row in rows:
        table.add_row(*(_shown(value) for value in row.values()))
    return table


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
