"""Feeds and site maps: how many of the files of two test collections are read, well-formed or not.

The files are the test cases of feedparser and of crawler-commons and two real feeds, from `../shared/data` or from
`WIREHOUSE_BENCH_DATA`; robots files among them are read as what they are not. Most of feedparser's cases hold an entry
without an address, so that few can announce anything.
"""

from __future__ import annotations

import os
import time
import warnings
from collections import Counter
from pathlib import Path

from benchmarks.results import Row
from spiders.doors import DoorReading, read_feed, read_sitemap

DATA = Path(os.environ.get("WIREHOUSE_BENCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
DOORS = {".xml", ".rss", ".gz", ".z", ".txt"}
ADDRESS = "https://www.example.com/door"


def run() -> list[Row]:
    files = sorted(path for path in (DATA / "feeds_sitemaps").rglob("*") if path.suffix in DOORS and path.is_file())
    if not files:
        return [Row("files", 0, "files", "no data: put it into ../shared/data or name it in WIREHOUSE_BENCH_DATA")]
    rows = []
    for name, is_sitemap in (("feeds", False), ("site maps", True)):
        rows += _measure(name, [path for path in files if ("crawler-commons" in path.parts) == is_sitemap])
    return rows


def _measure(name: str, files: list[Path]) -> list[Row]:
    if not files:
        return []
    found: Counter[str] = Counter()
    crashed: list[str] = []
    slowest, slowest_file = 0.0, ""
    for path in files:
        started = time.perf_counter()
        try:
            reading = _read(path)
        except Exception as error:  # noqa: BLE001  # counting them is the point
            crashed.append(f"{path.name}: {type(error).__name__}")
            continue
        took = time.perf_counter() - started
        if took > slowest:
            slowest, slowest_file = took, path.name
        found["read"] += 1
        found["announcing"] += bool(reading.announcements or reading.sitemaps)
        found["problem"] += reading.problem is not None
        found["lost"] += reading.problem is None and not (reading.announcements or reading.sitemaps)
    count = len(files)
    return [
        Row(f"{name}: read without a crash", 100 * found["read"] / count, "%", "; ".join(crashed) or f"{count} files"),
        Row(f"{name}: giving announcements", 100 * found["announcing"] / count, "%", ""),
        Row(f"{name}: with a problem reported", 100 * found["problem"] / count, "%", ""),
        Row(f"{name}: neither", 100 * found["lost"] / count, "%", "entries without an address, or none"),
        Row(f"{name}: the slowest", 1000 * slowest, "ms", slowest_file),
    ]


def _read(path: Path) -> DoorReading:
    body = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_sitemap(body) if "crawler-commons" in path.parts else read_feed(body, ADDRESS, None)
