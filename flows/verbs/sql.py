"""`wirehouse sql`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("sql")
@click.argument("query")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "jsonl", "parquet"]), default="table",
    show_default=True, help="How to write the result.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write to.")
@click.option(
    "--formulas", is_flag=True,
    help="In csv, leave cells that a spreadsheet takes for formulas as they are, without an apostrophe before them.",
)  # fmt: skip
@click.option("--snapshot", help="Ask an older snapshot, by its name (see `wirehouse snapshot`) or number.")
def verb(query: str, form: str, out: Path | None, snapshot: str | None, *, formulas: bool) -> None:
    """Ask the warehouse a question: one SELECT-like statement, read-only."""
    if form == "parquet" and out is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for terminals: name a file with --out, or redirect the output.")
    if out is not None and not out.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no directory {out.absolute().parent}", param_hint="--out")
    from flows.asking import ask

    ask(query, form=form, out=out, keeps_formulas=formulas, snapshot=snapshot)
