"""Finds the data sets that benchmarks read and the repository does not hold."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any


def data_file(name: str) -> Path | None:
    """The path of a data set's file, None where it is not there."""
    root = os.environ.get("WIREHOUSE_BENCH_DATA") or Path(__file__).parents[2] / "shared" / "data"
    path = Path(root) / name
    return path if path.exists() else None


def json_lines(name: str) -> list[dict[str, Any]]:
    """The lines of a gzipped file of JSON lines; none where it is not there."""
    path = data_file(name)
    if path is None:
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
