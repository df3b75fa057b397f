"""`wirehouse shell`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("shell")
@click.option(
    "--write", "script", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the SQL that attaches the warehouse, to `.read` in another DuckDB, instead of starting the shell.",
)  # fmt: skip
def verb(script: Path | None) -> None:
    """Start the DuckDB shell with the warehouse attached, read-only."""
    if script is not None and not script.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no directory {script.absolute().parent}", param_hint="--write")
    from flows.shell import open_shell, write_script

    if script is not None:
        write_script(script)
    else:
        sys.exit(open_shell())
