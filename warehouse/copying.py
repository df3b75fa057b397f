"""A consistent copy of a lake while runs go on: its catalog at one moment, and every file that this names."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import catalog_file
from warehouse.errors import WarehouseError, WarehouseMissing
from warehouse.locking import publish_lock

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.location import Location

#: Every file that a snapshot needs, as a path below the data path: below its table's, this below its schema's.
_FILES = """
WITH tables AS (
    SELECT t.table_id, CASE WHEN t.path_is_relative THEN coalesce(s.path, '') || t.path ELSE t.path END AS path
    FROM ducklake_table AS t JOIN ducklake_schema AS s USING (schema_id)
    GROUP BY t.table_id, 2
)
SELECT DISTINCT tables.path || f.path, f.file_size_bytes FROM ducklake_data_file AS f JOIN tables USING (table_id)
UNION
SELECT DISTINCT tables.path || f.path, f.file_size_bytes FROM ducklake_delete_file AS f JOIN tables USING (table_id)
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class CatalogCopy:
    """A catalog as it was at one moment.

    Attributes:
        snapshot_id: the newest snapshot in it.
        files: the data files that its snapshots need: path below the data path, size in bytes.
    """

    snapshot_id: int
    files: dict[str, int]


def copy_catalog(location: Location, to: Path) -> CatalogCopy:
    """Writes a copy of the catalog to the file `to`, between two publications; readers go on meanwhile.

    Raises:
        WarehouseMissing: there is no warehouse.
        CatalogBusy: the catalog stayed locked, or there is no room for the copy.
    """
    if not location.catalog_file.exists():
        raise WarehouseMissing(f"there is no catalog at {location.catalog}: nothing to copy")
    to.unlink(missing_ok=True)
    with publish_lock(location):
        catalog_file.copy(location.catalog_file, to)
    with contextlib.closing(sqlite3.connect(to)) as catalog:
        (snapshot,) = catalog.execute("SELECT max(snapshot_id) FROM ducklake_snapshot").fetchone()
    return CatalogCopy(snapshot, files_of_catalog(to))


def files_of_catalog(copy: Path) -> dict[str, int]:
    """The data files that the snapshots of a catalog's copy need: path below the data path, size in bytes."""
    with contextlib.closing(sqlite3.connect(copy)) as catalog:
        return dict(catalog.execute(_FILES).fetchall())


def restore_catalog(source: Path, location: Location) -> None:
    """Puts a copy of a catalog where the location says, as the last step: with it the warehouse is there.

    What is left of the log of a catalog that is gone is removed: SQLite would replay it onto this one.

    Raises:
        WarehouseError: there is a catalog.
        CatalogBusy: another process keeps the publish lock.
    """
    catalog_path = location.catalog_file
    arriving = catalog_path.with_name(f".{catalog_path.name}.arriving")
    with publish_lock(location):
        if catalog_path.exists():
            raise WarehouseError(f"there is a catalog at {location.catalog} already: nothing was put in its place")
        catalog_file.remove_logs(arriving)
        shutil.copyfile(source, arriving)
        with contextlib.closing(sqlite3.connect(arriving)) as catalog:
            # As `create` sets it: without a write-ahead log readers slow a commit tenfold.
            catalog.execute("PRAGMA journal_mode = WAL")
        catalog_file.remove_logs(catalog_path)
        _sync(arriving)
        _sync(arriving.parent)
        arriving.replace(catalog_path)
        _sync(arriving.parent)


def _sync(path: Path) -> None:
    """Forces a file, or the names in a directory, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
