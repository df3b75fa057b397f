"""`wirehouse upgrade`."""

from __future__ import annotations

import click


@click.command("upgrade")
def verb() -> None:
    """Bring the catalog of an older version to this one; a catalog in a file is copied first."""
    import warehouse
    from flows.location import location
    from flows.settings import read_settings

    done = warehouse.upgrade(location(read_settings()))
    if done is None:
        click.echo("The catalog is of this version: nothing to do", err=True)
        return
    kept = f"; as it was it is in {done.copy}" if done.copy else ""
    click.echo(f"Brought the catalog from DuckLake {done.found} to {done.wanted}{kept}", err=True)
