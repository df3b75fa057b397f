"""Maintenance changes how the lake is stored, never what is in it, beside readers and publishers and when killed."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

import warehouse
from tests.warehouse.rows import a_run, articles
from tests.warehouse.test_lake import python
from tests.warehouse.test_processes import READ, WHOLE, WRITE
from tests.warehouse.test_publish import ask
from warehouse.declared import tables

MONTH = timedelta(days=30)
NOTHING = timedelta(0)

MAINTAIN = """
import sys, warehouse
from datetime import timedelta
location, kept = warehouse.Location(*sys.argv[1:3]), timedelta(days=int(sys.argv[3]))
print("ready", flush=True)
while True:
    warehouse.maintain(location, kept, grace=kept)
"""


def fill(location: warehouse.Location, runs: int) -> None:
    """Each run sees two new articles and replaces one of the run before; unchecked, which takes a third of the time."""
    for number in range(runs):
        run_id = f"run-{number}"
        run = a_run(run_id, [f"{run_id}-a", f"{run_id}-b"])
        warehouse.publish(location, run_id, **run, check=False)
    again = articles("run-0", [f"run-{number}-a" for number in range(runs)], word_count=7)
    warehouse.publish(
        location, "again", {"runs": a_run("again", [])["appends"]["runs"]}, {"articles": again}, check=False
    )


def contents(location: warehouse.Location) -> dict[str, list[Any]]:
    """All rows, and the snapshot each run made."""
    with warehouse.connect(location) as connection:
        rows = {name: sorted(map(str, connection.execute(f"FROM {name}").fetchall())) for name in tables()}
        rows["snapshots"] = sorted(connection.execute("SELECT run_id, snapshot_id FROM runs").fetchall())
    return rows


def files_on_disk(location: warehouse.Location) -> set[str]:
    return {file.name for file in location.data_directory.rglob("*.parquet")}


def test_many_small_files_become_few_and_the_rows_stay(location: warehouse.Location) -> None:
    fill(location, 6)
    before = contents(location)
    done = warehouse.maintain(location, MONTH)
    assert contents(location) == before
    # One file is left for each table and month.
    assert done.after.files <= 14 < 3 * done.after.files <= done.before.files
    assert done.files_compacted > 12
    assert done.snapshots_expired == done.files_removed == 0


def test_maintenance_again_changes_nothing(location: warehouse.Location) -> None:
    fill(location, 3)
    warehouse.maintain(location, MONTH)
    snapshot = ask(location, "FROM lake.current_snapshot()")
    again = warehouse.maintain(location, MONTH)
    assert (again.files_compacted, again.files_rewritten, again.files_removed) == (0, 0, 0)
    assert again.before == again.after
    assert ask(location, "FROM lake.current_snapshot()") == snapshot


def test_a_snapshot_can_be_read_again_within_its_retention_and_not_after(location: warehouse.Location) -> None:
    fill(location, 3)
    (named,) = ask(location, "SELECT snapshot_id FROM runs WHERE run_id = 'run-1'")[0]
    then = f"SELECT count(*) FROM lake.articles AT (VERSION => {named})"
    warehouse.maintain(location, MONTH, grace=NOTHING)
    assert ask(location, then) == [(4,)]
    done = warehouse.maintain(location, NOTHING, grace=NOTHING)
    assert done.snapshots_expired > 3
    with pytest.raises(duckdb.Error, match=r"(?i)snapshot"):
        ask(location, then)
    assert ask(location, "SELECT count(*) FROM articles") == [(6,)]


def test_of_older_snapshots_the_last_of_each_day_is_kept(location: warehouse.Location) -> None:
    fill(location, 4)
    snapshots = [number for (number,) in ask(location, "SELECT snapshot_id FROM runs ORDER BY snapshot_id")]
    # As if the first two runs had been yesterday.
    with contextlib.closing(sqlite3.connect(location.catalog_file)) as catalog, catalog:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        catalog.execute(
            "UPDATE ducklake_snapshot SET snapshot_time = ? WHERE snapshot_id <= ?", [f"{yesterday}", snapshots[1]]
        )
    warehouse.maintain(location, MONTH, keep_all=timedelta(hours=20))
    there = {number for (number,) in ask(location, "SELECT snapshot_id FROM ducklake_snapshots('lake')")}
    assert snapshots[0] not in there
    assert set(snapshots[1:]) <= there


def test_files_stay_for_readers_until_the_grace_is_over_then_go(location: warehouse.Location) -> None:
    fill(location, 3)
    there = files_on_disk(location)
    assert warehouse.maintain(location, NOTHING).files_removed == 0
    assert there <= files_on_disk(location)
    later = datetime.now(UTC) + timedelta(days=2)
    warehouse.maintain(location, NOTHING, now=later)
    warehouse.maintain(location, NOTHING, now=later)
    assert not there & files_on_disk(location)
    assert len(files_on_disk(location)) == warehouse.maintain(location, NOTHING).after.files


def test_a_file_that_a_killed_publisher_left_is_removed_once_nobody_can_be_writing_it(
    location: warehouse.Location,
) -> None:
    fill(location, 1)
    left = location.data_directory / "main" / "articles" / "left.parquet"
    left.write_bytes(b"half a file")
    warehouse.maintain(location, MONTH)
    assert left.exists()
    warehouse.maintain(location, MONTH, now=datetime.now(UTC) + timedelta(days=2))
    assert not left.exists()


def test_the_catalog_gives_back_the_room_of_expired_snapshots_while_a_reader_reads(
    location: warehouse.Location,
) -> None:
    fill(location, 3)
    with warehouse.connect(location) as reader:
        before = reader.execute("SELECT count(*) FROM articles").fetchall()
        with warehouse.connect(location, read_only=False) as writer:
            writer.execute("CREATE TABLE lake.wide (" + ", ".join(f"c{n} INTEGER" for n in range(200)) + ")")
            for number in range(40):  # a row of statistics for each column of each file
                writer.execute(f"INSERT INTO lake.wide BY NAME SELECT {number} AS c0")
            writer.execute("DROP TABLE lake.wide")
        grown = location.catalog_file.stat().st_size
        done = warehouse.maintain(location, NOTHING, grace=NOTHING)
        assert reader.execute("SELECT count(*) FROM articles").fetchall() == before
    warehouse.maintain(location, NOTHING, grace=NOTHING)
    assert done.before.catalog_bytes == grown
    assert location.catalog_file.stat().st_size < grown * 0.75


def test_maintenance_without_a_warehouse_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.mktemp("nowhere")
    location = warehouse.Location(f"sqlite:{nowhere / 'catalog.sqlite'}", f"{nowhere / 'lake'}/")
    with pytest.raises(warehouse.WarehouseMissing):
        warehouse.maintain(location, MONTH)


def test_readers_and_a_publisher_go_on_while_maintenance_repeats(location: warehouse.Location) -> None:
    reader = python(READ, location.catalog, location.data_path)
    keeper = python(MAINTAIN, location.catalog, location.data_path, "1")
    try:
        for process in (reader, keeper):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for number in range(8):
            run_id = f"run-{number}"
            warehouse.publish(location, run_id, **a_run(run_id, [f"{run_id}-{n}" for n in range(20)]))
        _, problem = reader.communicate(timeout=60)
        assert reader.returncode == 0, problem
        assert keeper.poll() is None
    finally:
        keeper.kill()
        keeper.communicate()


def test_maintenance_killed_anywhere_leaves_whole_runs_and_the_next_one_finishes(location: warehouse.Location) -> None:
    moments = random.Random(11)
    writer = python(WRITE, location.catalog, location.data_path, "0")
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        for _ in range(5):
            keeper = python(MAINTAIN, location.catalog, location.data_path, "0")
            assert keeper.stdout is not None
            assert keeper.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0.3, 1.5))
            keeper.send_signal(signal.SIGKILL)
            keeper.communicate()
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    runs, *whole = ask(location, WHOLE)[0]
    assert runs > 1
    assert whole == [runs * 20] * 3
    before = contents(location)
    for _ in range(2):
        warehouse.maintain(location, NOTHING, grace=NOTHING)
    assert contents(location) == before
    with warehouse.connect(location) as connection:
        assert [each for each in warehouse.checks.run(connection) if not each.passed] == []
