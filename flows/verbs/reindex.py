"""`wirehouse reindex`."""

from __future__ import annotations

from typing import Any

import click

from flows.errors import IndexesDiffer


@click.command("reindex")
@click.option("--dry-run", is_flag=True, help="Only compare, and say what differs.")
def verb(*, dry_run: bool) -> None:
    """Make what copies, stories and words are found with anew from the articles, and mend what differs."""
    import warehouse
    from flows.location import location
    from flows.printing import open_console, say
    from flows.settings import read_settings
    from flows.terminal import loading_prefect

    warehouse.require(location(read_settings()))
    console = open_console(stderr=True)
    with loading_prefect(console):
        from flows.reindex import reindex
    found = reindex(dry_run=dry_run)
    for row in found:
        say(console, describe_difference(row))
    differing = [row["table"] for row in found if row["lacking"] or row["wrong"]]
    if dry_run and differing:
        raise IndexesDiffer(f"{', '.join(differing)} differ from what the articles say; `wirehouse reindex` mends them")


def describe_difference(row: dict[str, Any]) -> str:
    """One line about how a table of an index compares with the articles."""
    leftover = f"; {row['leftover']} rows of texts that are gone" if row["leftover"] else ""
    if not row["lacking"] and not row["wrong"]:
        return f"{row['table']}: made anew it is the same{leftover}"
    return f"{row['table']}: {row['lacking']} rows lacking, {row['wrong']} wrong: {row['examples']}{leftover}"
