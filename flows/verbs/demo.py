"""`wirehouse demo`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Where to put the demo's warehouse.")
def verb(home: Path | None) -> None:
    """Ingest a small replica of a news site twice, an hour of its time apart, and look at what came of it."""
    from flows.demo import run_demo

    run_demo(home)
