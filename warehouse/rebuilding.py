"""An index made anew beside the one in the lake, and how the two differ."""

# ruff: noqa: S608 - the names put into SQL here are declared ones
from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from warehouse.declared import table
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

REBUILT = "rebuilt"
"""Alias of the scratch database: the schema that the index is made in."""

_INCOMING = "incoming_rows"
_BATCH_ROWS = 5_000
_INDEXED = (
    *("article_uid", "title", "summary", "body", "language", "source", "published_at", "updated_at"),
    "content_hash",
)


@dataclass(frozen=True, slots=True)
class IndexTable:
    """One table of an index, for comparing.

    Attributes:
        name: the table.
        identity: the columns by which its rows are removed; no two rows agree on them.
        compared: the columns in which the two must agree.
        leftover: a condition on a row `t` of the lake that no article stands for any more; such rows do no harm.
    """

    name: str
    identity: tuple[str, ...]
    compared: tuple[str, ...]
    leftover: str = "false"


@dataclass(frozen=True, slots=True)
class Difference:
    """How one table of the lake differs from the one made anew.

    Attributes:
        lacking: rows that the lake's table should have, whole.
        wrong: the identity of rows that it should not have.
        leftover: the identity of rows about texts that no article has any more.
    """

    table: str
    lacking: pa.Table
    wrong: pa.Table
    leftover: pa.Table

    @property
    def gone(self) -> pa.Table:
        """The identity of all rows that are to go: wrong ones and leftovers."""
        return pa.concat_tables([self.wrong, self.leftover])


@contextlib.contextmanager
def rebuilding(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> Iterator[None]:
    """Attaches a scratch database as `rebuilt` with these tables, empty; on disk, so that memory stays bounded."""
    with tempfile.TemporaryDirectory(prefix="wirehouse-") as directory:
        connection.execute(f"ATTACH {quoted(str(Path(directory) / 'rebuilt.duckdb'))} AS {REBUILT}")
        try:
            for name in names:
                connection.execute(next(table(name).ddl(REBUILT)))
            yield
        finally:
            connection.execute(f"DETACH {REBUILT}")


def write(
    connection: duckdb.DuckDBPyConnection,
    appends: Mapping[str, pa.Table],
    replaces: Mapping[str, pa.Table],
    removes: Mapping[str, pa.Table],
    *,
    schema: str = REBUILT,
) -> None:
    """Does to the scratch database what `publish` would do to the lake."""
    doomed = [(name, rows, tuple(rows.column_names)) for name, rows in removes.items()]
    doomed += [(name, rows, table(name).key) for name, rows in replaces.items()]
    for name, rows, key in doomed:
        same = table(name).same(key)
        with _registered(connection, rows):
            connection.execute(f"DELETE FROM {schema}.{name} t USING {_INCOMING} i WHERE {same}")
    for name, rows in (*replaces.items(), *appends.items()):
        with _registered(connection, rows):
            connection.execute(f"INSERT INTO {schema}.{name} BY NAME SELECT * FROM {_INCOMING}")


def article_texts(connection: duckdb.DuckDBPyConnection) -> Iterator[pa.Table]:
    """Of every article the columns that indexes are made from, some thousand at a time."""
    reader = connection.cursor().execute(f"SELECT {', '.join(_INDEXED)} FROM lake.articles")
    for batch in reader.to_arrow_reader(_BATCH_ROWS):
        yield pa.Table.from_batches([batch])


def difference(connection: duckdb.DuckDBPyConnection, declared: IndexTable) -> Difference:
    """Compares a table of the lake with the one made anew."""
    name = declared.name
    identity = ", ".join(f't."{column}"' for column in declared.identity)
    same = " AND ".join(f't."{column}" IS NOT DISTINCT FROM o."{column}"' for column in declared.compared)
    theirs = f"SELECT {identity} FROM lake.{name} t ANTI JOIN {REBUILT}.{name} o ON {same}"
    lacking, wrong, leftover = (
        connection.execute(sql).to_arrow_table()
        for sql in (
            f"SELECT t.* FROM {REBUILT}.{name} t ANTI JOIN lake.{name} o ON {same}",
            f"{theirs} WHERE NOT ({declared.leftover})",
            f"{theirs} WHERE {declared.leftover}",
        )
    )
    return Difference(name, lacking, wrong, leftover)


@contextlib.contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> Iterator[None]:
    connection.register(_INCOMING, rows)
    try:
        yield
    finally:
        connection.unregister(_INCOMING)
