"""`wirehouse export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime


@click.command("export")
@click.option("--to", required=True, type=click.Path(path_type=Path, file_okay=False), help="The directory to write.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only rows of this day (UTC) or later.")
def verb(to: Path, since: datetime | None) -> None:
    """Write every table and view as plain Hive-partitioned Parquet, for engines that read no DuckLake."""
    from flows.asking import export_to

    counts = export_to(to, since.date() if since else None)
    click.echo(f"Exported {sum(counts.values()):,} rows of {len(counts)} relations to {to}", err=True)
