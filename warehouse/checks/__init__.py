"""Checks of what the tables hold: one file each, and one for every declared key.

A file's first lines say what is wrong when the check fails; the one with `Severity:` is `error` or `warning`:

    -- Every revision belongs to an article.
    -- Severity: error
    SELECT ... AS subject, ... AS expected, ... AS observed, ... AS passed, ... AS detail

It returns one row for each subject it looked at, at least one (`subject` and `detail` may be null, `detail` be left
out). It reads the tables of the lake as `lake.name`, and two relations that say what to look at, so that one run can be
checked before it is committed without reading the whole warehouse:

    checked_runs(run_id)     the run, or all of them
    touched(article_uid)     the articles that the run read or tagged or whose addresses it saw, or all of them
"""

# ruff: noqa: S608 - the names put into SQL here are declared ones
from __future__ import annotations

import contextlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from warehouse.declared import tables
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

_ALL = {
    "checked_runs": "SELECT run_id FROM lake.runs",
    "touched": "SELECT article_uid FROM lake.articles UNION SELECT article_uid FROM lake.revisions UNION"
    " SELECT article_uid FROM lake.urls WHERE state = 'landed'",
}
_OF_A_RUN = {
    "checked_runs": "SELECT run_id FROM lake.runs WHERE run_id = $run_id",
    "touched": " UNION ".join(
        f"SELECT article_uid FROM lake.{table} WHERE run_id = $run_id AND article_uid IS NOT NULL"
        for table in ("articles", "revisions", "fetches", "urls", "tagged")
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found in one subject."""

    check: str
    severity: str
    subject: str | None
    expected: str
    observed: str
    passed: bool
    detail: str | None = None

    def __str__(self) -> str:
        subject = f" ({self.subject})" if self.subject else ""
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.check}{subject}: expected {self.expected}, found {self.observed}{detail}"


def run(connection: duckdb.DuckDBPyConnection, run_id: str | None = None) -> list[Outcome]:
    """Runs every check; the failed ones come first.

    Args:
        connection: with the lake attached; one that writes may be in the middle of publishing the run.
        run_id: the run to check; None: the whole warehouse. Keys are checked in the whole warehouse only: `publish`
            refuses a run that breaks them.
    """
    checks = _files() if run_id is not None else (*_key_checks(), *_files())
    with _scope(connection, run_id):
        outcomes = [outcome for name, severity, sql in checks for outcome in _outcomes(connection, name, severity, sql)]
    return sorted(outcomes, key=lambda o: (o.passed, o.check, o.subject or ""))


@contextlib.contextmanager
def _scope(connection: duckdb.DuckDBPyConnection, run_id: str | None) -> Iterator[None]:
    """Makes the relations that say what to look at."""
    relations, parameters = (_ALL, None) if run_id is None else (_OF_A_RUN, {"run_id": run_id})
    for name, sql in relations.items():
        connection.register(name, connection.execute(sql, parameters).to_arrow_table())
    try:
        yield
    finally:
        for name in relations:
            connection.unregister(name)


def _outcomes(connection: duckdb.DuckDBPyConnection, name: str, severity: str, sql: str) -> Iterator[Outcome]:
    answer = connection.execute(sql)
    columns = [column for column, *_ in answer.description]
    for values in answer.fetchall():
        row = dict(zip(columns, values, strict=True))
        expected, observed = str(row["expected"]), str(row["observed"])
        yield Outcome(name, severity, row["subject"], expected, observed, bool(row["passed"]), row.get("detail"))


def _key_checks() -> Iterator[tuple[str, str, str]]:
    for table in tables().values():
        if table.key:
            key = ", ".join(f'"{column}"' for column in table.key)
            yield (
                "key_is_unique",
                "error",
                (
                    f"SELECT '{table.name}' AS subject, 0 AS expected, count(*) AS observed, count(*) = 0 AS passed"
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
