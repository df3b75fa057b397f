"""`wirehouse rollback`."""

from __future__ import annotations

import click


@click.command("rollback")
@click.argument("run_id")
def verb(run_id: str) -> None:
    """Take one bad run's effect back out, as a new run; nothing else is lost."""
    from flows.rollback import roll_back
    from flows.settings import read_settings

    counts = roll_back(read_settings(), run_id)
    click.echo(
        f"Took back {run_id}: {counts['gone']} articles went, {counts['restored']} are what other runs saw,"
        f" {counts['due_again']} addresses are due again",
        err=True,
    )
