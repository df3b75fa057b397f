"""Writing the result of a query in the formats people ask for, a batch at a time."""

from __future__ import annotations

import itertools
import re
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq
from duckdb.sqltypes import DuckDBPyType

from warehouse.errors import WarehouseError
from warehouse.plain_values import plain_values, times_as_text
from warehouse.terminal import as_json, render_table, safe_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

FORMATS = ("table", "csv", "json", "jsonl", "parquet")

_BATCH_ROWS = 2_048
_TABLE_ROWS = 1_000
_FORMULA = "^([=@\t\r\n\uff1d\uff0b\uff0d\uff20]|[+\\-](?:$|[^0-9]|[0-9][0-9:.]*[^0-9:.]))"
"""Beginnings that make a spreadsheet run a cell (https://owasp.org/www-community/attacks/CSV_Injection).

The last four characters are the full-width forms of `=`, `+`, `-` and `@`. A sign before nothing but digits, colons and
dots is a number or a time, such as the offset +05:30. It looks not ahead: expressions of Arrow cannot."""

_GUARDED, _KEPT = "'\\1", "\\1"
"""What matches `_FORMULA` becomes."""

_PLAIN_SCALE = 6
"""Decimals with more digits behind the point than these Arrow would write with an exponent where they are small."""

_LOST = frozenset({"uhugeint", "bit", "bignum", "time with time zone", "variant"})
_NESTED = frozenset({"list", "array", "struct", "map", "union"})

_COMPUTE: Any = pyarrow.compute
"""Its stubs lack the overloads for chunked arrays and plain Python values."""


def write_result(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    output_format: str,
    out: IO[bytes],
    width: int | None = None,
    *,
    keeps_formulas: bool = False,
) -> int:
    """Runs `sql` and writes its result, holding no more than a few batches of it; returns the number of rows written.

    Times are written as ISO 8601 in UTC, intervals and numbers that are none (`nan`, `inf`, `-inf`) as DuckDB writes
    them, text as UTF-8, decimals with all of their digits. In csv, cells that a spreadsheet would take for a formula
    get a leading apostrophe, unless `keeps_formulas`. The format `table` shows at most 1,000 rows, cut to `width`
    columns of a terminal.

    Raises:
        WarehouseError: there is no such format, or a value that it cannot hold, such as a date beyond the year 9999.
        duckdb.Error: the statement does not run.
    """
    if output_format not in FORMATS:
        raise WarehouseError(f"there is no format {output_format!r}: use one of {', '.join(FORMATS)}")
    answer = connection.execute(sql)
    for name, type_, *_ in answer.description or ():
        if lost := _lost_type(type_):
            raise WarehouseError(f"column {name} cannot be written, it holds a {lost}: cast it to VARCHAR")
    try:
        return _write(answer.to_arrow_reader(_BATCH_ROWS), output_format, out, width, keeps_formulas=keeps_formulas)
    except (OverflowError, TypeError, pa.ArrowNotImplementedError) as error:
        what = f"{output_format} cannot hold a value of the result ({error})"
        raise WarehouseError(f"{what}: cast its column to VARCHAR") from error


def _lost_type(type_: DuckDBPyType) -> str | None:
    """What of a type does not survive the way through Arrow; None if all does."""
    if type_.id in _LOST:
        return str(type_)
    if type_.id in _NESTED:
        inner = (child for _, child in type_.children if isinstance(child, DuckDBPyType))
        return next(filter(None, map(_lost_type, inner)), None)
    return None


def _write(
    batches: pa.RecordBatchReader, output_format: str, out: IO[bytes], width: int | None, *, keeps_formulas: bool
) -> int:
    schema = _with_unique_names(batches.schema)
    tables = (pa.Table.from_batches([batch]).rename_columns(schema.names) for batch in batches)
    if output_format == "table":
        return _write_terminal(tables, schema, out, width)
    if output_format == "csv":
        return _write_csv(tables, schema, out, _KEPT if keeps_formulas else _GUARDED)
    if output_format == "parquet":
        return _write_parquet(tables, schema, out)
    opening, between, closing = (b"[\n", b",\n", b"\n]\n") if output_format == "json" else (b"", b"\n", b"\n")
    return _write_json(tables, out, opening, between, closing)


def _with_unique_names(schema: pa.Schema) -> pa.Schema:
    """The schema with a second `a` named `a_1`, and so on: JSON objects and Parquet files need names to differ."""
    names: list[str] = []
    for name in schema.names:
        candidates = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(1)))
        names.append(next(c for c in candidates if c not in names and (c == name or c not in schema.names)))
    return pa.schema([field.with_name(name) for field, name in zip(schema, names, strict=True)])


def _write_terminal(tables: Iterator[pa.Table], schema: pa.Schema, out: IO[bytes], width: int | None) -> int:
    rows: list[tuple[Any, ...]] = []
    for table in tables:
        rows += _rows(table.slice(0, _TABLE_ROWS + 1 - len(rows)))
        if len(rows) > _TABLE_ROWS:
            break
    shown = rows[:_TABLE_ROWS]
    if schema.names == ["explain_key", "explain_value"]:
        out.write("".join(f"{safe_lines(plan)}\n" for _, plan in shown).encode())
        return len(shown)
    out.write(render_table(schema.names, shown, is_cut=len(rows) > len(shown), width=width).encode())
    return len(shown)


def _write_csv(tables: Iterator[pa.Table], schema: pa.Schema, out: IO[bytes], cell: str) -> int:
    # Not by pyarrow: it imports pandas, which takes a second, before it makes an array of Python values.
    headings = [re.sub(_FORMULA, cell, name) for name in schema.names]
    count = 0
    writer: pyarrow.csv.CSVWriter | None = None
    for table in itertools.chain([pa.Table.from_batches([], schema)], tables):
        cells = pa.table([_csv_cells(column, cell) for column in table.columns], names=headings)
        if writer is None:
            writer = pyarrow.csv.CSVWriter(out, cells.schema)
        writer.write_table(cells)
        count += table.num_rows
    if writer is not None:
        writer.close()
    return count


def _csv_cells(column: pa.ChunkedArray[Any], cell: str) -> pa.ChunkedArray[Any]:
    """The column as numbers and booleans, which are harmless, or as text that is not a formula."""
    type_ = column.type
    if (
        pa.types.is_boolean(type_)
        or pa.types.is_integer(type_)
        or pa.types.is_floating(type_)
        or (pa.types.is_decimal(type_) and type_.scale <= _PLAIN_SCALE)
    ):
        return column
    if pa.types.is_string(type_):
        text = column
    elif pa.types.is_timestamp(type_):
        text = times_as_text(column)
    else:
        values = plain_values(column)
        text = pa.chunked_array(
            [pa.array([v if v is None or isinstance(v, str) else as_json(v) for v in values], pa.string())]
        )
    cells: pa.ChunkedArray[Any] = _COMPUTE.replace_substring_regex(text, _FORMULA, cell)
    return cells


def _write_json(tables: Iterator[pa.Table], out: IO[bytes], opening: bytes, between: bytes, closing: bytes) -> int:
    count = 0
    for table in tables:
        names = table.column_names
        lines = [as_json(dict(zip(names, row, strict=True))).encode() for row in _rows(table)]
        if lines:
            out.write((between if count else opening) + between.join(lines))
            count += len(lines)
    if count or opening:
        out.write(closing if count else b"[]\n")
    return count


def _write_parquet(tables: Iterator[pa.Table], schema: pa.Schema, out: IO[bytes]) -> int:
    count = 0
    # Intervals as text: pyarrow has no Parquet for them.
    spans = [i for i, type_ in enumerate(schema.types) if pa.types.is_interval(type_)]
    for i in spans:
        schema = schema.set(i, schema.field(i).with_type(pa.string()))
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for table in tables:
            for i in spans:
                text = pa.chunked_array([pa.array(plain_values(table.column(i)), pa.string())])
                table = table.set_column(i, schema.field(i), text)  # noqa: PLW2901
            writer.write_table(table)
            count += table.num_rows
    return count


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows of `table` as values that JSON knows."""
    return zip(*(plain_values(column) for column in table.columns), strict=True)
