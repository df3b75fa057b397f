"""The answers in docs/questions.md: after each SQL block a table of what the demo's warehouse says to it.

`python -m tests.answers HOME` writes them anew from the demo in HOME (`wirehouse demo --home HOME`).
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warehouse

if TYPE_CHECKING:
    import duckdb

QUESTIONS = Path(__file__).resolve().parent.parent / "docs" / "questions.md"


def connect(home: Path) -> duckdb.DuckDBPyConnection:
    """A reader of the warehouse in `home`."""
    return warehouse.connect(warehouse.Location(f"sqlite:{home / 'catalog.sqlite'}", f"{home / 'lake'}/"))


def answered(text: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The text with the table after each SQL block as the warehouse gives it."""
    lines, out = text.splitlines(), []
    while lines:
        out.append(lines.pop(0))
        if out[-1] != "```sql":
            continue
        end = lines.index("```")
        query, lines = lines[:end], lines[end + 1 :]
        while lines and (not lines[0] or lines[0].startswith("|")):
            lines.pop(0)
        out += [*query, "```", "", *table(connection.execute("\n".join(query))), ""]
    return "\n".join(out).rstrip("\n") + "\n"


def table(result: duckdb.DuckDBPyConnection) -> list[str]:
    """The lines of a Markdown table of a result."""
    names = [column[0] for column in result.description or ()]
    rows = result.fetchall()
    numbers = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(names))]
    lines = [names, ["---:" if each else "---" for each in numbers], *([shown(each) for each in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def shown(value: Any) -> str:
    """A value as a cell."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return str(value).replace("|", "\\|")


if __name__ == "__main__":
    with connect(Path(sys.argv[1])) as reader:
        QUESTIONS.write_text(answered(QUESTIONS.read_text(), reader))
