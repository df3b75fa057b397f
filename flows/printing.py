"""What a person reads: sentences and tables, as they are and never as markup, cut to lines by a terminal only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from rich.table import Table

#: Columns where nothing has an edge: a file, a pipe. A table takes of them what it needs.
_ENDLESS = 100_000


def open_console(*, stderr: bool = False) -> Console:
    """Standard output or standard error: as wide as a terminal is, endless where it is none."""
    console = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = _ENDLESS
    return console


def say(console: Console, text: str | Text, style: str = "") -> None:
    """Prints a sentence as one line, which only a terminal wraps. What others wrote cannot steer the terminal."""
    if isinstance(text, str):
        text = Text("".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text), style)
    console.print(text, soft_wrap=True)


def show_table(console: Console, table: Table) -> None:
    """Prints a table whole: its cells are wrapped where a terminal ends, and nowhere else."""
    console.print(table)
