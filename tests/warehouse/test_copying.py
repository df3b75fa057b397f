"""A copy of a catalog is the whole of it, wherever the warehouse is, and restored it is what was copied."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from warehouse import catalog_file

if TYPE_CHECKING:
    from pathlib import Path

#: Writes to a catalog and dies: what it wrote is in the write-ahead log alone.
DIE = """
import os, sqlite3, sys
catalog = sqlite3.connect(sys.argv[1])
catalog.execute("INSERT INTO ducklake_metadata (key, value) VALUES ('left', 'x')")
catalog.commit()
os._exit(0)
"""


def said_of_left(catalog: Path) -> list[Any]:
    with contextlib.closing(sqlite3.connect(catalog)) as opened:
        return opened.execute("SELECT value FROM ducklake_metadata WHERE key = 'left'").fetchall()


def test_a_restored_catalog_takes_over_no_log_of_the_one_that_is_gone(
    location: warehouse.Location, tmp_path: Path
) -> None:
    catalog, copy = location.catalog_file, tmp_path / "copy.sqlite"
    warehouse.copy_catalog(location, copy)
    subprocess.run([sys.executable, "-c", DIE, catalog], check=True)
    with pytest.raises(warehouse.WarehouseError, match="already"):
        warehouse.restore_catalog(copy, location)
    log = catalog.with_name("catalog.sqlite-wal")
    shutil.copyfile(log, catalog.with_name(".catalog.sqlite.arriving-wal"))  # of a restore that was killed
    catalog.unlink()
    warehouse.restore_catalog(copy, location)
    assert said_of_left(catalog) == []
    with warehouse.connect(location) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchall() == [(0,)]


@pytest.mark.parametrize("name", ["a%41b", "a#b", "a?b"])
def test_a_catalog_is_copied_from_a_directory_of_any_name(empty_warehouse: Path, tmp_path: Path, name: str) -> None:
    there = tmp_path / name / "catalog.sqlite"
    there.parent.mkdir()
    shutil.copyfile(empty_warehouse / "catalog.sqlite", there)
    copy = tmp_path / "copy.sqlite"
    catalog_file.copy(there, copy)
    with contextlib.closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT count(*) FROM ducklake_snapshot").fetchone() > (0,)
    assert {each.name for each in tmp_path.iterdir()} == {name, "copy.sqlite"}


@pytest.mark.parametrize("script", ["SELECT 1", "CREATE TABLE ducklake_snapshot (snapshot_id BIGINT)"])
def test_what_is_no_catalog_is_not_taken_for_a_copy_of_one(tmp_path: Path, script: str) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute(script)
    with pytest.raises(warehouse.CatalogBusy, match=r"could not copy .*snapshot"):
        catalog_file.copy(tmp_path / "other.sqlite", tmp_path / "copy.sqlite")
