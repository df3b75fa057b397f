"""Runs the benchmarks named on the command line, or all of them, and writes their tables into RESULTS.md."""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import re
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import benchmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.results import Row

RESULTS = Path(__file__).parent / "RESULTS.md"
VERSIONS = ("wirehouse", "scrapy", "prefect", "pandas", "pyarrow", "duckdb", "selectolax", "lxml", "fastwarc", "uvloop")
HEAD = """# Benchmark results

Written by `make bench`. Rates depend on the machine: read them as ratios within a table, which were all measured in the
same run. A section says when, with what and on what it was measured.
"""


def main(names: Sequence[str]) -> None:
    for name in names or [each.name for each in pkgutil.iter_modules(benchmarks.__path__)]:
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "run"):
            continue
        sys.stdout.write(f"{name} …\n")
        sys.stdout.flush()
        rows: list[Row] = module.run()
        section = _section(name, module.__doc__ or "", rows)
        sys.stdout.write(section + "\n")
        _replace_section(name, section)


def _section(name: str, description: str, rows: Sequence[Row]) -> str:
    lines = [f"## {name}", "", description.strip(), "", "| what | value | unit | note |", "| --- | ---: | --- | --- |"]
    lines += [f"| {row.name} | {row.value:,.4g} | {row.unit} | {row.note} |" for row in rows]
    versions = ", ".join(f"{each} {version(each)}" for each in VERSIONS)
    machine = f"{os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}"
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    lines += ["", f"Measured {stamp}; Python {platform.python_version()}; {versions}; {machine}.", ""]
    return "\n".join(lines)


def _processor() -> str:
    try:
        match = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        match = None
    return match[1] if match else platform.processor() or "processor unknown"


def _replace_section(name: str, section: str) -> None:
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    pattern = re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if pattern.search(text):
        text = pattern.sub(lambda _: section + "\n", text)
    else:
        text = text.rstrip("\n") + "\n\n" + section + "\n"
    RESULTS.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
