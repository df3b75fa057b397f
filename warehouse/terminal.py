"""A result as a table that a terminal can show, whatever the texts in it hold."""

from __future__ import annotations

import decimal
import io
import json
import re
import shutil
from typing import TYPE_CHECKING, Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH_ELSEWHERE = 120
_LEAST_WIDTH = 10
_LEAST_ROOM = 20
_CELL_FRAME = 3
_UNSAFE = re.compile(
    # Control characters, directions that make text read otherwise than it is, and halves of surrogate pairs.
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_NO_NUMBERS = ("nan", "inf", "-inf")
_ELSEWHERE = "--format csv, json, jsonl or parquet"


def render_table(names: Sequence[str], rows: Sequence[Sequence[Any]], *, is_cut: bool, width: int | None) -> str:
    """The rows under their names, as wide as the terminal; columns that do not fit are named below.

    A single row that does not fit stands upright, a line for each column.

    Args:
        names: the columns.
        rows: values as JSON knows them.
        is_cut: whether the result goes on after `rows`.
        width: columns of text; None for the terminal's.
    """
    room = max(width or shutil.get_terminal_size((_WIDTH_ELSEWHERE, 24)).columns, _LEAST_ROOM)
    heads = [safe_text(name) for name in names]
    columns = [_Column(head, [row[i] for row in rows]) for i, head in enumerate(heads)]
    fitting = _fitting(columns, room)
    if len(rows) == 1 and fitting < len(columns):
        return _render([_Column("column", heads), _Column("value", list(rows[0]))], room) + "(1 row)\n"
    text = _render(columns[:fitting], room)
    if fitting < len(columns):
        text += f"({len(columns) - fitting} more columns do not fit: {', '.join(heads[fitting:])}; use {_ELSEWHERE})\n"
    count = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"
    return text + (f"(the first {count}; for all of them use {_ELSEWHERE})\n" if is_cut else f"({count})\n")


def safe_text(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal obeys."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", _SPACES.sub(" ", text))


def safe_lines(text: str) -> str:
    """`text` with its lines and its spaces, and nothing else in it that a terminal obeys."""
    return "\n".join(_UNSAFE.sub("\N{REPLACEMENT CHARACTER}", line) for line in text.splitlines())


class _Column:
    """One column as text."""

    def __init__(self, head: str, values: Sequence[Any]) -> None:
        self.head = head
        self.cells = [_cell(value) for value in values]
        self.width = max(1, cell_len(head), *map(cell_len, self.cells)) if self.cells else max(1, cell_len(head))
        kinds = {float if value in _NO_NUMBERS else type(value) for value in values if value is not None}
        self.is_number = bool(kinds) and kinds <= {int, float, decimal.Decimal}


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    return safe_text(value if isinstance(value, str) else as_json(value))


def _fitting(columns: Sequence[_Column], room: int) -> int:
    """How many columns fit, at least one, when each may be cut to `_LEAST_WIDTH`."""
    used = 1
    for count, column in enumerate(columns):
        used += min(column.width, _LEAST_WIDTH) + _CELL_FRAME
        if used > room and count:
            return count
    return len(columns)


def _shares(columns: Sequence[_Column], room: int) -> list[int]:
    """Widths that fill at most `room`: everyone gets what it wants up to a common limit."""
    left, shares = room - 1 - _CELL_FRAME * len(columns), [0] * len(columns)
    for done, i in enumerate(sorted(range(len(columns)), key=lambda i: columns[i].width)):
        shares[i] = max(1, min(columns[i].width, left // (len(columns) - done)))
        left -= shares[i]
    return shares


def _render(columns: Sequence[_Column], room: int) -> str:
    table = Table(box=box.ROUNDED)
    for column, width in zip(columns, _shares(columns, room), strict=True):
        justify: Literal["left", "right"] = "right" if column.is_number else "left"
        table.add_column(Text(column.head), width=width, no_wrap=True, overflow="ellipsis", justify=justify)
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*map(Text, row))
    text = io.StringIO()
    Console(file=text, width=room, color_system=None, force_terminal=False, legacy_windows=False).print(table)
    return text.getvalue()


def as_json(value: object) -> str:
    """A value as JSON, decimals as numbers with all of their digits."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except TypeError:  # a decimal, which Python's JSON does not know, is somewhere in it
        if isinstance(value, dict):
            return f"{{{', '.join(f'{as_json(key)}: {as_json(inner)}' for key, inner in value.items())}}}"
        if isinstance(value, list):
            return f"[{', '.join(map(as_json, value))}]"
        if isinstance(value, decimal.Decimal):
            return format(value, "f")
        raise
