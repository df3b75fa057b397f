from __future__ import annotations

import contextlib
import json
import threading
import time
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest

import warehouse
from tests.warehouse.rows import NOON, a_run, articles, at, revisions, rows, run
from tests.warehouse.test_lake import python
from warehouse import transactions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import sys, time, warehouse
with warehouse.publish_lock(warehouse.Location(*sys.argv[1:])):
    print("held", flush=True)
    time.sleep(60)
"""


# In a process of its own: SQLite's locks do not hold between two copies of SQLite in one process.
INTRUDE = """
import sqlite3, sys, time
catalog = sqlite3.connect(sys.argv[1], isolation_level=None)
catalog.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@contextlib.contextmanager
def intruder(location: warehouse.Location, seconds: float) -> Iterator[float]:
    """Another process keeps the catalog locked for so long; gives the time since when."""
    process = python(INTRUDE, str(location.catalog_file), str(seconds))
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield time.monotonic()
    finally:
        process.kill()
        process.communicate()


def ask(location: warehouse.Location, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.connect(location) as connection:
        return connection.execute(sql).fetchall()


def counts(location: warehouse.Location) -> list[tuple[Any, ...]]:
    return ask(
        location,
        "SELECT (FROM lake.articles SELECT count(*)), (FROM lake.revisions SELECT count(*)),"
        " (FROM lake.fetches SELECT count(*)), (FROM lake.runs SELECT count(*)),"
        " (FROM lake.current_snapshot())",
    )


def test_a_run_is_one_snapshot_that_carries_its_id(location: warehouse.Location) -> None:
    before = ask(location, "FROM lake.current_snapshot()")[0][0]
    snapshot = warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b"]))
    assert snapshot == before + 1
    assert ask(location, "SELECT run_id, snapshot_id FROM runs") == [("run-1", snapshot)]
    ((message, extra),) = ask(
        location, f"SELECT commit_message, commit_extra_info FROM lake.snapshots() WHERE snapshot_id = {snapshot}"
    )
    assert (message, json.loads(extra)) == ("run-1", {"run_id": "run-1"})


def test_publishing_a_run_again_changes_nothing(location: warehouse.Location) -> None:
    first = warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b"]))
    before = counts(location)
    assert warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b", "c"])) == first
    assert counts(location) == before


def test_the_snapshot_of_a_run_outlives_expiry_flushing_and_merging(location: warehouse.Location) -> None:
    snapshots = [warehouse.publish(location, r, **a_run(r, [r])) for r in ("run-1", "run-2", "run-3")]
    with warehouse.lake.open_lake(location, read_only=False) as connection:
        connection.execute("CALL ducklake_flush_inlined_data('lake')")
        connection.execute("CALL ducklake_merge_adjacent_files('lake')")
        connection.execute("CALL ducklake_expire_snapshots('lake', older_than => now())")
        connection.execute("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")
    assert [s for (s,) in ask(location, "SELECT snapshot_id FROM runs ORDER BY run_id")] == snapshots
    assert warehouse.publish(location, "run-2", **a_run("run-2", ["z"])) == snapshots[1]


def test_the_snapshot_of_a_run_stays_where_its_row_is_replaced(location: warehouse.Location) -> None:
    snapshots = [warehouse.publish(location, r, **a_run(r, [r])) for r in ("run-1", "run-2")]
    for number in (3, 4):
        appends = {"runs": a_run(f"run-{number}", [])["appends"]["runs"]}
        other = rows("runs", {"run_id": "run-1", "state": f"state {number}"}, {"run_id": f"new-{number}"})
        own = warehouse.publish(location, f"run-{number}", appends, {"runs": other}, check=False)
        snapshots.append(own)
        named = dict(ask(location, "SELECT run_id, snapshot_id FROM runs"))
        assert [named[f"run-{each}"] for each in range(1, number + 1)] == snapshots
        assert named[f"new-{number}"] == own
    assert ask(location, "SELECT state FROM runs WHERE run_id = 'run-1'") == [("state 4",)]


def test_publishing_a_run_twice_at_once_publishes_it_once(location: warehouse.Location) -> None:
    code = """
import sys, warehouse
from tests.warehouse.rows import a_run
print(warehouse.publish(warehouse.Location(*sys.argv[1:]), "run-1", **a_run("run-1", ["a", "b"])))
"""
    processes = [python(code, location.catalog, location.data_path) for _ in range(3)]
    answers = [process.communicate(timeout=60) for process in processes]
    assert len({printed for printed, _ in answers}) == 1, answers
    assert counts(location)[0][:4] == (2, 2, 2, 1)


def test_a_replaced_row_takes_the_place_of_the_one_with_its_key(location: warehouse.Location) -> None:
    warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b"]))
    newer = articles("run-2", ["b", "c"], title="Changed", published_at=at(24 * 60))
    warehouse.publish(location, "run-2", {"runs": run("run-2")}, {"articles": newer}, check=False)
    found = ask(location, "SELECT article_uid, title FROM articles ORDER BY ALL")
    assert found == [("a", "Headline"), ("b", "Changed"), ("c", "Changed")]


def test_what_is_removed_goes_before_the_rest_is_written(location: warehouse.Location) -> None:
    warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b", "c"]))
    gone = pa.table({"article_uid": ["a", "b", "z"]})
    again = articles("run-2", ["b"], title="Anew")
    warehouse.publish(
        location, "run-2", {"runs": run("run-2"), "articles": again}, removes={"articles": gone}, check=False
    )
    found = ask(location, "SELECT article_uid, title FROM articles ORDER BY ALL")
    assert found == [("b", "Anew"), ("c", "Headline")]


def test_a_row_with_a_null_is_removed_by_a_null(location: warehouse.Location) -> None:
    members = [{"article_uid": uid, "story_id": uid, "published_at": None} for uid in ("a", "b")]
    first = a_run("run-1", ["a", "b"])
    first["appends"]["story_members"] = rows("story_members", *members)
    warehouse.publish(location, "run-1", **first, check=False)
    gone = rows("story_members", members[0]).select(["published_at", "article_uid"])
    warehouse.publish(location, "run-2", {"runs": run("run-2")}, removes={"story_members": gone}, check=False)
    assert ask(location, "SELECT article_uid FROM story_members") == [("b",)]


def test_the_order_of_columns_does_not_matter(location: warehouse.Location) -> None:
    tables = a_run("run-1", ["a"])
    turned = tables["replaces"]["articles"].select(tables["replaces"]["articles"].column_names[::-1])
    warehouse.publish(location, "run-1", tables["appends"], {"articles": turned}, check=False)
    assert ask(location, "SELECT article_uid, title FROM articles") == [("a", "Headline")]


SIDEBAR = {"page_uid": "a", "section": "trending", "rank": 1, "observed_at": NOON}


@pytest.mark.parametrize(
    ("appends", "replaces", "message"),
    [
        ({"revisions": revisions("run-2", ["b", "b"])}, {}, "two of the rows .* key article_uid=b, revision=1"),
        ({"revisions": revisions("run-2", ["b", "a"])}, {}, "there is a row with the key article_uid=a, revision=1"),
        ({"sidebars": rows("sidebars", SIDEBAR, SIDEBAR)}, {}, "two of the rows .* page_uid=a"),
        ({"sidebars": rows("sidebars", SIDEBAR)}, {}, "there is a row with the key page_uid=a"),
        ({}, {"articles": articles("run-2", ["b", "b"])}, "two of the rows .* key article_uid=b"),
    ],
    ids=["new twice", "there already", "log twice", "log there already", "replacement twice"],
)
def test_a_repeated_key_stops_the_whole_run(
    location: warehouse.Location, appends: dict[str, pa.Table], replaces: dict[str, pa.Table], message: str
) -> None:
    first = a_run("run-1", ["a"])
    first["appends"]["sidebars"] = rows("sidebars", SIDEBAR)
    warehouse.publish(location, "run-1", **first)
    before = counts(location)
    with pytest.raises(warehouse.DuplicateKey, match=message):
        warehouse.publish(location, "run-2", {"runs": run("run-2"), **appends}, replaces)
    assert counts(location) == before


def test_rows_of_another_shape_stop_the_whole_run(location: warehouse.Location) -> None:
    before = counts(location)
    tables = a_run("run-1", ["a"])
    tables["replaces"]["articles"] = tables["replaces"]["articles"].drop_columns(["title"])
    with pytest.raises(warehouse.SchemaMismatch, match="table articles: column title"):
        warehouse.publish(location, "run-1", **tables)
    assert counts(location) == before


@pytest.mark.parametrize(
    ("appends", "replaces", "message"),
    [
        ({}, {}, "exactly one row of runs"),
        ({"runs": run("run-2")}, {}, "exactly one row of runs"),
        ({"runs": pa.concat_tables([run("run-1"), run("run-1")])}, {}, "exactly one row of runs"),
        ({"runs": run("run-1"), "artikles": run("run-1")}, {}, "there is no table 'artikles'; there are articles, "),
        ({"runs": run("run-1")}, {"rejects": rows("rejects", {})}, "rejects has no key"),
    ],
)
def test_what_cannot_be_published_is_refused(
    location: warehouse.Location, appends: dict[str, pa.Table], replaces: dict[str, pa.Table], message: str
) -> None:
    with pytest.raises(warehouse.PublishRefused, match=message):
        warehouse.publish(location, "run-1", appends, replaces)


def test_publishing_without_a_warehouse_says_so(tmp_path: Path) -> None:
    nowhere = warehouse.Location(f"sqlite:{tmp_path / 'c.sqlite'}", str(tmp_path))
    with pytest.raises(warehouse.WarehouseMissing, match="wirehouse ingest"):
        warehouse.publish(nowhere, "run-1", **a_run("run-1", ["a"]))


def test_a_locked_catalog_is_tried_again(location: warehouse.Location, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.lake._BUSY_TIMEOUT_MS", 50)
    with intruder(location, seconds=2) as held_since:
        warehouse.publish(location, "run-1", **a_run("run-1", ["a"]))
        assert time.monotonic() - held_since > 1.5
    assert warehouse.is_published(location, "run-1")


def test_a_catalog_that_stays_locked_is_reported(location: warehouse.Location, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.lake._BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(transactions, "_ATTEMPTS", 2)
    with intruder(location, seconds=60), pytest.raises(warehouse.CatalogBusy, match="run-1: gave up after 2 attempts"):
        warehouse.publish(location, "run-1", **a_run("run-1", ["a"]))
    assert not warehouse.is_published(location, "run-1")


def test_the_lock_is_freed_by_the_death_of_its_holder(location: warehouse.Location) -> None:
    holder = python(HOLD, location.catalog, location.data_path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with (
        pytest.raises(warehouse.CatalogBusy, match="another run is publishing"),
        warehouse.publish_lock(location, timeout=0.2),
    ):
        pass
    holder.kill()
    with warehouse.publish_lock(location, timeout=10):
        pass
    holder.communicate()


def test_the_lock_keeps_out_other_threads_and_lets_its_holder_in_again(location: warehouse.Location) -> None:
    order = []

    def other() -> None:
        with warehouse.publish_lock(location):
            order.append("other")

    with warehouse.publish_lock(location):
        thread = threading.Thread(target=other)
        thread.start()
        with warehouse.publish_lock(location):
            time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_the_newest_revision_of_known_articles_is_found(location: warehouse.Location) -> None:
    warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b", "c"]))
    later = revisions("run-2", ["a"], revision=2, observed_at=at(1), title="Newer")
    warehouse.publish(location, "run-2", {"runs": run("run-2"), "revisions": later}, check=False)
    for wanted in (["a", "b", "unknown"], pa.array(["a", "b", "unknown"], pa.large_string())):
        found = warehouse.known_revisions(location, wanted).sort_by("article_uid").to_pylist()
        assert [(f["article_uid"], f["revision"], f["title"], f["observed_at"], f["first_seen_at"]) for f in found] == [
            ("a", 2, "Newer", at(1), NOON),
            ("b", 1, "Headline", NOON, NOON),
        ]
    assert warehouse.known_revisions(location, []).num_rows == 0


def test_all_rows_of_some_articles_are_found(location: warehouse.Location) -> None:
    warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b"]))
    with warehouse.connect(location) as connection:
        found = warehouse.rows_of(connection, "fetches", ["a"])
    assert found.schema.names == warehouse.arrow_schema("fetches").names
    assert found.column("article_uid").to_pylist() == ["a"]


def test_published_runs_are_known(location: warehouse.Location) -> None:
    assert warehouse.published_runs(location) == frozenset()
    warehouse.publish(location, "run-1", **a_run("run-1", ["a"]))
    assert warehouse.published_runs(location) == {"run-1"}
    assert warehouse.is_published(location, "run-1")
    with warehouse.connect(location) as connection:
        assert not warehouse.is_published(connection, "run-2")


def test_an_error_of_the_database_that_another_try_would_meet_again_is_raised(location: warehouse.Location) -> None:
    with warehouse.lake.open_lake(location, read_only=False) as connection:
        connection.execute("DROP TABLE lake.fetches")
    with pytest.raises(duckdb.CatalogException, match="fetches"):
        warehouse.publish(location, "run-1", **a_run("run-1", ["a"]))
    assert not warehouse.is_published(location, "run-1")


@pytest.mark.parametrize("most", [0, 5_000])
def test_rows_with_and_without_a_time_are_found_whole_wherever_they_lie(
    location: warehouse.Location, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("warehouse.known._MOST_PLACES", most)
    warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b", "c", "d"]))
    for run_id, uid, moment in (("run-2", "a", None), ("run-3", "b", at(24 * 400))):
        tables = {
            "articles": articles(run_id, [uid], published_at=moment, revision=2),
            "revisions": revisions(run_id, [uid], published_at=moment, revision=2, observed_at=at(1)),
        }
        warehouse.publish(location, run_id, {"runs": run(run_id)}, tables, check=False)
    with warehouse.connect(location) as connection:
        found = warehouse.rows_of(connection, "articles", ["a", "b", "c", "unknown"]).to_pylist()
        newest = warehouse.known_revisions(connection, ["a", "b", "c"]).to_pylist()
        history = warehouse.rows_of(connection, "revisions", ["a"]).num_rows
    wanted = {("a", None, 2), ("b", at(24 * 400), 2), ("c", NOON, 1)}
    assert {(row["article_uid"], row["published_at"], row["revision"]) for row in found} == wanted
    assert {(row["article_uid"], row["published_at"], row["revision"]) for row in newest} == wanted
    assert history == 2
