"""Keeping a lake of many small commits fast: compacting, expiring and cleaning up.

Each step is a transaction of its own, made under the publish lock, which is free again between steps: a publisher waits
for one step at most, readers for none. A process killed at any point leaves a whole lake, and the next one goes on.

Small files are compacted by an ordinary transaction that deletes their rows and inserts them again, not by DuckLake's
`merge_adjacent_files` or `flush_inlined_data`. Beside the former a reader saw a table empty in two of six trials on
DuckDB 1.5.5 with a SQLite catalog. The likely reason: these remove rows of the catalog that readers of earlier
snapshots need and put others in their place, while DuckDB scans a catalog's table up to the greatest rowid it found
a moment before, on another connection.
"""

# ruff: noqa: S608 - the names put into SQL here are declared ones, values are quoted
from __future__ import annotations

import functools
import itertools
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from warehouse.belonging import claim
from warehouse.catalog_file import give_back_room
from warehouse.declared import tables
from warehouse.lake import LAKE, open_lake
from warehouse.locking import publish_lock
from warehouse.schema import quoted
from warehouse.sizes import catalog_bytes, files_and_bytes
from warehouse.snapshots import expirable
from warehouse.transactions import insistently, transaction

if TYPE_CHECKING:
    import duckdb

    from warehouse.location import Location
    from warehouse.schema import Table

READERS_GRACE = timedelta(days=1)
"""How long a file that no snapshot needs any more stays for a reader whose query began before."""

KEEP_ALL = timedelta(days=1)
"""How long every snapshot can be read again; of older ones the last of each day.

Each file that a snapshot needs has a row for each of its columns in the catalog, and DuckLake reads all of these, of
all tables and times, for every filter on a table: with all 2,900 snapshots of a month a filter takes 0.2 s, and a run
has a hundred of them.
"""

_SMALL_BYTES = 16 * 2**20
"""Files smaller than this are put together; so a row is written again a few times until its file is large enough."""

_BYTES_AT_ONCE = 64 * 2**20
"""About so many compressed bytes are compacted in one transaction, which bounds its memory and the publishers' wait."""

_LEAST_SHARE_GONE = 0.1
"""Share of a large file's rows that must be gone before it is written anew."""

_SNAPSHOTS_AT_ONCE = 1_000

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Size:
    """What the newest snapshot is made of: data and delete files, and their bytes; and the catalog's bytes."""

    files: int
    bytes: int
    catalog_bytes: int


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What was done.

    Attributes:
        files_compacted: small files whose rows were put together in larger ones.
        files_rewritten: large files of which many rows were gone, written anew without them.
        snapshots_expired: snapshots that can no longer be read.
        files_removed: files removed from the disk because no snapshot needs them, or none ever did.
        before: size when it began.
        after: size when it was done.
        seconds: how long it took.
    """

    files_compacted: int
    files_rewritten: int
    snapshots_expired: int
    files_removed: int
    before: Size
    after: Size
    seconds: float


def maintain(
    location: Location,
    keep_snapshots: timedelta,
    *,
    keep_all: timedelta = KEEP_ALL,
    grace: timedelta = READERS_GRACE,
    now: datetime | None = None,
) -> Maintenance:
    """Does what keeps the lake fast; what is in its tables stays as it is. Safe to repeat and to kill.

    Args:
        location: a warehouse made by `create`.
        keep_snapshots: the last snapshot of each day (UTC) stays readable while it is younger than this; the newest
            always does, and those with a name (see `name_snapshot`) for as long as it says.
        keep_all: all snapshots younger than this stay readable.
        grace: see `READERS_GRACE`; files that a publisher may still be writing are younger than this.
        now: the time to reckon from; by default the clock's.

    Raises:
        WarehouseMissing: there is no warehouse.
        WarehouseError: the data path holds the files of another catalog.
        CatalogBusy: the catalog stayed locked, or another publisher kept the lock.
    """
    moment = now or datetime.now(UTC)
    started = time.monotonic()
    with open_lake(location, read_only=False) as connection:
        claim(location, connection)
        worker = _Worker(location, connection)
        before = worker.size()
        # Rows that stay in the catalog have few files.
        compacted = sum(worker.compact(table) for table in tables().values() if not table.inline_rows)
        share = f"delete_threshold => {_LEAST_SHARE_GONE}"
        rewritten = sum(int(row["files_processed"]) for row in worker.call("rewrite_data_files", share))
        expired = worker.expire(moment - keep_snapshots, moment - keep_all, moment)
        unused = f"older_than => {_time(moment - grace)}"
        removed = [*worker.call("cleanup_old_files", unused), *worker.call("delete_orphaned_files", unused)]
        worker.give_back_room()
        after = worker.size()
    done = Maintenance(
        files_compacted=compacted,
        files_rewritten=rewritten,
        snapshots_expired=expired,
        files_removed=len(removed),
        before=before,
        after=after,
        seconds=time.monotonic() - started,
    )
    _LOGGER.info("maintained %s: %s", location, done)
    return done


class _Worker:
    """Does each step under the publish lock, again while the catalog is locked by others."""

    def __init__(self, location: Location, connection: duckdb.DuckDBPyConnection) -> None:
        self._location = location
        self._connection = connection

    def call(self, function: str, *arguments: str) -> list[dict[str, Any]]:
        """The rows that DuckLake's function gives."""
        sql = f"CALL ducklake_{function}({', '.join([quoted(LAKE), *arguments])})"
        with publish_lock(self._location):
            return insistently(
                f"maintenance ({function})", lambda: self._connection.execute(sql).to_arrow_table().to_pylist()
            )

    def expire(self, older_than: datetime, thinned_before: datetime, now: datetime) -> int:
        """Expires what `expirable` gives; returns how many they were."""
        expired = 0
        with publish_lock(self._location):
            doomed = expirable(self._connection, older_than, thinned_before, now)
            for first in range(0, len(doomed), _SNAPSHOTS_AT_ONCE):
                batch = doomed[first : first + _SNAPSHOTS_AT_ONCE]
                expired += len(self.call("expire_snapshots", f"versions => {batch}"))
        return expired

    def compact(self, table: Table) -> int:
        """Puts the small files of each partition together; returns how many they were."""
        compacted = 0
        for files in self._small_files(table):
            with publish_lock(self._location):
                insistently(f"maintenance (compacting {table.name})", functools.partial(self._rewrite, table, files))
            compacted += len(files)
        return compacted

    def _small_files(self, table: Table) -> list[list[str]]:
        """Small files that belong together, in batches; none where there is nothing to gain."""
        rows = self._connection.execute(
            "SELECT data_file, data_file_size_bytes, delete_file IS NOT NULL"
            f" FROM ducklake_list_files({quoted(LAKE)}, {quoted(table.name)})"
            f" WHERE data_file_size_bytes < {_SMALL_BYTES} ORDER BY data_file"
        ).fetchall()
        batches: list[list[str]] = []
        for _, partition in itertools.groupby(rows, key=lambda row: row[0].rpartition("/")[0]):
            members = list(partition)
            batch: list[str] = []
            size = 0
            is_worth_it = len(members) > 1 or members[0][2]
            for name, bytes_, _ in members if is_worth_it else ():
                batch.append(name)
                size += bytes_
                if size >= _BYTES_AT_ONCE:
                    batches.append(batch)
                    batch, size = [], 0
            if batch:
                batches.append(batch)
        return batches

    def _rewrite(self, table: Table, files: list[str]) -> None:
        """Deletes the rows of the files and inserts them again; a publisher may have deleted some since."""
        kept = table.kept_snapshot
        columns = f"* REPLACE (coalesce({kept}, snapshot_id) AS {kept})" if kept else "*"
        among = f"filename IN ({', '.join(map(quoted, files))})"
        order = f" ORDER BY {', '.join(table.sorted_by)}" if table.sorted_by else ""
        with transaction(self._connection, f"compact {table.name}", extra={"compacted": table.name}):
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE compacting AS SELECT {columns} FROM {LAKE}.{table.name} WHERE {among}"
            )
            self._connection.execute(f"DELETE FROM {LAKE}.{table.name} WHERE {among}")
            self._connection.execute(f"INSERT INTO {LAKE}.{table.name} BY NAME FROM compacting{order}")
        self._connection.execute("DROP TABLE compacting")

    def give_back_room(self) -> None:
        """Makes a catalog in a file smaller again; PostgreSQL does so by itself."""
        if not self._location.is_in_postgres:
            with publish_lock(self._location):
                give_back_room(self._location.catalog_file)

    def size(self) -> Size:
        return Size(*files_and_bytes(self._connection), catalog_bytes(self._location, self._connection))


def _time(moment: datetime) -> str:
    return f"TIMESTAMPTZ {quoted(moment.isoformat())}"
