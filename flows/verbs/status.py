"""`wirehouse status`."""

from __future__ import annotations

import click


@click.command("status")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="How to write it.")  # fmt: skip
def verb(form: str) -> None:
    """Say whether the warehouse is healthy, how fresh it is and what is missing."""
    from flows.settings import read_settings
    from flows.status import look

    status = look(read_settings())
    if form == "json":
        click.echo(status.to_json())
        return
    from flows.printing import open_console
    from flows.status_table import show_status

    show_status(open_console(), status)
