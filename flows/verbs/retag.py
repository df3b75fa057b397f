"""`wirehouse retag`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.retagging import Retagged


@click.command("retag")
@click.option("--scheme", "schemes", multiple=True, help="A scheme to bring up to date; may be repeated. Default: all.")
@click.option("--dry-run", is_flag=True, help="Only list the tags that would change.")
def verb(schemes: tuple[str, ...], *, dry_run: bool) -> None:
    """Tag anew what was tagged by another version of a vocabulary, model or rule; fetches nothing."""
    if dry_run:
        _list_changes(schemes)
    else:
        _retag(schemes)


def _retag(schemes: Sequence[str]) -> None:
    from flows.printing import open_console, say
    from flows.retagging import retag
    from flows.settings import read_settings
    from flows.terminal import shown_progress

    console = open_console(stderr=True)
    with shown_progress(console):
        done = retag(read_settings(), schemes)
    say(console, _described(done))


def _list_changes(schemes: Sequence[str]) -> None:
    """One line for each tag that would change to standard output, and their counts to the other."""
    from flows.retagging import Retagged, changes
    from flows.settings import read_settings

    done = Retagged()
    for articles, found in changes(read_settings(), schemes):
        done.count(articles, found)
        for row in found.fillna("-").itertuples(index=False):
            click.echo(f"{row.change}\t{row.scheme}\t{row.tag}\t{row.article_uid}\t{row.before} -> {row.after}")
    click.echo(f"Would change: {_described(done)}", err=True)


def _described(done: Retagged) -> str:
    counts = ", ".join(f"{count} {change}" for change, count in done.changes.items())
    return f"{done.articles} articles tagged anew; tags: {counts}"
