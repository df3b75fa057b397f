"""Checks of what the tables hold: one file each, and one for every declared key.

A file's first lines say what is wrong when the check fails; the one with `Severity:` is `error` or `warning`:

    -- Every revision belongs to an article.
    -- Severity: error
    -- Look: FROM revisions ANTI JOIN articles USING (article_uid)
    SELECT ... AS subject, ... AS expected, ... AS observed, ... AS passed, ... AS detail

It returns one row for each subject it looked at, at least one (`subject` and `detail` may be null, `detail` be left
out). It reads the tables of the lake as `lake.name`, and two relations that say what to look at, so that one run can be
checked before it is committed without reading the whole warehouse:

    checked_runs(run_id)     the run, or all of them
    touched(article_uid)     the articles that the run read or tagged or whose addresses it saw, or all of them

The query after `Look:` shows a person more of what failed; lines after it that are indented by two more blanks belong
to it. In it `{runs}` stands for the runs looked at, `{subject}` for the subject.
"""

# ruff: noqa: S608 - the names put into SQL here are declared ones
from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from warehouse.declared import tables
from warehouse.errors import WarehouseError
from warehouse.schema import quoted

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
    """What one check found in one subject; `look` is a query that shows more."""

    check: str
    severity: str
    subject: str | None
    expected: str
    observed: str
    passed: bool
    detail: str | None = None
    look: str | None = None

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
        outcomes = [outcome for check in checks for outcome in _outcomes(connection, check, run_id)]
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


def _outcomes(connection: duckdb.DuckDBPyConnection, check: _Check, run_id: str | None) -> Iterator[Outcome]:
    answer = connection.execute(check.sql)
    columns = [column for column, *_ in answer.description]
    for values in answer.fetchall():
        row = dict(zip(columns, values, strict=True))
        yield Outcome(
            check=check.name,
            severity=check.severity,
            subject=row["subject"],
            expected=str(row["expected"]),
            observed=str(row["observed"]),
            passed=bool(row["passed"]),
            detail=row.get("detail"),
            look=_filled(check.look, row["subject"], run_id),
        )


def _filled(look: str | None, subject: str | None, run_id: str | None) -> str | None:
    """The query that shows more, about this subject and run."""
    if look is None:
        return None
    runs = "(SELECT run_id FROM runs)" if run_id is None else f"({quoted(run_id)})"
    return look.replace("{runs}", runs).replace("{subject}", quoted(subject or ""))


@dataclass(frozen=True, slots=True)
class _Check:
    """A check as its file, or a declaration, has it."""

    name: str
    severity: str
    sql: str
    look: str | None


def _key_checks() -> Iterator[_Check]:
    for table in tables().values():
        if table.key:
            key = ", ".join(f'"{column}"' for column in table.key)
            twice = f"GROUP BY {key} HAVING count(*) > 1"
            yield _Check(
                name="key_is_unique",
                severity="error",
                sql=(
                    f"SELECT '{table.name}' AS subject, 0 AS expected, count(*) AS observed, count(*) = 0 AS passed"
                    f" FROM (SELECT 1 FROM lake.{table.name} {twice})"
                ),
                look=f"SELECT {key}, count(*) AS rows FROM {table.name} {twice}",
            )


def _files() -> Iterator[_Check]:
    for file in sorted(resources.files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".sql"):
            text = file.read_text(encoding="utf-8")
            severity = _header(text, "Severity")
            if severity not in {"error", "warning"}:
                raise WarehouseError(f"warehouse/checks/{file.name} must have a line `-- Severity: error` or warning")
            yield _Check(file.name.removesuffix(".sql"), severity, text, _header(text, "Look") or None)


def _header(text: str, name: str) -> str:
    """What a comment of the file says after `name:`, the lines that go on with it included."""
    match = re.search(rf"^-- {name}: *(.*(?:\n--   .*)*)", text, re.MULTILINE)
    return re.sub(r"\n-- +", " ", match[1]) if match else ""
