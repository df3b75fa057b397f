"""Two thousand commits of 60 rows, with maintenance after every 100 (a day of runs every quarter of an hour).

The first, the 1,000th and the 2,000th commit are `warehouse.publish` as in production: opening, checks and commit; each
is the median of nine around it. Those between write the same rows in one transaction on one open connection, as all
2,000 as in production take a quarter of an hour. Latency: an aggregate over `articles` and `fetches`, by a reader in
a process of its own throughout.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

import warehouse
from benchmarks.results import Row
from warehouse.lake import open_lake

if TYPE_CHECKING:
    import duckdb

COMMITS = 2_000
ROWS = 60
A_DAY = 100
AROUND = {"1st": range(9), "1,000th": range(995, 1_004), "2,000th": range(1_991, 2_000)}
START = datetime(2026, 1, 1, tzinfo=UTC)
BODY = " ".join(f"word{number % 331}" for number in range(300))

READER = """
import sys, time, warehouse
with warehouse.connect(warehouse.Location(*sys.argv[1:])) as connection:
    print("ready", flush=True)
    while True:
        began = time.perf_counter()
        connection.execute(
            "SELECT source_agency, count(*), (SELECT max(fetched_at) FROM fetches) FROM articles GROUP BY ALL"
        ).fetchall()
        print(time.perf_counter() - began, flush=True)
        time.sleep(0.2)
"""


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        location = warehouse.Location(f"sqlite:{home / 'catalog.sqlite'}", f"{home / 'lake'}/")
        warehouse.create(location)
        with (home / "latency").open("w+", encoding="utf-8") as log:
            reader = subprocess.Popen([sys.executable, "-c", READER, location.catalog, location.data_path], stdout=log)
            try:
                seconds, pauses = _commit_all(location)
            finally:
                is_alive = reader.poll() is None
                reader.kill()
                reader.wait()
            log.seek(0)
            latencies = sorted(float(line) for line in log.read().splitlines()[1:])
        last = warehouse.maintain(location, timedelta(days=30))
    commits = {name: statistics.median(seconds[number] for number in numbers) for name, numbers in AROUND.items()}
    rows = [Row(f"{name} commit", took * 1000, "ms") for name, took in commits.items()]
    return [
        *rows,
        Row("2,000th over 1st", commits["2,000th"] / commits["1st"], "times", "target at most 1.5"),
        Row("reader, median", statistics.median(latencies) * 1000, "ms", f"{len(latencies)} reads, alive: {is_alive}"),
        Row("reader, 95th percentile", latencies[len(latencies) * 95 // 100] * 1000, "ms"),
        Row("maintenance, median of a day's", statistics.median(pauses), "s"),
        Row("files before the last", last.before.files, "files", "of the newest snapshot; maintained 100 commits ago"),
        Row("files after", last.after.files, "files"),
        Row("bytes before the last", last.before.bytes / 1e6, "MB"),
        Row("bytes after", last.after.bytes / 1e6, "MB"),
        Row("catalog", last.after.catalog_bytes / 1e6, "MB"),
    ]


def _commit_all(location: warehouse.Location) -> tuple[dict[int, float], list[float]]:
    """Seconds of each commit made as in production, and of each maintenance."""
    measured = {number for numbers in AROUND.values() for number in numbers}
    seconds: dict[int, float] = {}
    pauses: list[float] = []
    connection: duckdb.DuckDBPyConnection | None = None
    maintained = time.monotonic()
    for number in range(COMMITS):
        appends, replaces = a_run(number)
        if number in measured:
            began = time.perf_counter()
            warehouse.publish(location, f"run-{number}", appends, replaces)
            seconds[number] = time.perf_counter() - began
        else:
            connection = connection or open_lake(location, read_only=False)
            _write(connection, {**appends, **replaces})
        if number % A_DAY == A_DAY - 1 and number != COMMITS - 1:
            # What is made in a day here takes less than a minute: a day is the time since the last maintenance.
            day = timedelta(seconds=time.monotonic() - maintained)
            pauses.append(warehouse.maintain(location, timedelta(days=30), keep_all=day).seconds)
            maintained = time.monotonic()
            sys.stdout.write(f"{number + 1} commits\n")
            sys.stdout.flush()
    if connection is not None:
        connection.close()
    return seconds, pauses


def _write(connection: duckdb.DuckDBPyConnection, batches: dict[str, pa.Table]) -> None:
    connection.execute("BEGIN")
    for name, rows in batches.items():
        connection.register("incoming", rows)
        connection.execute(f"INSERT INTO lake.{name} BY NAME FROM incoming")
        connection.unregister("incoming")
    connection.execute("COMMIT")


def a_run(number: int) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """`appends` and `replaces` of a run that sees 60 new articles."""
    run_id, at = f"run-{number}", START + timedelta(minutes=15 * number)
    uids = [f"s:{number * ROWS + each}" for each in range(ROWS)]
    facts = {"site": "s", "run_id": run_id, "source_agency": "PTI", "title": "A headline", "body": BODY,
             "published_at": at, "state": "landed", "outcome": "new"}  # fmt: skip
    appends = {
        "runs": _rows("runs", [{**facts, "flow": "ingest", "state": "complete"}], at),
        "revisions": _rows("revisions", [{**facts, "article_uid": uid} for uid in uids], at),
        "fetches": _rows("fetches", [{**facts, "url": uid, "article_uid": uid} for uid in uids], at),
    }
    replaces = {
        "articles": _rows("articles", [{**facts, "article_uid": uid, "url": uid} for uid in uids], at),
        "urls": _rows("urls", [{**facts, "url": uid, "article_uid": uid} for uid in uids], at),
    }
    return appends, replaces


def _rows(table: str, facts: list[dict[str, object]], at: datetime) -> pa.Table:
    """Rows of the table; what may not be null and is not among the facts is filled in."""
    schema = warehouse.arrow_schema(table)
    fill: dict[str, object] = {"string": "x", "bool": True, "timestamp[us, tz=UTC]": at}
    empty = {field.name: None if field.nullable else fill.get(str(field.type), 1) for field in schema}
    return pa.Table.from_pylist([{**empty, **each} for each in facts], schema=schema)
