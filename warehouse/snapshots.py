"""Snapshots with names: what a report was made from, kept and read again."""

# ruff: noqa: S608 - what is put into SQL here is quoted or a number
from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warehouse.errors import WarehouseError
from warehouse.known import snapshot_of
from warehouse.lake import LAKE, open_lake
from warehouse.locking import publish_lock
from warehouse.schema import quoted
from warehouse.transactions import insistently, transaction

if TYPE_CHECKING:
    from datetime import timedelta

    import duckdb

    from warehouse.location import Location

_NUMBER = re.compile(r"[0-9]{1,18}")
_NAME = re.compile(r"[A-Za-z_][\w.-]{0,99}", re.ASCII)


def name_snapshot(
    location: Location, name: str, keep: timedelta, *, run_id: str | None = None, now: datetime | None = None
) -> int:
    """Names the newest snapshot, or the one that a run made, so that `maintain` keeps it for so long.

    Given the same name again, for the same snapshot, the time is changed.

    Returns:
        The snapshot's id.

    Raises:
        WarehouseMissing: there is no warehouse.
        WarehouseError: the name is another snapshot's, or no name; there is no such run, or its snapshot has expired.
    """
    if not _NAME.fullmatch(name):
        raise WarehouseError(f"cannot name a snapshot {name!r}: use a letter, then letters, digits, '.', '_' or '-'")
    moment = now or datetime.now(UTC)
    with open_lake(location, read_only=False) as connection, publish_lock(location):
        return insistently(
            f"naming the snapshot {name}",
            lambda: _name(connection, name, run_id, moment, moment + keep),
        )


def _name(connection: duckdb.DuckDBPyConnection, name: str, run_id: str | None, now: datetime, until: datetime) -> int:
    snapshot = _wanted(connection, run_id)
    with transaction(connection, f"name the snapshot {name}", extra={"name": name}):
        row = connection.execute(
            f"SELECT snapshot_id, named_at FROM {LAKE}.named_snapshots WHERE name = ?", [name]
        ).fetchone()
        if row is not None and run_id is None and _is_there(connection, row[0]):
            # Naming makes a snapshot of its own, so the newest is never the one named before: keep what has the name.
            snapshot = int(row[0])
        elif row is not None and row[0] != snapshot and _is_there(connection, row[0]):
            raise WarehouseError(f"{name} is the name of snapshot {row[0]}, named at {row[1]}: choose another name")
        connection.execute(f"DELETE FROM {LAKE}.named_snapshots WHERE name = ?", [name])
        connection.execute(
            f"INSERT INTO {LAKE}.named_snapshots (name, snapshot_id, run_id, named_at, kept_until_at)"
            " VALUES (?, ?, ?, ?, ?)",
            [name, snapshot, run_id, now, until],
        )
    return snapshot


def _wanted(connection: duckdb.DuckDBPyConnection, run_id: str | None) -> int:
    if run_id is None:
        return int(connection.execute(f"FROM {LAKE}.current_snapshot()").fetchall()[0][0])
    snapshot = snapshot_of(connection, run_id)
    if snapshot is None:
        raise WarehouseError(f"cannot name the snapshot of run {run_id}: there is no such run; FROM runs lists them")
    if not _is_there(connection, snapshot):
        raise WarehouseError(f"cannot name the snapshot of run {run_id}: it has expired")
    return snapshot


def _is_there(connection: duckdb.DuckDBPyConnection, snapshot: int) -> bool:
    sql = f"SELECT count(*) FROM ducklake_snapshots({quoted(LAKE)}) WHERE snapshot_id = ?"
    return connection.execute(sql, [snapshot]).fetchall() == [(1,)]


def find_snapshot(location: Location, name: str) -> int:
    """The id of the snapshot of that name; `name` may also be an id.

    Raises:
        WarehouseError: there is no such snapshot, or it has expired.
    """
    with open_lake(location, read_only=True) as connection:
        row = connection.execute(f"SELECT snapshot_id FROM {LAKE}.named_snapshots WHERE name = ?", [name]).fetchone()
        snapshot = int(row[0]) if row is not None else int(name) if _NUMBER.fullmatch(name) else None
        first, last = _ends(connection)
        if snapshot is None or snapshot < first or not _is_there(connection, snapshot):
            why = _why_missing(snapshot, is_named=row is not None)
            raise WarehouseError(
                f"no snapshot {name}: {why}. There are snapshots from {first} to {last}; runs.snapshot_id has that of"
                " each run, FROM named_snapshots lists the names"
            )
    return snapshot


def _ends(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The first snapshot that has tables, of those that are left, and the last."""
    sql = (
        f"SELECT coalesce(min(snapshot_id) FILTER (WHERE snapshot_id > 0), 0), max(snapshot_id)"
        f" FROM ducklake_snapshots({quoted(LAKE)})"
    )
    first, last = connection.execute(sql).fetchall()[0]
    return int(first), int(last)


def _why_missing(number: int | None, *, is_named: bool) -> str:
    if is_named:
        return "it has expired, or an article was taken down since, which ends every snapshot before"
    return "nobody gave this name" if number is None else "there is none of this number, or it has expired"


def expirable(
    connection: duckdb.DuckDBPyConnection, older_than: datetime, thinned_before: datetime, now: datetime
) -> list[int]:
    """Snapshots older than that, and of those before `thinned_before` all but the last of each day (UTC).

    The newest is never among them, nor are those whose names keep them.
    """
    rows = connection.execute(
        "SELECT snapshot_id FROM ("
        "SELECT snapshot_id, snapshot_time,"
        " snapshot_id = max(snapshot_id) OVER (PARTITION BY snapshot_time::DATE) AS is_last"
        f" FROM ducklake_snapshots({quoted(LAKE)}))"
        " WHERE (snapshot_time < ? OR (snapshot_time < ? AND NOT is_last))"
        f" AND snapshot_id < (FROM {LAKE}.current_snapshot())"
        f" AND snapshot_id NOT IN (SELECT snapshot_id FROM {LAKE}.named_snapshots WHERE kept_until_at > ?)"
        " ORDER BY snapshot_id",
        [older_than, thinned_before, now],
    ).fetchall()
    return [int(snapshot) for (snapshot,) in rows]
