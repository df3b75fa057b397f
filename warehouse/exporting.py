"""The whole warehouse as plain Hive-partitioned Parquet, for engines that read no DuckLake."""

from __future__ import annotations

import json
import logging
import shutil
from typing import TYPE_CHECKING, Any

from warehouse.declared import relations, tables
from warehouse.errors import WarehouseError
from warehouse.lake import at_one_moment
from warehouse.schema import quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from warehouse.location import Location

MARK = "_wirehouse.json"
"""Says that a directory is an export of ours, of which snapshot, and since when; readers of Parquet skip its name."""

_TIMES = ("published_at", "observed_at", "fetched_at", "rejected_at", "checked_at", "discovered_at")
"""The time by which a relation is partitioned, and chosen from with `since`: the first of these that it has."""

_LOGGER = logging.getLogger(__name__)


def export(
    location: Location, to: Path, since: dt.date | None = None, *, on_begin: Callable[[], object] = lambda: None
) -> dict[str, int]:
    """Writes every table and view, of one snapshot, as `to/RELATION/year=…/month=…/*.parquet`.

    A relation without a time is one directory of plain files. The export takes the place of an earlier one in the same
    directory once it is whole; an export that was killed leaves the earlier one, and the next one tidies up.

    Args:
        location: the warehouse.
        to: the directory; absent, empty, or holding an earlier export.
        since: only rows whose time is on this day (UTC) or later, and rows of relations without a time.
        on_begin: called when nothing stands in the way any more, before the first row is read or written.

    Returns:
        The number of rows of each relation.

    Raises:
        WarehouseError: the directory holds something else, or is inside the warehouse.
        WarehouseMissing: there is no warehouse.
    """
    target = to.absolute()
    _refuse(location, target)
    growing, old = (target.with_name(f".{target.name}.{ending}") for ending in ("growing", "old"))
    shutil.rmtree(growing, ignore_errors=True)
    with at_one_moment(location) as connection:
        on_begin()
        growing.mkdir(parents=True)
        snapshot = connection.execute("FROM lake.current_snapshot()").fetchall()[0][0]
        counts = {name: _write(connection, name, growing / name, since) for name in _names()}
    mark = {"snapshot_id": snapshot, "since": since.isoformat() if since else None, "rows": counts}
    (growing / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
    growing.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    _LOGGER.info("exported snapshot %d to %s: %d rows", snapshot, target, sum(counts.values()))
    return counts


def _refuse(location: Location, target: Path) -> None:
    ours = [] if location.is_in_bucket else [location.data_directory]
    around = [*ours, *([] if location.is_in_postgres else [location.catalog_file])]
    if {target, *target.parents} & {*ours} or any(target in each.parents for each in around):
        raise WarehouseError(f"cannot export to {target}: the warehouse itself is there; name a directory beside it")
    if target.exists() and not (target / MARK).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise WarehouseError(f"cannot export to {target}: it holds something that is no export; name another directory")


def _names() -> list[str]:
    return sorted(tables().keys() | {name for name, each in relations().items() if each.kind == "view"})


def _write(connection: duckdb.DuckDBPyConnection, name: str, directory: Path, since: dt.date | None) -> int:
    described: list[Any] = connection.execute(f"DESCRIBE {name}").fetchall()
    columns = [row[0] for row in described]
    time = next((each for each in _TIMES if each in columns), None)
    chosen = f"FROM {name}" + (
        f" WHERE {time} >= TIMESTAMPTZ {quoted(f'{since} 00:00:00+00')}" if time and since else ""
    )
    options = "FORMAT parquet, COMPRESSION zstd"
    if time is None:
        directory.mkdir()
        query, path = chosen, directory / "data_0.parquet"
    else:
        query, path = f"SELECT *, year({time}) AS year, month({time}) AS month {chosen}", directory
        options += ", PARTITION_BY (year, month)"
    rows = connection.execute(f"COPY ({query}) TO {quoted(str(path))} ({options})").fetchall()
    directory.mkdir(exist_ok=True)
    return int(rows[0][0])
