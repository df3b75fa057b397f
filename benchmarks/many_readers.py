"""Eight readers in processes of their own, during all of 100 commits of 60 rows by the writer's process.

A reader compares the counts of four tables in one query, half a second after its last answer: a commit seen in part
would make them differ. The commits are `warehouse.publish` as in production, one after the other, with maintenance
twice between. They are measured before without readers, and beside eight readers of another warehouse: those take from
the processors what ours do, and can block nothing. Delay is what the longest of the commits beside our readers took
beyond the median of those without.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import warehouse
from benchmarks.many_commits import ROWS, a_run
from benchmarks.results import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

READERS = 8
COMMITS = 100
ALONE = 10
UNBLOCKED = 30

READER = f"""
import pathlib, sys, time, warehouse
location, end = warehouse.Location(*sys.argv[1:3]), pathlib.Path(sys.argv[3])
errors = partial = looks = 0
slowest = 0.0
with warehouse.connect(location) as connection:
    print("ready", flush=True)
    while not end.exists():
        began = time.perf_counter()
        try:
            counts = connection.execute(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM revisions),"
                " (SELECT count(*) FROM fetches), (SELECT count(*) * {ROWS} FROM runs)"
            ).fetchone()
            partial += len(set(counts)) > 1
        except Exception as error:
            errors += 1
            print(error, file=sys.stderr)
        looks += 1
        slowest = max(slowest, time.perf_counter() - began)
        time.sleep(0.5)
print(looks, errors, partial, slowest)
"""


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        ours, other = (_warehouse(Path(folder) / name) for name in ("ours", "other"))
        for number in range(ALONE):
            _commit(other, number)
        alone = [_commit(ours, number) for number in range(ALONE)]
        with _readers(other, Path(folder) / "end-of-others"):
            unblocked = [_commit(ours, number) for number in range(ALONE, ALONE + UNBLOCKED)]
        beside: list[float] = []
        began = time.perf_counter()
        with _readers(ours, Path(folder) / "end") as answers:
            for number in range(COMMITS):
                beside.append(_commit(ours, ALONE + UNBLOCKED + number))
                if number in {40, 80}:
                    warehouse.maintain(ours, timedelta(days=30))
        seconds = time.perf_counter() - began
    looks, errors, partial = (sum(int(answer[place]) for answer in answers) for place in range(3))
    usual = statistics.median(alone)
    return [
        Row("reads", looks, "", f"{READERS} readers, {seconds:.0f} s"),
        Row("errors", errors, "", "target 0"),
        Row("reads that saw part of a run", partial, "", "target 0"),
        Row("slowest read", max(float(answer[3]) for answer in answers), "s"),
        Row("commit without readers, median", usual, "s", f"{ALONE} commits"),
        Row("commit beside readers of another warehouse, median", statistics.median(unblocked), "s", f"{UNBLOCKED}"),
        Row("commit beside readers of another warehouse, longest", max(unblocked), "s"),
        Row("commit beside readers, median", statistics.median(beside), "s", f"{COMMITS} commits"),
        Row("longest delay of a commit", max(beside) - usual, "s", "target at most 1"),
    ]


def _warehouse(home: Path) -> warehouse.Location:
    home.mkdir()
    location = warehouse.Location(f"sqlite:{home / 'catalog.sqlite'}", f"{home / 'lake'}/")
    warehouse.create(location)
    return location


@contextmanager
def _readers(location: warehouse.Location, end: Path) -> Iterator[list[list[str]]]:
    """Readers at work; what they saw is in the list when they have ended."""
    command = [sys.executable, "-c", READER, location.catalog, location.data_path, str(end)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
    # What their start takes from the processors is no part of it.
    for reader in readers:
        assert reader.stdout is not None
        reader.stdout.readline()
    answers: list[list[str]] = []
    try:
        yield answers
    finally:
        end.touch()
        answers += [reader.communicate()[0].split() for reader in readers]


def _commit(location: warehouse.Location, number: int) -> float:
    appends, replaces = a_run(number)
    began = time.perf_counter()
    warehouse.publish(location, f"run-{number}", appends, replaces)
    return time.perf_counter() - began
