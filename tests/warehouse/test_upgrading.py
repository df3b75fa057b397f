"""A catalog of an older DuckLake is named as such, copied, and brought to the version that is installed."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

import warehouse
from tests.warehouse.rows import a_run
from warehouse import catalog_file, lake

OLD_CATALOG = Path(__file__).with_name("catalog_0_3.sql")
RUNS = "SELECT run_id, flow, site, state FROM runs ORDER BY run_id"


@pytest.fixture
def old(tmp_path: Path) -> warehouse.Location:
    """A warehouse with the table runs alone and one run in it, as DuckDB 1.4.4 with DuckLake 0.3 wrote it."""
    with contextlib.closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as catalog:
        catalog.executescript(OLD_CATALOG.read_text())
    (tmp_path / "lake").mkdir()
    return warehouse.Location(f"sqlite:{tmp_path / 'catalog.sqlite'}", f"{tmp_path / 'lake'}/")


def version(catalog: Path) -> str:
    with contextlib.closing(sqlite3.connect(catalog)) as opened:
        (found,) = opened.execute("SELECT value FROM ducklake_metadata WHERE key = 'version'").fetchone()
    return str(found)


@pytest.mark.parametrize("use", [warehouse.connect, warehouse.create])
def test_an_older_catalog_is_not_touched_and_the_verb_is_named(old: warehouse.Location, use: object) -> None:
    assert callable(use)
    with pytest.raises(warehouse.CatalogOutdated, match=r"DuckLake 0\.3.*wirehouse upgrade"):
        use(old)
    assert version(old.catalog_file) == "0.3"


def test_an_older_catalog_is_copied_and_brought_to_this_version(old: warehouse.Location) -> None:
    done = warehouse.upgrade(old)
    assert done is not None
    assert done.copy == old.catalog_file.with_name("catalog.sqlite.ducklake-0.3")
    assert version(done.copy) == done.found == "0.3"
    assert version(old.catalog_file) == done.wanted
    with warehouse.connect(old) as connection:
        assert connection.execute(RUNS).fetchall() == [("r1", "ingest", "s", "complete")]
    warehouse.publish(old, "r2", **a_run("r2", ["r2-1"]))
    with warehouse.connect(old) as connection:
        assert [row[0] for row in connection.execute(RUNS).fetchall()] == ["r1", "r2"]
    assert warehouse.upgrade(old) is None
    assert version(done.copy) == "0.3"


def test_an_upgrade_that_died_half_way_goes_on_and_keeps_the_copy_of_before(
    old: warehouse.Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("warehouse.upgrading.attach", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            warehouse.upgrade(old)
    kept = old.catalog_file.with_name("catalog.sqlite.ducklake-0.3")
    before = kept.read_bytes()
    assert warehouse.upgrade(old) is not None
    assert kept.read_bytes() == before


def test_without_room_for_the_copy_nothing_is_changed(old: warehouse.Location, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise warehouse.CatalogBusy("could not copy: database or disk is full")

    monkeypatch.setattr(catalog_file, "copy", full)
    with pytest.raises(warehouse.CatalogBusy, match="disk is full"):
        warehouse.upgrade(old)
    assert version(old.catalog_file) == "0.3"


def test_a_catalog_of_a_newer_version_is_not_written(old: warehouse.Location) -> None:
    with contextlib.closing(sqlite3.connect(old.catalog_file)) as catalog, catalog:
        catalog.execute("UPDATE ducklake_metadata SET value = '9.9' WHERE key = 'version'")
    with pytest.raises(warehouse.WarehouseError, match=r"9\.9"):
        lake.open_lake(old, read_only=True)
    with pytest.raises(warehouse.WarehouseError, match=r"9\.9"):
        warehouse.upgrade(old)
    assert version(old.catalog_file) == "9.9"
