"""How a table is declared: grain, key, columns, partitions. DDL, comments, Arrow schema and checks come from it."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from warehouse.errors import SchemaMismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@functools.cache
def _arrow_types() -> dict[str, pa.DataType]:
    return {
        "VARCHAR": pa.string(),
        "VARCHAR[]": pa.list_(pa.string()),
        "INTEGER[]": pa.list_(pa.int32()),
        "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
        "DATE": pa.date32(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
    }


def quoted(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is a DuckDB type name; `description` becomes the column's COMMENT."""

    name: str
    type: str
    description: str
    nullable: bool = True

    @property
    def ddl(self) -> str:
        return f'"{self.name}" {self.type}' + ("" if self.nullable else " NOT NULL")

    @property
    def arrow_type(self) -> pa.DataType:
        return _arrow_types()[self.type]


def required(name: str, type_: str, description: str) -> Column:
    """A column that may not be null."""
    return Column(name, type_, description, nullable=False)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake.

    Attributes:
        name: as in SQL; also the name of the module that declares it.
        grain: what one row is, as a sentence; becomes the table's COMMENT.
        key: columns no two rows agree on; empty for a log, in which equal rows may stand.
        columns: in order.
        partitioned_by: DuckLake partition transforms, for example `month(published_at)`; always in UTC.
        sorted_by: columns the rows of a file are sorted by, so that statistics prune.
        inline_rows: inserts up to this many rows go into the catalog instead of a file of their own, for good: only
            where a run adds a row or two. See `warehouse.maintaining` for why they are not flushed into files.
        kept_snapshot: the column that keeps the snapshot of a row that is written again, by maintenance or in the place
            of the one before, where that is asked for; it is in the lake only. Empty: none.
        row_group_rows: rows of a Parquet row group, the least that is read: few where single rows are looked up; 0 is
            DuckDB's own choice.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partitioned_by: tuple[str, ...] = ()
    sorted_by: tuple[str, ...] = ()
    inline_rows: int = 0
    kept_snapshot: str = ""
    row_group_rows: int = 0

    @property
    def arrow_schema(self) -> pa.Schema:
        """The shape `publish` expects, in the order of the columns."""
        return pa.schema([pa.field(c.name, c.arrow_type, nullable=c.nullable) for c in self.columns])

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns in the lake."""
        kept = Column(self.kept_snapshot, "BIGINT", "snapshot that inserted the row, once it was written again")
        return (*self.columns, kept) if self.kept_snapshot else self.columns

    def ddl(self, qualifier: str) -> Iterator[str]:
        """Statements that make the table, without its comments, under `qualifier` (a catalog's alias)."""
        yield f"CREATE TABLE {qualifier}.{self.name} ({', '.join(c.ddl for c in self.stored_columns)})"
        if self.partitioned_by:
            yield f"ALTER TABLE {qualifier}.{self.name} SET PARTITIONED BY ({', '.join(self.partitioned_by)})"
        yield from self.sorting(qualifier)

    def sorting(self, qualifier: str) -> Iterator[str]:
        """The statement that has the rows of a file sorted, if they are to be. It may be repeated."""
        if self.sorted_by:
            yield f"ALTER TABLE {qualifier}.{self.name} SET SORTED BY ({', '.join(f'{c} ASC' for c in self.sorted_by)})"

    def same(self, names: Iterable[str]) -> str:
        """The condition that a row of the table, `t`, and another, `i`, agree in these columns, nulls included."""
        # A plain = lets DuckDB skip files by the range of the other's values.
        columns = [column for column in self.columns if column.name in set(names)]
        return " AND ".join(
            f't."{c.name}" {"IS NOT DISTINCT FROM" if c.nullable else "="} i."{c.name}"' for c in columns
        )

    def conform(self, rows: pa.Table) -> pa.Table:
        """`rows` with exactly the declared columns, order and types.

        Columns may come in any order and in another width or encoding of their type (large strings, 64-bit
        integers, whole numbers as floats, other units of a UTC time, all null); nothing is lost.

        Raises:
            SchemaMismatch: naming the table, the column, what was found and what is declared.
        """
        repeated = [name for name, times in Counter(rows.column_names).items() if times > 1]
        declared = {c.name for c in self.columns}
        unknown = sorted(set(rows.column_names) - declared)
        missing = [c.name for c in self.columns if c.name not in rows.column_names]
        for what, names in (("twice", repeated), ("not declared", unknown), ("missing", missing)):
            if names:
                raise SchemaMismatch(f"table {self.name}: column {', '.join(names)} of the rows to publish is {what}")
        return pa.table([self._conform(c, rows.column(c.name)) for c in self.columns], schema=self.arrow_schema)

    def conform_part(self, rows: pa.Table) -> pa.Table:
        """`rows`, which may have only some of the columns, in the declared order and types; see `conform`."""
        part = replace(self, columns=tuple(c for c in self.columns if c.name in rows.column_names))
        return part.conform(rows)

    def _conform(self, column: Column, values: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
        where = f"table {self.name}, column {column.name}"
        if not column.nullable and values.null_count:
            raise SchemaMismatch(
                f"{where}: {values.null_count} of {len(values)} values are null; it is declared NOT NULL"
            )
        if values.type == column.arrow_type:
            return values
        if not _is_same_kind(values.type, column.arrow_type):
            raise SchemaMismatch(f"{where}: found {values.type}, declared {column.type} ({column.arrow_type})")
        try:
            return values.cast(column.arrow_type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise SchemaMismatch(f"{where}: {values.type} does not fit {column.type}: {error}") from error


def _is_same_kind(found: pa.DataType, declared: pa.DataType) -> bool:
    if pa.types.is_null(found) or found == declared:
        return True
    if isinstance(found, pa.DictionaryType):
        return _is_same_kind(found.value_type, declared)
    if isinstance(declared, pa.ListType):
        if not isinstance(found, (pa.ListType, pa.LargeListType)):
            return False
        return _is_same_kind(found.value_type, declared.value_type)
    if pa.types.is_string(declared):
        return pa.types.is_large_string(found) or pa.types.is_string_view(found)
    if pa.types.is_integer(declared) or pa.types.is_floating(declared):
        return pa.types.is_integer(found) or pa.types.is_floating(found)
    if isinstance(declared, pa.TimestampType):
        return isinstance(found, pa.TimestampType) and found.tz in {"UTC", "+00:00", "Etc/UTC"}
    return False
