"""The view `dictionary`: every relation and column, described from the declarations."""

# ruff: noqa: S608 - what is put into SQL here is quoted
from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.relations import Relation
from warehouse.schema import Column, Table, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

_DESCRIPTION = "What there is to query: one row per relation, and one per column of it."
_COLUMNS = (
    Column(
        "relation",
        "VARCHAR",
        "name of the table, view, macro or function; a macro is called, as in FROM articles_as_of(now()), and so is a"
        " function, as in SELECT search_words('Floods')",
    ),
    Column("kind", "VARCHAR", "table, view, macro or function"),
    Column("position", "INTEGER", "number of the column within the relation, from 1; 0 for the relation itself"),
    Column("column_name", "VARCHAR", "name of the column; null for the relation itself"),
    Column("type", "VARCHAR", "DuckDB type of the column; null for the relation itself"),
    Column("description", "VARCHAR", "what one row is, or what the column holds"),
)


def dictionary(tables: Mapping[str, Table], relations: Mapping[str, Relation]) -> Relation:
    """The view itself, over `tables`, `relations` (which hide tables of the same name) and itself."""
    described: dict[str, tuple[str, str, tuple[Column, ...]]] = {
        **{name: ("table", table.grain, table.columns) for name, table in tables.items()},
        **{name: (relation.kind, relation.description, relation.columns) for name, relation in relations.items()},
        "dictionary": ("view", _DESCRIPTION, _COLUMNS),
    }
    rows = []
    for name, (kind, description, columns) in sorted(described.items()):
        rows.append(f"({quoted(name)}, {quoted(kind)}, 0, NULL, NULL, {quoted(description)})")
        rows += [
            f"({quoted(name)}, {quoted(kind)}, {position}, {quoted(column.name)}, {quoted(column.type)},"
            f" {quoted(column.description)})"
            for position, column in enumerate(columns, start=1)
        ]
    names = ", ".join(column.name for column in _COLUMNS)
    return Relation(
        name="dictionary",
        kind="view",
        parameters="",
        description=_DESCRIPTION,
        columns=_COLUMNS,
        sql=f"CREATE VIEW dictionary AS SELECT * FROM (VALUES {', '.join(rows)}) AS declared({names})",
    )
