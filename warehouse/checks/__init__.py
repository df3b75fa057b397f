"""Checks of what the tables hold: one file each, and one for every declared key.

A file's first lines say what is wrong when the check fails; the one with `Severity:` is `error` or `warning`:

    -- Every revision belongs to an article.
    -- Severity: error
    SELECT ... AS subject, ... AS expected, ... AS observed, ... AS passed

It returns one row for each subject it looked at (`subject` may be null).
"""

# ruff: noqa: S608 - the names put into SQL here are declared ones
from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from warehouse.declared import tables
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found in one subject."""

    check: str
    severity: str
    subject: str | None
    expected: str
    observed: str
    passed: bool


def run(connection: duckdb.DuckDBPyConnection) -> list[Outcome]:
    """Runs every check on a connection made by `warehouse.connect`; the failed ones come first."""
    outcomes = [
        Outcome(name, severity, subject, str(expected), str(observed), bool(passed))
        for name, severity, sql in (*_key_checks(), *_files())
        for subject, expected, observed, passed in connection.execute(sql).fetchall()
    ]
    return sorted(outcomes, key=lambda o: (o.passed, o.check, o.subject or ""))


def _key_checks() -> Iterator[tuple[str, str, str]]:
    for table in tables().values():
        if table.key:
            key = ", ".join(f'"{column}"' for column in table.key)
            yield (
                "key_is_unique",
                "error",
                (
                    f"SELECT '{table.name}', 0, count(*), count(*) = 0"
                    f" FROM (SELECT 1 FROM lake.{table.name} GROUP BY {key} HAVING count(*) > 1)"
                ),
            )


def _files() -> Iterator[tuple[str, str, str]]:
    for file in sorted(resources.files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".sql"):
            text = file.read_text(encoding="utf-8")
            severity = next(
                (x.partition(":")[2].strip() for x in text.splitlines() if x.startswith("-- Severity:")), ""
            )
            if severity not in {"error", "warning"}:
                raise WarehouseError(f"warehouse/checks/{file.name} must have a line `-- Severity: error` or warning")
            yield file.name.removesuffix(".sql"), severity, text
