"""What the dashboard shows, asked of the warehouse: every answer bounded, however much the warehouse holds."""

from __future__ import annotations

import math
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

from warehouse.lake import open_lake
from warehouse.postgres import roll_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from warehouse.location import Location

_FILES = resources.files("warehouse.dashboard")

#: The tables that queries share, in the order in which they are made.
_MADE_BEFORE = ("filed.sql", "biggest.sql")

#: Characters that would turn or hide the text around them: direction overrides, and controls but for the line's end.
_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb]")


def gather(location: Location) -> dict[str, Any]:
    """The answers to all queries, from one snapshot.

    Returns:
        `snapshot_id`, and for each file of `queries/` its columns by name. A column is a list of values, or, where few
        values come many times, `{"of": [values], "at": [places in them]}`. Times are seconds since 1970.

    Raises:
        WarehouseMissing: there is no warehouse, or not all of it.
    """
    with open_lake(location, read_only=True) as connection:
        connection.execute("BEGIN")
        try:
            ((snapshot,),) = connection.execute("SELECT id FROM lake.current_snapshot()").fetchall()
            for name in _MADE_BEFORE:
                connection.execute((_FILES / name).read_text(encoding="utf-8"))
            answers = {name: _columns(connection, sql) for name, sql in queries()}
        finally:
            roll_back(connection)
    return {"snapshot_id": snapshot, **answers}


def queries() -> Iterator[tuple[str, str]]:
    """The name and SQL of every query."""
    for file in sorted((_FILES / "queries").iterdir(), key=lambda file: file.name):
        yield file.name.removesuffix(".sql"), file.read_text(encoding="utf-8")


def _columns(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    table = connection.execute(sql).to_arrow_table()
    return {name: _packed([shown(value) for value in table[name].to_pylist()]) for name in table.column_names}


def _packed(values: list[Any]) -> Any:
    """The column as it goes into the page: repeated texts once each."""
    if not all(isinstance(value, str) for value in values):
        return values
    places: dict[str, int] = {}
    at = [places.setdefault(value, len(places)) for value in values]
    return {"of": list(places), "at": at} if len(places) * 2 < len(values) else values


def shown(value: Any) -> Any:
    """A value as the page may show it: text that cannot steer the text around it, numbers that JSON knows."""
    if isinstance(value, str):
        return _STEERING.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return [shown(each) for each in value] if isinstance(value, list) else value
