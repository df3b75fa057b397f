"""`wirehouse restore`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("restore")
@click.option(
    "--from", "source", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="The directory that holds the backup.",
)  # fmt: skip
def verb(source: Path) -> None:
    """Make a warehouse from a backup, where WIREHOUSE_HOME says; every file is verified."""
    from flows.backup import restore
    from flows.settings import read_settings

    settings = read_settings()
    done = restore(settings, source)
    click.echo(
        f"Restored snapshot {done.snapshot_id} to {settings.home}: {done.files:,} files, {done.bytes / 1e6:,.1f} MB",
        err=True,
    )
