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
