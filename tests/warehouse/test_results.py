from __future__ import annotations

import csv
import io
import json
import re
import resource
import unicodedata

import duckdb
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len

import warehouse
from warehouse import query

HOSTILE = "[red]x[/red] \x1b[31mred\x1b]0;title\x07 \x9b31m \u202eback\u2066 a\nb\tc\r\x00 🗞 \u200bं"


@pytest.fixture
def plain() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def written(connection: duckdb.DuckDBPyConnection, sql: str, output_format: str, width: int | None = None) -> str:
    out = io.BytesIO()
    query.write_result(connection, sql, output_format, out, width)
    return out.getvalue().decode()


VALUES = """
SELECT
    TIMESTAMPTZ '2025-12-10 12:00:00.5+05:30' AS at, TIMESTAMP '2025-12-10 12:00:00' AS local_time,
    DATE '2025-12-10' AS day, TIME '12:00:00' AS clock, INTERVAL '1 month 2 days 3 seconds' AS span,
    TIMESTAMPTZ 'infinity' AS never,
    1.50::DECIMAL(5, 2) AS price, 7::HUGEINT AS many, 'nan'::DOUBLE AS nan, 0.5 AS half, true AS yes, NULL AS nothing,
    'Zoë "q", x' AS text, '\\xAA'::BLOB AS bytes, ['a', NULL] AS list,
    {'at': TIMESTAMPTZ '2025-12-10 12:00:00Z'} AS struct, MAP {'k': 1} AS map, 'a'::ENUM ('a', 'b') AS enum
"""

AS_JSON = {
    "at": "2025-12-10T06:30:00.500000Z",
    "local_time": "2025-12-10T12:00:00",
    "day": "2025-12-10",
    "clock": "12:00:00",
    "span": "1 month 2 days 00:00:03",
    "never": "infinity",
    "price": 1.5,
    "many": 7,
    "nan": "nan",
    "half": 0.5,
    "yes": True,
    "nothing": None,
    "text": 'Zoë "q", x',
    "bytes": "aa",
    "list": ["a", None],
    "struct": {"at": "2025-12-10T12:00:00Z"},
    "map": {"k": 1},
    "enum": "a",
}


def test_json_keeps_values_and_writes_times_in_utc(plain: duckdb.DuckDBPyConnection) -> None:
    assert json.loads(written(plain, VALUES, "json")) == [AS_JSON]
    assert json.loads(written(plain, VALUES, "jsonl")) == AS_JSON


def test_csv_writes_the_same_values_as_text(plain: duckdb.DuckDBPyConnection) -> None:
    (row,) = csv.DictReader(io.StringIO(written(plain, VALUES, "csv")))
    for name, value in AS_JSON.items():
        if isinstance(value, str):
            assert row[name] == value
        else:
            assert row[name] == "" if value is None else json.loads(row[name]) == value


@pytest.mark.parametrize(
    "span",
    ["1 month 2 days", "14 months", "-14 months", "-1 day 1 microsecond", "300 hours", "-90 minutes", "0 days"],
)
@pytest.mark.parametrize("output_format", ["table", "csv", "json", "parquet"])
def test_an_interval_is_written_as_duckdb_writes_it(
    plain: duckdb.DuckDBPyConnection, span: str, output_format: str
) -> None:
    ((text,),) = plain.execute(f"SELECT (INTERVAL '{span}')::VARCHAR").fetchall()
    out = io.BytesIO()
    query.write_result(plain, f"SELECT INTERVAL '{span}' AS span", output_format, out)
    assert text in (str(pq.read_table(out)["span"]) if output_format == "parquet" else out.getvalue().decode())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("12345678901234567.89::DECIMAL(19, 2)", "12345678901234567.89"),
        ("1.2345678901234567890123::DECIMAL(38, 22)", "1.2345678901234567890123"),
        ("0.1::FLOAT", "0.1"),
        ("170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"),
        ("'24:00:00'::TIME", "24:00:00"),
        ("'09:08:07.06'::TIME", "09:08:07.06"),
        ("TIME_NS '10:00:00.5'", "10:00:00.5"),
        ("TIME_NS '10:00:00.000000001'", "10:00:00.000000001"),
        ("100::DECIMAL(5, 2)", "100.00"),
        ("0.00000010::DECIMAL(18, 8)", "0.00000010"),
    ],
)
@pytest.mark.parametrize("output_format", ["table", "csv", "json", "jsonl"])
def test_a_value_is_written_to_its_last_digit(
    plain: duckdb.DuckDBPyConnection, value: str, shown: str, output_format: str
) -> None:
    text = written(plain, f"SELECT {value} AS v, ['x'] AS list", output_format)
    assert re.findall(r"[0-9][0-9.:]*", text)[0] == shown


NESTED = {
    "[TIME '24:00', NULL]": ["24:00:00", None],
    "[0.1::FLOAT, 'nan'::FLOAT]": [0.1, "nan"],
    "{'x': TIMESTAMP 'infinity', 'y': NULL::INTEGER}": {"x": "infinity", "y": None},
    "[[TIMESTAMPTZ '2025-12-10 12:00:00Z'], NULL, []]": [["2025-12-10T12:00:00Z"], None, []],
    "MAP {DATE '2025-12-10': [0.1::FLOAT]}": {"2025-12-10": [0.1]},
    "MAP {'a': NULL::TIME}": {"a": None},
    "[TIME '24:00', NULL]::TIME[2]": ["24:00:00", None],
    "{'a': [{'b': 1.5::DECIMAL(5, 2)}]}": {"a": [{"b": 1.5}]},
    "union_value(t := TIME '24:00')": "24:00:00",
    "TIMESTAMP_NS '2025-12-10 12:00:00.123456789'": "2025-12-10T12:00:00.123456789",
    "TIMESTAMP_NS 'infinity'": "infinity",
    "TIMESTAMP_S 'infinity'": "infinity",
    "TIMESTAMP_MS '2025-12-10 12:00:00.5'": "2025-12-10T12:00:00.500000",
}


@pytest.mark.parametrize("value", NESTED)
def test_a_value_within_another_is_written_as_it_is_alone(plain: duckdb.DuckDBPyConnection, value: str) -> None:
    sql = f"SELECT unnest([{value}, NULL, {value}]) AS v"
    assert json.loads(written(plain, sql, "json")) == [{"v": NESTED[value]}, {"v": None}, {"v": NESTED[value]}]
    (_, (cell,), *_) = csv.reader(io.StringIO(written(plain, sql, "csv")))
    assert (cell if isinstance(NESTED[value], str) else json.loads(cell)) == NESTED[value]


@pytest.mark.parametrize(
    "value",
    [
        "md5_number('x')", "'101'::BIT", "1::BIGNUM", "'12:00:00+05:30'::TIMETZ", "[{'a': 1::UHUGEINT}]",
        "MAP {'a': '1'::BIT}", "'99999-01-01 00:00:00'::TIMESTAMPTZ", "'10000-01-01'::DATE",
        "MAP {['x']: 1}", "{'a': 1}::VARIANT", "[1::VARIANT]", "union_value(a := 1::UHUGEINT)",
    ],
)  # fmt: skip
def test_what_cannot_be_written_as_it_is_is_refused_with_what_to_do(
    plain: duckdb.DuckDBPyConnection, value: str
) -> None:
    for output_format in ("table", "csv", "json", "jsonl"):
        with pytest.raises(warehouse.WarehouseError, match=r"cast (it|its column) to VARCHAR"):
            written(plain, f"SELECT 1 AS a, {value} AS b", output_format)
        assert written(plain, f"SELECT ({value})::VARCHAR AS b", output_format)


@pytest.mark.parametrize("value", ["[INTERVAL 1 DAY]", "union_value(num := 2)"])
def test_what_parquet_cannot_hold_is_refused_with_what_to_do(plain: duckdb.DuckDBPyConnection, value: str) -> None:
    with pytest.raises(warehouse.WarehouseError, match="cast its column to VARCHAR"):
        query.write_result(plain, f"SELECT {value} AS b", "parquet", io.BytesIO())


def test_a_table_shows_what_is_no_number_as_itself_and_among_numbers(plain: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT unnest(['nan'::DOUBLE, '-inf'::DOUBLE, 1.5, NULL]) AS measured"
    lines = written(plain, sql, "table").splitlines()
    assert [line.strip("│") for line in lines[3:7]] == ["      nan ", "     -inf ", "      1.5 ", "     NULL "]


def test_parquet_keeps_types(plain: duckdb.DuckDBPyConnection) -> None:
    out = io.BytesIO()
    query.write_result(plain, "SELECT now() AS at, [1, 2] AS list, 'x' AS text FROM range(3)", "parquet", out)
    table = pq.read_table(out)
    assert table.num_rows == 3
    assert [str(field.type) for field in table.schema] == ["timestamp[us, tz=UTC]", "list<element: int32>", "string"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_spreadsheets_get_no_formulas(plain: duckdb.DuckDBPyConnection, start: str) -> None:
    plain.execute(
        "CREATE TABLE t AS SELECT $1 AS cell, -5 AS number, {'a': 1} AS struct", [f"{start}cmd|' /C calc'!A0"]
    )
    text = written(plain, f'SELECT cell, number, cell AS "{start}head", struct FROM t', "csv")
    heads, cells = csv.reader(io.StringIO(text, newline=""))
    assert cells[0] == f"'{start}cmd|' /C calc'!A0"
    assert cells[1] == "-5"
    assert heads[2] == f"'{start}head"


@pytest.mark.parametrize("text", ["+05:30", "-03:00", "+5", "-1.50", "+1:02:03.5"])
def test_signed_numbers_and_times_are_no_formulas(plain: duckdb.DuckDBPyConnection, text: str) -> None:
    plain.execute("CREATE TABLE t AS SELECT $1 AS cell", [text])
    assert written(plain, f'SELECT cell AS "{text}" FROM t', "csv") == f'"{text}"\n"{text}"\n'


@pytest.mark.parametrize(
    "text", ["+", "-", "+-1", "+05:30 ", "-1+1", "+1\n=1+1", "+1e5", "-1:A1", "+.5", "+１", "-2\n", "+1|x"]
)
def test_what_only_begins_as_a_number_is_guarded(plain: duckdb.DuckDBPyConnection, text: str) -> None:
    plain.execute("CREATE TABLE t AS SELECT $1 AS cell", [text])
    names, cells = csv.reader(io.StringIO(written(plain, f'SELECT cell AS "{text}" FROM t', "csv"), newline=""))
    assert names == cells == [f"'{text}"]


@pytest.mark.parametrize(
    ("output_format", "nothing"),
    [("json", "[]\n"), ("jsonl", ""), ("csv", '"a","b"\n')],
)
def test_an_empty_result_is_well_formed(plain: duckdb.DuckDBPyConnection, output_format: str, nothing: str) -> None:
    assert written(plain, "SELECT 1 AS a, 2 AS b WHERE false", output_format) == nothing
    assert "(0 rows)" in written(plain, "SELECT 1 AS a WHERE false", "table")
    out = io.BytesIO()
    query.write_result(plain, "SELECT 1 AS a WHERE false", "parquet", out)
    assert pq.read_table(out).num_rows == 0


def test_columns_of_the_same_name_are_kept_apart(plain: duckdb.DuckDBPyConnection) -> None:
    assert json.loads(written(plain, "SELECT 1 AS a, 2 AS a, 3 AS a_1", "jsonl")) == {"a": 1, "a_2": 2, "a_1": 3}


def test_an_unknown_format_is_refused(plain: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(warehouse.WarehouseError, match="no format 'xlsx': use one of table, csv"):
        written(plain, "SELECT 1", "xlsx")


def test_a_terminal_is_told_nothing_but_text(plain: duckdb.DuckDBPyConnection) -> None:
    plain.execute("CREATE TABLE t AS SELECT $1 AS hostile", [HOSTILE])
    for sql in (
        "FROM t",
        "SELECT [hostile] AS list FROM t",
        'SELECT 1 AS "\x1b[31mhead"',
        "EXPLAIN SELECT * FROM t WHERE hostile = '\x1b[31m'",
    ):
        text = written(plain, sql, "table", 120)
        assert {c for c in text if unicodedata.category(c) in {"Cc", "Cs"}} <= {"\n"}
        assert not set(text) & set("\u202e\u2066")
    assert "[red]x[/red]" in written(plain, "FROM t", "table", 120)


def test_a_table_keeps_to_its_width_and_cuts_wide_text(plain: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT i, repeat('wide ', 50) AS text, '東京 報道' AS city, 'short' AS s FROM range(3) AS t(i)"
    for width in (40, 80, 200):
        lines = written(plain, sql, "table", width).splitlines()
        framed = [line for line in lines if line[:1] in "╭│├╰"]
        assert {cell_len(line) for line in framed} == {width}
        assert "…" in framed[3]
        assert lines[-1] == "(3 rows)"


def test_columns_that_do_not_fit_are_named(plain: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"'{'x' * 20}' AS column_{n}" for n in range(9))
    text = written(plain, f"SELECT {columns} FROM range(2)", "table", 80)
    assert "(3 more columns do not fit: column_6, column_7, column_8; use --format csv, json, jsonl or parquet)" in text


def test_a_single_row_that_does_not_fit_stands_upright(plain: duckdb.DuckDBPyConnection) -> None:
    columns = ", ".join(f"{n} AS column_{n}" for n in range(30))
    lines = written(plain, f"SELECT {columns}", "table", 60).splitlines()
    assert sum("column_" in line for line in lines) == 30
    assert lines[-1] == "(1 row)"


def test_numbers_stand_to_the_right_and_nulls_show(plain: duckdb.DuckDBPyConnection) -> None:
    text = written(plain, "SELECT * FROM (VALUES (1, 'a'), (100, NULL)) AS t(number, text)", "table", 80)
    assert "│      1 │ a    │" in text
    assert "│    100 │ NULL │" in text


def test_a_long_table_says_how_to_get_the_rest(plain: duckdb.DuckDBPyConnection) -> None:
    lines = written(plain, "FROM range(100000)", "table", 80).splitlines()
    assert len(lines) < 1010
    assert lines[-1] == "(the first 1,000 rows; for all of them use --format csv, json, jsonl or parquet)"


def test_explain_shows_the_plan_as_drawn(plain: duckdb.DuckDBPyConnection) -> None:
    assert written(plain, "EXPLAIN SELECT 42", "table", 40).startswith("┌─")


class Nowhere(io.RawIOBase):
    """Takes everything, keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return memoryview(data).nbytes  # type: ignore[arg-type]


@pytest.mark.parametrize("output_format", ["csv", "json", "jsonl", "parquet"])
def test_large_results_are_not_held_in_memory(plain: duckdb.DuckDBPyConnection, output_format: str) -> None:
    sql = "SELECT i, repeat(md5(i::VARCHAR), 40) AS text FROM range({}) AS t(i)"
    query.write_result(plain, sql.format(60_000), output_format, Nowhere())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = query.write_result(plain, sql.format(250_000), output_format, Nowhere())  # 320 MB of text
    assert rows == 250_000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 100
