"""Writes docs/tables.md from the declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.declared import relations, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from warehouse.schema import Column, Table

_INTRODUCTION = """\
# Tables, views and macros

Made from the declarations in `warehouse/tables` and `warehouse/sql` by `python -m warehouse.docs`: do not edit. The
same texts are COMMENTs in the warehouse and rows of the view `dictionary`.

Everything is found by its bare name. Times are `TIMESTAMPTZ` in UTC. Where a view has the name of a table, the table
itself is `lake.name`.
"""


def tables_page() -> str:
    """The text of docs/tables.md."""
    return "\n".join([_INTRODUCTION, *_relations(), *_tables()])


def _relations() -> Iterator[str]:
    yield "## Views and macros\n"
    for name, relation in relations().items():
        yield f"### {name}{relation.parameters}\n\n{relation.description}\n"
        columns = relation.columns
        for table in (table for table in tables().values() if columns[: len(table.columns)] == table.columns):
            yield f"All columns of the table [{table.name}](#table-{table.name})" + (
                ", and:\n" if columns[len(table.columns) :] else ".\n"
            )
            columns = columns[len(table.columns) :]
        if columns:
            yield _column_table(columns)


def _tables() -> Iterator[str]:
    yield "## Tables\n"
    for table in tables().values():
        yield f"### Table {table.name}\n\n{table.grain}\n"
        yield "".join(f"- {fact}\n" for fact in _facts(table))
        yield _column_table(table.columns)


def _facts(table: Table) -> Iterator[str]:
    yield f"Key: {_names(table.key)}" if table.key else "No key: equal rows may stand"
    if table.partitioned_by:
        yield f"Partitioned by {_names(table.partitioned_by)}, in UTC"
    if table.sorted_by:
        yield f"Sorted by {_names(table.sorted_by)} within a file"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _column_table(columns: Iterable[Column]) -> str:
    lines = [f"| `{c.name}` | `{c.type}` | {c.description}{'' if c.nullable else '; never null'} |" for c in columns]
    return "\n".join(["| column | type | |", "| --- | --- | --- |", *lines, ""])


if __name__ == "__main__":
    import sys

    sys.stdout.write(tables_page())
