"""Eight readers in processes of their own, during all of 100 commits of 60 rows by the writer's process.

A reader compares the counts of four tables in one query: a commit seen in part would make them differ. The commits are
`warehouse.publish` as in production, one after the other, with maintenance twice between; they are measured before
without readers. Delay is what a commit took with readers beyond the median of those without.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import warehouse
from benchmarks.many_commits import ROWS, a_run
from benchmarks.results import Row

READERS = 8
COMMITS = 100
ALONE = 10

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
print(looks, errors, partial, slowest)
"""


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        location = warehouse.Location(f"sqlite:{home / 'catalog.sqlite'}", f"{home / 'lake'}/")
        warehouse.create(location)
        alone = [_commit(location, number) for number in range(ALONE)]
        end = home / "end"
        command = [sys.executable, "-c", READER, location.catalog, location.data_path, str(end)]
        readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
        # What their start takes from the processors is no part of it.
        for reader in readers:
            assert reader.stdout is not None
            reader.stdout.readline()
        beside, began = [], time.perf_counter()
        for number in range(ALONE, ALONE + COMMITS):
            beside.append(_commit(location, number))
            if number in {40, 80}:
                warehouse.maintain(location, timedelta(days=30))
        seconds = time.perf_counter() - began
        end.touch()
        answers = [reader.communicate()[0].split() for reader in readers]
    looks, errors, partial = (sum(int(answer[place]) for answer in answers) for place in range(3))
    usual = statistics.median(alone)
    return [
        Row("reads", looks, "", f"{READERS} readers, {seconds:.0f} s"),
        Row("errors", errors, "", "target 0"),
        Row("reads that saw part of a run", partial, "", "target 0"),
        Row("slowest read", max(float(answer[3]) for answer in answers), "s"),
        Row("commit without readers, median", usual, "s", f"{ALONE} commits"),
        Row(
            "commit beside readers, median",
            statistics.median(beside),
            "s",
            f"{COMMITS} commits",
        ),
        Row("longest delay of a commit", max(beside) - usual, "s", "target at most 1"),
    ]


def _commit(location: warehouse.Location, number: int) -> float:
    appends, replaces = a_run(number)
    began = time.perf_counter()
    warehouse.publish(location, f"run-{number}", appends, replaces)
    return time.perf_counter() - began
