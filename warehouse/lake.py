"""Opening a warehouse: extensions, attachment, views and macros."""

from __future__ import annotations

import contextlib
import logging
import re
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse import object_store
from warehouse.declared import relations, tables
from warehouse.errors import CatalogBusy, CatalogOutdated, WarehouseError, WarehouseMissing
from warehouse.extensions import connect_with, extensions, first_line, load
from warehouse.location import Location
from warehouse.postgres import SECRET, give_password, roll_back
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

LAKE = "lake"
"""Alias the DuckLake is attached under; the files of `warehouse/sql` name it."""

_CONTENTION = re.compile("locked|busy|conflict", re.IGNORECASE)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'|\S*/\S*""")
"""What a message quotes: names, values and paths."""

UNREACHABLE = re.compile("unable to connect|permission denied|connection to server", re.IGNORECASE)
"""Finds the messages of a PostgreSQL that does not answer, or not to us."""

_BUSY_TIMEOUT_MS = 5_000

_VERSIONS = re.compile(r"catalog version is ([\w.-]+), but the extension requires version ([\w.-]+?)[.,]?\s")

_LOGGER = logging.getLogger(__name__)


def connect(
    location: Location | str | Path | None = None, *, read_only: bool = True, snapshot: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in which the relations of the warehouse resolve by their bare names, in UTC.

    The lake itself is attached as `lake`; views and macros live in the connection's own memory, which stays writable
    for temporary tables. Readers may be many and never wait for a publisher.

    Args:
        location: the warehouse, or the directory of its home; by default what the `WIREHOUSE_` variables of the
            environment name.
        read_only: False to write; only `publish` should have to.
        snapshot: an older snapshot, to be read in the place of the newest; `find_snapshot` gives that of a name.

    Raises:
        WarehouseMissing: there is nothing yet, or not all of it.
        WarehouseError: there is no such snapshot, or it lacks a table.
        CatalogOutdated: another version of DuckLake wrote the catalog.
        ExtensionMissing: DuckDB lacks an extension.
    """
    if isinstance(snapshot, str):
        raise WarehouseError(f"a snapshot is read by its number: find_snapshot gives that of {snapshot!r}")
    if location is None:
        place = Location.from_environment()
    else:
        place = location if isinstance(location, Location) else Location.of_home(location)
    connection = open_lake(place, read_only=read_only, snapshot=snapshot)
    try:
        # In one transaction: in one each, DuckLake would read its catalog for every view anew.
        connection.execute(";\n".join(["BEGIN", *views(), "COMMIT"]))
    except BaseException as error:
        roll_back(connection)
        connection.close()
        if not isinstance(error, duckdb.CatalogException | duckdb.BinderException):
            raise
        if snapshot is not None:
            raise WarehouseError(
                f"snapshot {snapshot} lacks what we need ({first_line(error)}): it is of an older version, or of before"
                " the tables were made; FROM runs has the snapshot_id of each run"
            ) from error
        raise WarehouseMissing(_missing(place, f"it lacks what we need ({first_line(error)})")) from error
    return connection


@contextlib.contextmanager
def at_one_moment(location: Location) -> Iterator[duckdb.DuckDBPyConnection]:
    """`connect`, read-only and in one transaction: all that is asked is of one moment.

    For many questions in a row: alone, each of them has DuckLake read its catalog again.
    """
    with connect(location) as connection:
        connection.begin()
        try:
            yield connection
        finally:
            roll_back(connection)


def views() -> Iterator[str]:
    """Makes the views and macros, and views of the other tables: so nothing needs a search path that has the lake.

    A cursor of the connection would not have it, and with one SHOW TABLES lists every relation twice.
    """
    # Functions first, views last: what calls a macro is bound when it is made.
    order = ("function", "macro", "view")
    for relation in sorted(relations().values(), key=lambda each: order.index(each.kind)):
        yield from relation.statements()
    for name in tables().keys() - relations().keys():
        yield f"CREATE VIEW {name} AS FROM {LAKE}.{name}"


def open_lake(location: Location, *, read_only: bool, snapshot: int | None = None) -> duckdb.DuckDBPyConnection:
    """`connect` without the views and macros, for those who read `lake.name` themselves: it opens faster.

    Raises:
        WarehouseMissing: there is nothing yet, or nothing that could be read.
        CatalogOutdated: another version of DuckLake wrote the catalog.
        WarehouseError: this user may not write in the catalog's directory.
        CatalogBusy: another process keeps the catalog locked.
    """
    if not location.is_in_postgres and not location.catalog_file.exists():
        raise WarehouseMissing(_missing(location, "there is no such file"))
    try:
        return attach(location, read_only=read_only, snapshot=snapshot)
    except duckdb.Error as error:
        if snapshot is not None and "no snapshot found" in str(error).lower():
            raise WarehouseError(f"no snapshot {snapshot}: there is none of this number, or it has expired") from error
        raise _explained(location, first_line(error)) from error


def _explained(location: Location, found: str) -> WarehouseError:
    """What an attachment that failed with the message `found` is to be called."""
    if "readonly database" in found:
        return WarehouseError(
            f"cannot read {location}: SQLite keeps a log beside the catalog, so readers too must be able"
            f" to write in {location.catalog_file.parent}; or read a copy"
        )
    if is_contention(found):
        return CatalogBusy(f"could not open {location}: {found}")
    if versions := _VERSIONS.search(found):
        return CatalogOutdated(str(location), *versions.groups())
    if UNREACHABLE.search(found):
        return WarehouseError(f"cannot open {location}: {found}; see to WIREHOUSE_CATALOG, the server and its password")
    return WarehouseMissing(_missing(location, found))


def is_contention(message: str) -> bool:
    """Whether the message of a DuckDB error is of one that another try may not meet."""
    return _CONTENTION.search(_QUOTED.sub("", message)) is not None


def require(location: Location) -> None:
    """Makes sure that there is a warehouse, and makes nothing: for work that is on what is there.

    Raises:
        WarehouseMissing, CatalogOutdated, WarehouseError, CatalogBusy: see `open_lake`.
    """
    open_lake(location, read_only=True).close()


def attach(
    location: Location, *, read_only: bool, snapshot: int | None = None, migrate: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection with the lake attached, without views.

    `migrate` lets DuckLake write the catalog of an older version anew. Errors are DuckDB's own: see `open_lake`.
    """
    connection = connect_with(extensions(location))
    try:
        # Partitions by month follow the session's zone, and so do dates cast from times.
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        # Files of the lake never change: what their ends say is read once.
        connection.execute("SET GLOBAL parquet_metadata_cache = true")
        # DuckDB's own default is one place for all sessions of a directory, in which they overwrite one another.
        spill = Path(tempfile.gettempdir()) / f"wirehouse-{uuid.uuid4().hex}"
        connection.execute(f"SET temp_directory = {quoted(str(spill))}")
        if location.is_in_bucket:
            give_keys(connection, location.data_root)
        if location.password:
            give_password(connection, location.password)
        options = list(_options(location, read_only=read_only))
        if migrate:
            options.append("AUTOMATIC_MIGRATION true")
        if snapshot is not None:
            options.append(f"SNAPSHOT_VERSION {snapshot:d}")
        connection.execute(
            f"ATTACH {quoted(location.attached)} AS {LAKE} (DATA_PATH {quoted(location.data_root)},"
            f" OVERRIDE_DATA_PATH true{''.join(f', {option}' for option in options)})"
        )
    except BaseException:
        connection.close()
        raise
    return connection


def _options(location: Location, *, read_only: bool) -> Iterator[str]:
    if read_only:
        yield "READ_ONLY"
    if location.password:
        yield f"META_SECRET {quoted(SECRET)}"
    if not location.is_in_postgres:
        yield f"META_BUSY_TIMEOUT {_BUSY_TIMEOUT_MS}"
        if not read_only:
            # Without a write-ahead log polling readers slow a commit tenfold and meet "database is locked".
            yield "META_JOURNAL_MODE 'WAL'"


def give_keys(connection: duckdb.DuckDBPyConnection, scope: str) -> None:
    """Gives the session the keys to a path in a bucket; see `warehouse.object_store`."""
    if not object_store.has_keys():
        load(connection, "aws")
    try:
        connection.execute(object_store.secret(scope))
    except duckdb.Error as error:
        # Not as its cause: a message may repeat the statement, which holds the keys.
        raise WarehouseError(f"cannot use the AWS_ variables for {scope}: {type(error).__name__}") from None


def _missing(location: Location, found: str) -> str:
    return (
        f"no warehouse at {location}: {found}. Run `wirehouse ingest --site NAME` (or `wirehouse demo`) to make"
        " one, or set WIREHOUSE_HOME to where yours is"
    )
