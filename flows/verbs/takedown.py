"""`wirehouse takedown`."""

from __future__ import annotations

import sys

import click


@click.command("takedown")
@click.argument("article_uid")
@click.option("--reason", required=True, help="Why; kept in the table takedowns.")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
def verb(article_uid: str, reason: str, *, yes: bool) -> None:
    """Remove an article for good, everywhere, and record that it was done."""
    from flows.settings import read_settings
    from flows.takedown import take_down

    if not yes and sys.stdin.isatty():
        click.confirm(f"Remove {article_uid} from every table, snapshot, archive and export, for good?", abort=True)
    row = take_down(read_settings(), article_uid, reason)
    click.echo(
        f"Took down {article_uid}: {row['rows_removed']} rows removed, {row['records_blanked']} records of the archive"
        " blanked, earlier snapshots given up",
        err=True,
    )
    for each in row["outstanding"]:
        click.echo(f"Still held by {each}: remove it there yourself", err=True)
