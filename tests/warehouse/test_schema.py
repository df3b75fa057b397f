from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from tests.warehouse.rows import NOON, articles, rows
from warehouse.declared import tables
from warehouse.errors import SchemaMismatch

ARTICLES, RUNS = tables()["articles"], tables()["runs"]


def with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


def test_other_widths_and_encodings_of_a_type_are_taken() -> None:
    given = articles("r", ["a"], countries=["India"], word_count=3)
    wide = given.select(sorted(given.column_names))
    for name, type_ in [
        ("title", pa.large_string()),
        ("kind", pa.dictionary(pa.int32(), pa.string())),
        ("countries", pa.large_list(pa.large_string())),
        ("word_count", pa.float64()),
        ("revision", pa.int64()),
        ("published_at", pa.timestamp("ns", "UTC")),
    ]:
        wide = with_column(wide, name, wide.column(name).cast(type_))
    wide = with_column(wide, "author", pa.nulls(1))
    wide = with_column(wide, "site", wide.column("site").dictionary_encode())
    assert ARTICLES.conform(wide).equals(given)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("word_count", pa.array(["3"]), "found string, declared INTEGER"),
        ("word_count", pa.array([2**40]), "does not fit INTEGER"),
        ("word_count", pa.array([1.5]), "does not fit INTEGER"),
        ("title", pa.array([b"x"]), "found binary, declared VARCHAR"),
        ("countries", pa.array(["India"]), "declared VARCHAR\\[\\]"),
        ("site_date", pa.array([NOON]), "declared DATE"),
        ("published_at", pa.array([NOON.replace(tzinfo=None)]), "found timestamp\\[us\\], declared TIMESTAMPTZ"),
        ("published_at", pa.array([NOON.astimezone(dt.UTC)], pa.timestamp("us", "Asia/Kolkata")), "Asia/Kolkata"),
        ("article_uid", pa.array([None], pa.string()), "1 of 1 values are null"),
    ],
)
def test_a_column_that_does_not_fit_is_named(name: str, values: pa.Array, message: str) -> None:
    with pytest.raises(SchemaMismatch, match=f"table articles, column {name}: .*{message}"):
        ARTICLES.conform(with_column(articles("r", ["a"]), name, values))


def test_missing_unknown_and_repeated_columns_are_named() -> None:
    given = rows("runs", {})
    with pytest.raises(SchemaMismatch, match="table runs: column state of the rows to publish is missing"):
        RUNS.conform(given.drop_columns(["state"]))
    with pytest.raises(SchemaMismatch, match="column stat of the rows to publish is not declared"):
        RUNS.conform(given.append_column("stat", pa.array(["x"])))
    with pytest.raises(SchemaMismatch, match="column state of the rows to publish is twice"):
        RUNS.conform(given.append_column("state", pa.array(["x"])))
