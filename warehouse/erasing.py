"""Erasing for good: what was deleted leaves every snapshot, file and page of the catalog."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.belonging import claim
from warehouse.catalog_file import clean
from warehouse.lake import LAKE, open_lake
from warehouse.locking import publish_lock
from warehouse.schema import quoted
from warehouse.transactions import insistently

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from warehouse.location import Location

#: The least and greatest text of each column, of all files there ever were: they may quote what was erased.
_COLUMN_BOUNDS = """
UPDATE ducklake_table_column_stats AS s
SET (min_value, max_value) = (
    SELECT min(f.min_value), max(f.max_value) FROM ducklake_file_column_stats AS f
    WHERE f.table_id = s.table_id AND f.column_id = s.column_id
)
WHERE EXISTS (
    SELECT * FROM ducklake_column AS c
    WHERE c.table_id = s.table_id AND c.column_id = s.column_id AND c.column_type = 'varchar'
)
"""

_AT_ONCE = 1_000

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was done: files rewritten without their deleted rows, snapshots expired, files removed from the disk."""

    files_rewritten: int
    snapshots_expired: int
    files_removed: int


def erase_deleted(location: Location) -> Erasure:
    """Makes all that was ever deleted unreadable, at once: the newest snapshot is the only one left.

    Named snapshots go too. A query that began before may fail. Safe to repeat and to kill: the next call goes on.

    Raises:
        WarehouseError: the data path holds the files of another catalog; nothing was done.
        CatalogBusy: a reader kept the catalog from being cleaned; call it again.
    """
    with publish_lock(location), open_lake(location, read_only=False) as connection:
        claim(location, connection)
        rewritten = _call(connection, "rewrite_data_files", "delete_threshold => 0")
        expired = _expire_all_but_the_newest(connection)
        removed = _call(connection, "cleanup_old_files", "cleanup_all => true")
        # The lock is held: no file can belong to a publication under way.
        removed += _call(connection, "delete_orphaned_files", "cleanup_all => true")
        if location.is_in_postgres:
            _clean_database(connection)
    if not location.is_in_postgres:
        with publish_lock(location):
            # Takes what was removed out of the catalog's statistics, free pages and write-ahead log.
            clean(location.catalog_file, _COLUMN_BOUNDS)
    done = Erasure(rewritten, expired, removed)
    _LOGGER.info("erased what was deleted in %s: %s", location, done)
    return done


def _expire_all_but_the_newest(connection: duckdb.DuckDBPyConnection) -> int:
    # By number, not by time: a clock that ran ahead leaves snapshots of a time to come.
    rows = connection.execute(
        "SELECT snapshot_id FROM ducklake_snapshots(?) ORDER BY snapshot_id DESC OFFSET 1", [LAKE]
    ).fetchall()
    doomed = [number for (number,) in rows]
    parts = (doomed[first : first + _AT_ONCE] for first in range(0, len(doomed), _AT_ONCE))
    return sum(_call(connection, "expire_snapshots", f"versions => {part}") for part in parts)


def _call(connection: duckdb.DuckDBPyConnection, function: str, argument: str) -> int:
    sql = f"CALL ducklake_{function}({quoted(LAKE)}, {argument})"
    call: Callable[[], int] = lambda: len(connection.execute(sql).fetchall())  # noqa: E731  # typed, unlike a def's cell
    return insistently(f"erasing ({function})", call)


def _clean_database(connection: duckdb.DuckDBPyConnection) -> None:
    """As `clean` a file; the server's own write-ahead log and backups go by its settings."""
    for statement in (_COLUMN_BOUNDS, "VACUUM (FULL)"):
        connection.execute(
            f"CALL postgres_execute('__ducklake_metadata_{LAKE}', {quoted(statement)}, use_transaction => false)"
        )
