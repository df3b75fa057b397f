"""Views and macros: the files of `warehouse/sql`, each one statement under a header that describes it.

    -- What one row is; may go on over several lines.
    -- Columns of: articles                 (tables whose columns, with their descriptions, it has; may be absent)
    -- canonical_uid VARCHAR: one line for each further column
    CREATE VIEW articles AS SELECT ...

The file's name is the relation's. It may read the tables of the lake, as `lake.name`, and call the macros that give a
value, which are made first; a view may also read the macros that give rows, which are made next, but no other view:
then the order they are made in does not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Literal

from warehouse.errors import WarehouseError
from warehouse.schema import Column, Table, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COLUMN = re.compile(r"(?P<name>[a-z_]+) (?P<type>[A-Z]+(?:\[\])?): (?P<description>.+)")
_STATEMENT = re.compile(
    r"CREATE (?P<kind>VIEW|MACRO) (?P<name>\w+)\s*(?P<parameters>\([^)]*\))?\s*AS\b(?P<table>\s+TABLE\b)?"
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One view or macro.

    Attributes:
        name: as in SQL; also the name of its file.
        kind: a view, a macro that gives rows, or one that gives a value.
        parameters: how a macro is called, for example `(ts)`; empty for a view.
        description: what one row is, or what the value is.
        columns: of a view, or of a macro that gives rows.
        sql: the statement that makes it.
    """

    name: str
    kind: Literal["view", "macro", "function"]
    parameters: str
    description: str
    columns: tuple[Column, ...]
    sql: str

    def statements(self) -> Iterator[str]:
        """Makes it, and its comments, in a DuckDB session that has the lake attached as `lake`."""
        yield self.sql
        if self.kind != "view":
            form = "MACRO TABLE" if self.kind == "macro" else "MACRO"
            yield f"COMMENT ON {form} {self.name} IS {quoted(self.description)}"
            return
        yield f"COMMENT ON VIEW {self.name} IS {quoted(self.description)}"
        for column in self.columns:
            yield f'COMMENT ON COLUMN {self.name}."{column.name}" IS {quoted(column.description)}'


def read_relations(tables: Mapping[str, Table]) -> list[Relation]:
    """The relations of `warehouse/sql` in the order of their names.

    Raises:
        WarehouseError: a file does not have the form above, or another name than its relation.
    """
    files = sorted((resources.files("warehouse") / "sql").iterdir(), key=lambda file: file.name)
    return [
        parse_relation(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"), tables)
        for file in files
        if file.name.endswith(".sql")
    ]


def parse_relation(name: str, text: str, tables: Mapping[str, Table]) -> Relation:
    """One relation from the text of its file; `tables` are those whose columns it may have."""
    lines = text.splitlines()
    length = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header, sql = [line.removeprefix("--").strip() for line in lines[:length]], "\n".join(lines[length:]).strip()
    statement = _STATEMENT.match(sql)
    if statement is None or statement["name"] != name:
        raise WarehouseError(f"warehouse/sql/{name}.sql must hold a header and one CREATE VIEW or CREATE MACRO {name}")
    description: list[str] = []
    columns: list[Column] = []
    for line in header:
        if line.startswith("Columns of:"):
            for table in line.removeprefix("Columns of:").split(","):
                columns += tables[table.strip()].columns
        elif match := _COLUMN.fullmatch(line):
            columns.append(Column(match["name"], match["type"], match["description"]))
        else:
            description.append(line)
    return Relation(
        name=name,
        kind="view" if statement["kind"] == "VIEW" else "macro" if statement["table"] else "function",
        parameters=statement["parameters"] or "",
        description=" ".join(description),
        columns=tuple(columns),
        sql=sql,
    )
