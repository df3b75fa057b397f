"""`wirehouse sql`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import IO

import click

#: What a file's ending says of its format.
_ENDINGS = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".txt": "table",
}
_OPTION = re.compile(r"--([a-z][\w-]*(=.*)?)?", re.DOTALL)


class _Question(click.Command):
    """A command whose argument may begin with a comment of SQL."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Takes no text for an option that could be none; a space before it has no meaning in SQL."""
        comments = (each.startswith("--") and not _OPTION.fullmatch(each) for each in args)
        return super().parse_args(
            ctx, [f" {each}" if is_comment else each for each, is_comment in zip(args, comments, strict=True)]
        )


@click.command("sql", cls=_Question)
@click.argument("query", required=False)
@click.option("--file", type=click.File("rb"), help="Read the query from a file, - for standard input.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "jsonl", "parquet"]),
    help="How to write the result.  [default: by the ending of --out, else table]",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write to.")
@click.option(
    "--formulas", is_flag=True,
    help="In csv, leave cells that a spreadsheet takes for formulas as they are, without an apostrophe before them.",
)  # fmt: skip
@click.option("--snapshot", help="Ask an older snapshot, by its name (see `wirehouse snapshot`) or number.")
def verb(
    query: str | None,
    file: IO[bytes] | None,
    form: str | None,
    out: Path | None,
    snapshot: str | None,
    *,
    formulas: bool,
) -> None:
    """Ask the warehouse a question: one SELECT-like statement, read-only; - reads it from standard input."""
    form = form or _format_of(out)
    if form == "parquet" and out is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for terminals: name a file with --out, or redirect the output.")
    if out is not None and not out.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no directory {out.absolute().parent}", param_hint="--out")
    text = _text(query, file)
    from flows.asking import ask

    ask(text, form=form, out=out, keeps_formulas=formulas, snapshot=snapshot)


def _format_of(out: Path | None) -> str:
    if out is None:
        return "table"
    if form := _ENDINGS.get(out.suffix.lower()):
        return form
    raise click.BadParameter(
        f"{out.name} does not say the format: name it with --format, or end the file in {', '.join(_ENDINGS)}",
        param_hint="--out",
    )


def _text(query: str | None, file: IO[bytes] | None) -> str:
    if (query is None) == (file is None):
        raise click.UsageError("Give one query: as the argument, or with --file (- is standard input).")
    source: IO[bytes] | None = sys.stdin.buffer if query == "-" else file
    if source is None:
        return str(query)
    try:
        return source.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"The query is not in UTF-8 (byte {error.start}): save it so.") from error
