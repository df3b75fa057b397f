"""Whose the files under a data path are: a mark among them says so, that no other catalog takes them for its orphans.

DuckLake knows the files of its own catalog alone: for one made anew, or for another with the same data path, it would
remove all that the first one needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.declared import tables
from warehouse.errors import WarehouseError
from warehouse.lake import LAKE
from warehouse.schema import quoted

if TYPE_CHECKING:
    import duckdb

    from warehouse.location import Location

#: Holds the id of the catalog.
MARK = "catalog-of-these-files.txt"


def refuse_files_of_others(location: Location, connection: duckdb.DuckDBPyConnection) -> None:
    """For a catalog without tables: there may be no files yet.

    Raises:
        WarehouseError: there are files, of another catalog or of one that is gone.
    """
    if _has_tables(connection):
        return
    if _mark(location, connection) is not None or _has_files(location, connection):
        raise WarehouseError(
            f"{location.data_root} holds the files of another catalog than {location}: put that one back, or move the"
            " files away, or set WIREHOUSE_DATA_PATH to another place"
        )


def claim(location: Location, connection: duckdb.DuckDBPyConnection) -> None:
    """Marks the files under the data path as those of the attached catalog, unless they are marked so.

    Raises:
        WarehouseError: they are another's.
    """
    own, marked = _catalog_id(connection), _mark(location, connection)
    if marked is None:
        _write_mark(location, connection, own)
    elif marked != own:
        raise WarehouseError(
            f"{location.data_root} holds the files of catalog {marked}, and {location} is catalog {own}: nothing is"
            f" removed there; if they are its own all the same, remove {location.data_root}{MARK}"
        )


def _has_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    there = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [LAKE]).fetchall()
    return any(name in tables() for (name,) in there)


def _catalog_id(connection: duckdb.DuckDBPyConnection) -> str:
    sql = f"SELECT schema_uuid::VARCHAR FROM __ducklake_metadata_{LAKE}.ducklake_schema ORDER BY schema_id LIMIT 1"  # noqa: S608
    return str(connection.execute(sql).fetchall()[0][0])


def _mark(location: Location, connection: duckdb.DuckDBPyConnection) -> str | None:
    if not location.is_in_bucket:
        mark = location.data_directory / MARK
        return mark.read_text().strip() if mark.exists() else None
    # Only of a pattern is it looked up in a bucket whether there is such a file.
    found = connection.execute("SELECT file FROM glob(?)", [f"{location.data_root}{MARK}*"]).fetchall()
    if not found:
        return None
    return str(connection.execute("SELECT content FROM read_text(?)", found[0]).fetchall()[0][0]).strip()


def _has_files(location: Location, connection: duckdb.DuckDBPyConnection) -> bool:
    if not location.is_in_bucket:
        return next(location.data_directory.rglob("*.parquet"), None) is not None
    pattern = f"{location.data_root}**/*.parquet"
    return bool(connection.execute("SELECT file FROM glob(?) LIMIT 1", [pattern]).fetchall())


def _write_mark(location: Location, connection: duckdb.DuckDBPyConnection, own: str) -> None:
    if location.is_in_bucket:
        path = quoted(f"{location.data_root}{MARK}")
        connection.execute(f"COPY (SELECT {quoted(own)}) TO {path} (FORMAT csv, HEADER false)")
        return
    growing = location.data_directory / f".{MARK}.growing"
    growing.write_text(f"{own}\n")
    growing.replace(growing.with_name(MARK))
