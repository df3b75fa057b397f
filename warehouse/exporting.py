"""The whole warehouse as plain Hive-partitioned Parquet, for engines that read no DuckLake."""

# ruff: noqa: S608 - the names put into SQL here are declared ones, values are quoted
from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import shutil
from typing import TYPE_CHECKING, Any

from warehouse.declared import relations, tables
from warehouse.errors import WarehouseError
from warehouse.lake import at_one_moment
from warehouse.schema import quoted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    import duckdb

    from warehouse.location import Location

MARK = "_wirehouse.json"
"""Says that a directory is an export of ours, of which snapshot, and since when; readers of Parquet skip its name."""

_TIMES = ("published_at", "first_seen_at", "observed_at", "fetched_at", "rejected_at", "checked_at", "discovered_at")
"""The time by which a row is put into a partition, and chosen with `since`: the first of these that is known."""

_CHOSEN = "chosen_articles"
"""The articles that an export `since` a day holds."""

_IS_CHOSEN = f"IN (SELECT article_uid FROM {_CHOSEN})"
_CHOSEN_TEXTS = f"IN (SELECT text_hash FROM lake.copy_articles WHERE article_uid {_IS_CHOSEN})"
_CHOSEN_STORIES = f"IN (SELECT story_id FROM lake.story_members WHERE article_uid {_IS_CHOSEN})"

_SIGHTS = frozenset({"fetches", "findings", "sidebars", "trending", "takedowns"})
"""What tells of a moment, or that an article is none any more: chosen by its own time, whichever article it names."""

_FOLLOWING = {
    "urls": f"CASE WHEN state IN ('landed', 'alias') THEN article_uid {_IS_CHOSEN} ELSE discovered_at >= $since END",
    "stories": f"story_id {_CHOSEN_STORIES}",
    "largest_stories": f"story_id {_CHOSEN_STORIES}",
    "story_pairs": f"article_uid {_IS_CHOSEN} AND other_uid {_IS_CHOSEN}",
    "copy_texts": f"text_hash {_CHOSEN_TEXTS}",
    "copy_keys": f"text_hash {_CHOSEN_TEXTS}",
    "copy_pairs": f"text_hash {_CHOSEN_TEXTS} AND other_hash {_CHOSEN_TEXTS}",
}
"""How relations follow the chosen articles that have no `article_uid`, or for which it is not all."""

_LOGGER = logging.getLogger(__name__)


def export(
    location: Location, to: Path, since: dt.date | None = None, *, on_begin: Callable[[], object] = lambda: None
) -> dict[str, int]:
    """Writes every table and view, of one snapshot, as `to/RELATION/year=…/month=…/*.parquet`.

    A relation without a time is one directory of plain files, and so is one without rows, whose empty file has the
    columns `year` and `month` too. Rows of which no time is known are in `year=0/month=0`. The export takes the place
    of an earlier one in the same directory once it is whole; an export that was killed leaves the earlier one, and the
    next one tidies up.

    Args:
        location: the warehouse.
        to: the directory; absent, empty, or holding an earlier export.
        since: only articles published on this day (UTC) or later, or first seen then where no time of publication is
            known, and what belongs to them; of other relations the rows whose time is then or later, all of those
            without a time.
        on_begin: called when nothing stands in the way any more, before the first row is read or written.

    Returns:
        The number of rows of each relation.

    Raises:
        WarehouseError: the directory holds something else, or is inside the warehouse, or another export to it is
            under way.
        WarehouseMissing: there is no warehouse.
    """
    target = to.absolute()
    _refuse(location, target)
    old = target.with_name(f".{target.name}.old")
    with _growing(target) as growing:
        if old.exists() and not target.exists():  # the one that put its own in this place was killed
            old.rename(target)
        with at_one_moment(location) as connection:
            on_begin()
            snapshot = connection.execute("FROM lake.current_snapshot()").fetchall()[0][0]
            with _choosing(connection, since):
                counts = {name: _write(connection, name, growing / name, since) for name in _names()}
        mark = {"snapshot_id": snapshot, "since": since.isoformat() if since else None, "rows": counts}
        (growing / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        growing.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    _LOGGER.info("exported snapshot %d to %s: %d rows", snapshot, target, sum(counts.values()))
    return counts


@contextlib.contextmanager
def _growing(target: Path) -> Iterator[Path]:
    """An empty directory beside the target, which no other export works in; what is not renamed by its end goes.

    It is itself what is locked, by flock: free again when this process ends, however it ends.
    """
    growing = target.with_name(f".{target.name}.growing")
    growing.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(growing, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = os.path.samestat(os.fstat(descriptor), growing.stat())
        except OSError:  # locked by another, or renamed by it just now
            is_ours = False
        if not is_ours:
            raise WarehouseError(f"another export to {target} is under way; wait for it, or name another directory")
        try:
            for left in growing.iterdir():  # by one that was killed
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            yield growing
        finally:
            # Renamed to the target it is no longer there, and another export may have begun one of its own.
            with contextlib.suppress(OSError):
                if os.path.samestat(os.fstat(descriptor), growing.stat()):
                    shutil.rmtree(growing, ignore_errors=True)
    finally:
        os.close(descriptor)


def _refuse(location: Location, target: Path) -> None:
    ours = [] if location.is_in_bucket else [location.data_directory]
    around = [*ours, *([] if location.is_in_postgres else [location.catalog_file])]
    if {target, *target.parents} & {*ours} or any(target in each.parents for each in around):
        raise WarehouseError(f"cannot export to {target}: the warehouse itself is there; name a directory beside it")
    if target.exists() and not (target / MARK).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise WarehouseError(f"cannot export to {target}: it holds something that is no export; name another directory")


def _names() -> list[str]:
    return sorted(tables().keys() | {name for name, each in relations().items() if each.kind == "view"})


@contextlib.contextmanager
def _choosing(connection: duckdb.DuckDBPyConnection, since: dt.date | None) -> Iterator[None]:
    """Lets SQL name the articles that are chosen; all are, and nobody asks, without a day."""
    if since is None:
        yield
        return
    time = _time(name for name, *_ in connection.execute("DESCRIBE lake.articles").fetchall())
    sql = f"SELECT article_uid FROM lake.articles WHERE {time} >= {_midnight(since)}"
    connection.register(_CHOSEN, connection.execute(sql).to_arrow_table())
    try:
        yield
    finally:
        connection.unregister(_CHOSEN)


def _time(columns: Iterable[str]) -> str | None:
    """The expression that gives the time of a row; None for a relation without any."""
    there = {*columns}
    times = [name for name in _TIMES if name in there]
    return f"coalesce({', '.join(times)})" if times else None


def _midnight(day: dt.date) -> str:
    return f"TIMESTAMPTZ {quoted(f'{day} 00:00:00+00')}"


def _condition(name: str, columns: Collection[str], time: str | None, since: dt.date | None) -> str:
    """Which rows of the relation belong to an export since that day."""
    if since is None:
        return "true"
    if name in _FOLLOWING:
        return _FOLLOWING[name].replace("$since", _midnight(since))
    if "article_uid" in columns and name not in _SIGHTS:
        return f"article_uid {_IS_CHOSEN}"
    return f"{time} >= {_midnight(since)}" if time else "true"


def _write(connection: duckdb.DuckDBPyConnection, name: str, directory: Path, since: dt.date | None) -> int:
    described: list[Any] = connection.execute(f"DESCRIBE {name}").fetchall()
    columns = [row[0] for row in described]
    time = _time(columns)
    chosen = f"FROM {name} WHERE {_condition(name, columns, time, since)}"
    directory.mkdir()
    if time is None:
        return _copy(connection, chosen, directory / "data_0.parquet")
    # Not null: pandas reads no partitions of numbers beside one of null.
    parted = f"SELECT *, coalesce(year({time}), 0) AS year, coalesce(month({time}), 0) AS month {chosen}"
    rows = _copy(connection, parted, directory, ", PARTITION_BY (year, month)")
    if not rows:
        # Without one file a reader knows no columns, and most refuse the directory.
        _copy(connection, f"FROM ({parted}) LIMIT 0", directory / "data_0.parquet")
    return rows


def _copy(connection: duckdb.DuckDBPyConnection, query: str, to: Path, options: str = "") -> int:
    copied = connection.execute(
        f"COPY ({query}) TO {quoted(str(to))} (FORMAT parquet, COMPRESSION zstd{options})"
    ).fetchall()
    return int(copied[0][0])
