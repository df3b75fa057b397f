"""`wirehouse demo`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Where to put the demo's warehouse.")
@click.option("--open", "opens", is_flag=True, help="Open the dashboard in a browser at the end.")
def verb(home: Path | None, *, opens: bool) -> None:
    """Ingest a small replica of a news site twice, an hour of its time apart, and look at what came of it."""
    from flows.demo import run_demo

    run_demo(home, opens=opens)
