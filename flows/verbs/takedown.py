"""`wirehouse takedown`."""

from __future__ import annotations

import sys
from typing import Any

import click


def _said(_context: click.Context, _parameter: click.Parameter, reason: str) -> str:
    if not reason.strip():
        raise click.BadParameter("it is empty: say why, for it is kept in the table takedowns")
    return reason


@click.command("takedown")
@click.argument("article_uid")
@click.option("--reason", required=True, callback=_said, help="Why; kept in the table takedowns.")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant; needed where there is no terminal.")
def verb(article_uid: str, reason: str, *, yes: bool) -> None:
    """Remove an article for good, everywhere, and record that it was done."""
    from flows.settings import read_settings
    from flows.takedown import take_down

    if not yes and not sys.stdin.isatty():
        raise click.UsageError(
            f"nothing was done: {article_uid} would be removed for good, and there is no terminal to ask whether that"
            " is meant; with --yes it is not asked"
        )
    if not yes:
        click.confirm(f"Remove {article_uid} from every table, snapshot, archive and export, for good?", abort=True)
    row = take_down(read_settings(), article_uid, reason)
    click.echo(_described(row, reason), err=True)
    for each in row["outstanding"]:
        click.echo(f"Still held by {each}: {_remedy(each)}", err=True)


def _described(row: dict[str, Any], reason: str) -> str:
    """One line about what was done, now or earlier."""
    uid, done_at = row["article_uid"], row["was_done_at"]
    if done_at is None:
        return (
            f"Took down {uid}: {row['rows_removed']} rows removed, {row['records_blanked']} records of the archive"
            " blanked, earlier snapshots given up"
        )
    kept = "" if reason == row["reason"] else "; that reason is kept, not the one given now"
    held = "" if row["outstanding"] else "; no copy that is known of still holds it"
    return f"{uid} was taken down already, {done_at:%Y-%m-%d %H:%M} UTC: {row['reason']}{kept}{held}"


def _remedy(outstanding: str) -> str:
    if outstanding.startswith("backup "):
        return "make a new backup there, or remove it, and take down again to bring this list up to date"
    return "remove it there yourself"
