"""The DuckDB shell over the warehouse, and the script that attaches it elsewhere."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import warehouse
from flows.errors import FlowsError
from flows.location import location
from flows.settings import read_settings


def open_shell() -> int:
    """Starts the DuckDB shell of the package `duckdb-cli` with the warehouse attached; returns its exit status.

    Raises:
        WarehouseMissing: there is no warehouse.
        FlowsError: the shell is not installed.
    """
    where = location(read_settings())
    with warehouse.connect(where):
        pass  # what is wrong is said in our words, not in the shell's
    program = _program()
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "attach.sql"
        quiet = warehouse.attach_script(where, with_packaged_extensions=True)
        lines = warehouse.greeting().splitlines() if sys.stdin.isatty() else ()  # a script's output is its answers
        hello = "".join(f'.print "{line}"\n' for line in lines)
        script.write_text(f".output {os.devnull}\n{quiet}\n.output\n{hello}", encoding="utf-8")
        # Ctrl-C is the shell's: there it stops a query or clears the line. It does not inherit a handler.
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            return subprocess.run([str(program), "-init", str(script)], check=False).returncode  # noqa: S603 - our package's
        finally:
            signal.signal(signal.SIGINT, before)


def write_script(to: Path) -> None:
    """Writes the SQL that attaches the warehouse in any DuckDB session."""
    where = location(read_settings())
    with warehouse.connect(where):
        pass
    to.write_text(warehouse.attach_script(where), encoding="utf-8")


def _program() -> Path:
    package = importlib.util.find_spec("duckdb_cli")
    program = Path(package.origin).with_name("duckdb") if package is not None and package.origin is not None else None
    if program is None or not program.exists():
        raise FlowsError("the DuckDB shell is not installed: pip install duckdb-cli, of the version of duckdb")
    return program
