"""Making a warehouse, and completing one that an earlier version made or whose making was killed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from warehouse import catalog_file
from warehouse.belonging import claim, refuse_files_of_others
from warehouse.declared import tables
from warehouse.errors import WarehouseError, WarehouseMissing
from warehouse.lake import LAKE, attach, open_lake
from warehouse.locking import publish_lock
from warehouse.postgres import roll_back
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from warehouse.location import Location
    from warehouse.schema import Table

_OPTIONS = {"parquet_compression": "zstd", "data_inlining_row_limit": "0"}
_TABLES_THERE = "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = ?"
_COLUMNS_THERE = "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE database_name = ?"

_LOGGER = logging.getLogger(__name__)


def create(location: Location) -> None:
    """Makes the warehouse, or what it lacks of tables, columns and comments; does nothing where nothing is lacking.

    Raises:
        WarehouseError: a column that is there has another type than declared, or the data path holds the files of
            another catalog.
    """
    if location.is_in_postgres or location.catalog_file.exists():
        try:
            with open_lake(location, read_only=True) as connection:
                if not _lacking(connection) and not _options_to_set(connection, tables().values()):
                    return
        except WarehouseMissing:
            _LOGGER.info("making or completing the warehouse %s", location)
    with publish_lock(location):
        if not location.is_in_postgres:
            location.catalog_file.parent.mkdir(parents=True, exist_ok=True)
        if not location.is_in_bucket:
            location.data_directory.mkdir(parents=True, exist_ok=True)
        is_new = not location.is_in_postgres and not location.catalog_file.exists()
        with attach(location, read_only=False) as connection:
            try:
                refuse_files_of_others(location, connection)
            except WarehouseError:
                connection.close()
                if is_new:
                    # Left there, it would stand in the way of the one that is to be put back.
                    catalog_file.remove(location.catalog_file)
                raise
            complete(connection)
            claim(location, connection)


def complete(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives the attached lake what it lacks of tables, columns, comments and options."""
    for option in _options_to_set(connection, ()):
        connection.execute(option)
    statements = _lacking(connection)
    if statements:
        connection.execute("BEGIN")
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"CALL {LAKE}.set_commit_message('wirehouse', 'create')")
        connection.execute("COMMIT")
        _LOGGER.info("made or completed the warehouse's tables (%d statements)", len(statements))
    for option in _options_to_set(connection, tables().values()):
        connection.execute(option)


def _options_to_set(connection: duckdb.DuckDBPyConnection, declared_tables: Iterable[Table]) -> list[str]:
    """Statements for the options that the attached lake lacks, and these tables of it."""
    declared: list[tuple[str | None, str, str]] = [(None, name, value) for name, value in _OPTIONS.items()]
    for table in declared_tables:
        declared.append((table.name, "data_inlining_row_limit", str(table.inline_rows)))
        if table.row_group_rows:
            declared.append((table.name, "parquet_row_group_size", str(table.row_group_rows)))
    rows = connection.execute("SELECT scope_entry, option_name, value FROM ducklake_options(?)", [LAKE]).fetchall()
    there = {(entry, name): value for entry, name, value in rows}
    return [
        f"CALL {LAKE}.set_option({quoted(name)}, {quoted(value)}{f', table_name => {quoted(owner)}' if owner else ''})"
        for owner, name, value in declared
        if there.get((owner and f"main.{owner}", name)) != value
    ]


def _lacking(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Statements that would make the attached lake what the declarations say."""
    connection.execute("BEGIN")  # both answers from one snapshot: another process may be creating
    try:
        comments: dict[str, str | None] = dict(connection.execute(_TABLES_THERE, [LAKE]).fetchall())
        described = connection.execute(_COLUMNS_THERE, [LAKE]).fetchall()
    finally:
        roll_back(connection)
    columns: dict[str, dict[str, tuple[str, str | None]]] = {name: {} for name in comments}
    for name, column, type_, comment in described:
        columns[name][column] = (type_, comment)
    statements: list[str] = []
    for table in tables().values():
        if table.name not in comments:
            statements += table.ddl(LAKE)
        if comments.get(table.name) != table.grain:
            statements.append(f"COMMENT ON TABLE {LAKE}.{table.name} IS {quoted(table.grain)}")
        statements += _lacking_of(table, columns.get(table.name))
    return statements


def _lacking_of(table: Table, found: dict[str, tuple[str, str | None]] | None) -> list[str]:
    """Statements for the columns of `table`; `found` has the type and comment of those there, None without a table."""
    statements = []
    for column in table.stored_columns:
        type_, comment = (found or {}).get(column.name, (None, None))
        if found is not None and type_ is None:
            # NOT NULL cannot be held by rows that are there already.
            statements.append(f'ALTER TABLE {LAKE}.{table.name} ADD COLUMN "{column.name}" {column.type}')
        if type_ is not None and type_.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ") != column.type:
            raise WarehouseError(
                f"table {table.name}, column {column.name}: the warehouse has {type_}, we declare {column.type};"
                " restore the version that made it, or export and ingest anew"
            )
        if comment != column.description:
            statements.append(f'COMMENT ON COLUMN {LAKE}.{table.name}."{column.name}" IS {quoted(column.description)}')
    return statements
