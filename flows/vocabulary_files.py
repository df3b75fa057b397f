"""Reading the CSV files that analysts put into the home as vocabularies: the rows, and what is wrong with the file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.errors import UnusableFile

if TYPE_CHECKING:
    from pathlib import Path

_NEEDED = ("tag", "patterns")
_COLUMNS = ("tag", "name", "patterns")
_FIRST_LINE = "the first line is tag,name,patterns"


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """The rows of a file (see `transforms.own_terms`), and number and fault of those that cannot be read."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def vocabulary_file(path: Path) -> VocabularyFile:
    """The rows of a CSV file in UTF-8 whose first line names the columns, in any case and order.

    Raises:
        UnusableFile: it cannot be read, is no CSV, or a column is missing or there twice.
    """
    found, header = VocabularyFile(), None
    for line, cells in _rows(_text(path)):
        if not any(cells):
            continue
        if header is None:
            header = _header(line, cells)
        elif len(cells) > len(header):
            reason = f"{len(cells)} cells where the first line has {len(header)}: a cell with a comma is put in quotes"
            found.faults.append((line, reason))
        else:
            row = {name: cell for name, cell in zip(header, cells, strict=False) if name in _COLUMNS}
            found.lines.append({**row, "file": path.stem, "line": line})
    if header is None:
        raise UnusableFile(1, f"it is empty: {_FIRST_LINE}")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnusableFile(1, f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise UnusableFile(line, f"it is not in UTF-8 (byte 0x{byte:02x}): save it as CSV in UTF-8") from error


def _rows(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num, cells) for cells in reader)
    except csv.Error as error:
        raise UnusableFile(reader.line_num, f"it is no CSV: {error}") from error
    return rows


def _header(line: int, cells: list[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    if len(names) == 1 and any(sign in names[0] for sign in ";\t"):
        raise UnusableFile(line, f"the columns are not divided by commas: {_FIRST_LINE}")
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise UnusableFile(line, f"there is no column {' and no column '.join(missing)}: {_FIRST_LINE}")
    twice = [name for name in _COLUMNS if names.count(name) > 1]
    if twice:
        raise UnusableFile(line, f"the column {twice[0]} is there twice")
    return names
