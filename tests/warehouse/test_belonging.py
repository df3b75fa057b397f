"""Files under a data path are removed by the catalog that they belong to, and by no other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

import warehouse
from tests.warehouse.conftest import place
from tests.warehouse.rows import a_run
from tests.warehouse.test_publish import ask
from warehouse.belonging import MARK

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = timedelta(0)


def filled(location: warehouse.Location) -> warehouse.Location:
    warehouse.publish(location, "r", **a_run("r", ["s:1"]), check=False)
    return location


def files(location: warehouse.Location) -> set[Path]:
    return set(location.data_directory.rglob("*.parquet"))


def clear_away(location: warehouse.Location) -> None:
    """All that removes files."""
    with pytest.raises(warehouse.WarehouseError, match="nothing is removed there"):
        warehouse.maintain(location, NOTHING, keep_all=NOTHING, grace=NOTHING)
    with pytest.raises(warehouse.WarehouseError, match="nothing is removed there"):
        warehouse.erase_deleted(location)


@pytest.mark.parametrize("is_marked", [True, False])
def test_a_catalog_made_anew_beside_old_files_is_refused_and_gone(
    location: warehouse.Location, *, is_marked: bool
) -> None:
    there = files(filled(location))
    if not is_marked:  # as an earlier version left it
        (location.data_directory / MARK).unlink()
    kept = location.catalog_file.rename(location.catalog_file.with_name("kept"))
    with pytest.raises(warehouse.WarehouseError, match="holds the files of another catalog"):
        warehouse.create(location)
    assert list(location.catalog_file.parent.glob("catalog.sqlite*")) == [
        location.catalog_file.with_name("catalog.sqlite.lock")
    ]
    kept.rename(location.catalog_file)
    warehouse.create(location)
    warehouse.maintain(location, NOTHING)
    assert files(location) == there
    assert ask(location, "SELECT count(*) FROM articles") == [(1,)]


def test_a_second_catalog_with_the_same_files_removes_none(location: warehouse.Location, tmp_path: Path) -> None:
    there = files(filled(location))
    second = place(tmp_path / "second")
    warehouse.create(second)
    shared = warehouse.Location(second.catalog, location.data_path)
    clear_away(shared)
    assert files(location) == there


def test_files_of_before_there_were_marks_are_marked_by_their_catalog(location: warehouse.Location) -> None:
    mark = filled(location).data_directory / MARK
    marked = mark.read_text()
    mark.unlink()
    warehouse.maintain(location, NOTHING)
    assert mark.read_text() == marked


def test_what_was_erased_is_gone_from_snapshots_of_a_clock_that_ran_ahead(location: warehouse.Location) -> None:
    filled(location)
    with closing(sqlite3.connect(location.catalog_file)) as catalog, catalog:
        ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat(sep=" ")
        catalog.execute("UPDATE ducklake_snapshot SET snapshot_time = ?", [ahead])
    removes = {"articles": warehouse.rows_of(warehouse.connect(location), "articles", ["s:1"]).select(["article_uid"])}
    warehouse.publish(
        location, "gone", {"runs": a_run("gone", [])["appends"]["runs"]}, {}, removes=removes, check=False
    )
    warehouse.erase_deleted(location)
    with warehouse.connect(location) as connection:
        assert connection.execute("SELECT count(*) FROM ducklake_snapshots('lake')").fetchall() == [(1,)]
        (newest,) = connection.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchall()[0]
        for number in range(newest):
            with pytest.raises(Exception, match="o snapshot found"):
                connection.execute(f"FROM lake.articles AT (VERSION => {number})")
