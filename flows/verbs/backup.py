"""`wirehouse backup`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("backup")
@click.option("--to", required=True, type=click.Path(path_type=Path, file_okay=False), help="The directory to write.")
def verb(to: Path) -> None:
    """Copy catalog, data and archive as of one moment, while runs go on; only what is new is copied again."""
    from flows.backup import back_up
    from flows.settings import read_settings

    done = back_up(read_settings(), to)
    click.echo(
        f"Backed up snapshot {done.snapshot_id} to {to}: {done.files:,} files, {done.bytes / 1e6:,.1f} MB,"
        f" {done.copied:,} of them copied now",
        err=True,
    )
