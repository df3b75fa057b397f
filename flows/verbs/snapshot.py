"""`wirehouse snapshot`."""

from __future__ import annotations

from datetime import timedelta

import click


@click.command("snapshot")
@click.argument("name")
@click.option("--keep", default=365, show_default=True, type=click.IntRange(1, 36_500), help="For how many days.")
@click.option("--run", "run_id", help="Name the snapshot that this run made, instead of the newest.")
def verb(name: str, keep: int, run_id: str | None) -> None:
    """Give the warehouse as it is now a name, so that a report can be made again from it.

    `wirehouse sql --snapshot NAME` reads it; maintenance keeps it for as long as is said. The same name again changes
    for how long.
    """
    import warehouse
    from flows.location import location
    from flows.settings import read_settings

    number = warehouse.name_snapshot(location(read_settings()), name, timedelta(days=keep), run_id=run_id)
    click.echo(f"{name} is snapshot {number}, kept for {keep} days: wirehouse sql --snapshot {name} …", err=True)
