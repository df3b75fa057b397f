"""How large a warehouse is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.lake import LAKE
from warehouse.schema import quoted

if TYPE_CHECKING:
    import duckdb

    from warehouse.location import Location


def catalog_bytes(location: Location, connection: duckdb.DuckDBPyConnection) -> int:
    """The bytes of the catalog's file or database; `connection` has the lake attached."""
    if not location.is_in_postgres:
        return location.catalog_file.stat().st_size
    ask = quoted("SELECT pg_database_size(current_database())")
    return int(connection.execute(f"FROM postgres_query('__ducklake_metadata_{LAKE}', {ask})").fetchall()[0][0])


def files_and_bytes(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Data and delete files of the newest snapshot, and their bytes."""
    sql = (
        "SELECT coalesce(sum(file_count + delete_file_count), 0)::BIGINT,"
        " coalesce(sum(file_size_bytes + delete_file_size_bytes), 0)::BIGINT FROM ducklake_table_info"
    )
    files, size = connection.execute(f"{sql}({quoted(LAKE)})").fetchall()[0]
    return int(files), int(size)
