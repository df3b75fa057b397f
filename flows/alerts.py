"""Alerts: what the checks of runs found wrong, each with examples and the command that shows more."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import warehouse
from flows.landings import MARK_OF_STOPPED, site_of
from flows.location import location
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

    from flows.settings import Settings

#: So many characters of the examples are shown where all has to fit on a screen.
SHOWN_EXAMPLES = 300

#: What failed in these runs, and whether it failed in the run of the site that was checked before, too.
_FAILED = r"""
WITH recent AS (
    SELECT *, regexp_extract(run_id, '^\d{8}T\d{6}Z-(.+)-[0-9a-f]{6}$', 1) AS of_site
    FROM lake.checks
    WHERE checked_at >= (
        SELECT min(checked_at) - INTERVAL 7 DAYS FROM lake.checks WHERE list_contains(getvariable('runs'), run_id)
    )
),
tries AS (
    SELECT run_id, of_site, lag(run_id) OVER (PARTITION BY of_site ORDER BY max(checked_at), run_id) AS previous
    FROM recent
    GROUP BY run_id, of_site
)
SELECT r.run_id, r."check", r.severity, r.subject, r.expected, r.observed, r.detail, r.look, p.run_id IS NOT NULL
FROM recent AS r
JOIN tries USING (run_id)
LEFT JOIN recent AS p
    ON p.run_id = tries.previous AND p."check" = r."check" AND p.subject IS NOT DISTINCT FROM r.subject AND NOT p.passed
WHERE NOT r.passed AND list_contains(getvariable('runs'), r.run_id)
ORDER BY r.severity, r.run_id, r."check", r.subject
"""


@dataclass(frozen=True, slots=True)
class Alert:
    """One check that failed in a run.

    Attributes:
        examples: the first of what was found, where the check gives any.
        command: what to type to look deeper.
        is_known: the check failed in the run before, too: whoever was told then need not be told again.
    """

    run_id: str
    check: str
    severity: str
    subject: str | None
    expected: str
    observed: str
    examples: str | None
    command: str
    is_known: bool

    @property
    def site(self) -> str | None:
        return site_of(self.run_id)

    @property
    def summary(self) -> str:
        """What was expected and found, with the first examples."""
        subject = f" ({self.subject})" if self.subject else ""
        examples = f": {textwrap.shorten(self.examples, SHOWN_EXAMPLES, placeholder=' …')}" if self.examples else ""
        return f"{self.check}{subject}: expected {self.expected}, found {self.observed}{examples}"

    @property
    def message(self) -> str:
        """All of it in one paragraph, for mail and chat."""
        stopped = "The run is not published. " if self.severity == "error" else ""
        return f"{self.summary}. {stopped}To look deeper: {self.command}"


@dataclass(frozen=True, slots=True)
class StoppedRun(Alert):
    """A run that was set aside; by a check, or for another reason, which is then what was found.

    Attributes:
        reason: the error that stopped it.
        directory: where it is kept.
    """

    reason: str
    directory: str

    @property
    def message(self) -> str:
        """All of it in one paragraph, for mail and chat."""
        return (
            f"Run {self.run_id} is set aside and waits for a person. {self.summary}. It is kept in {self.directory}:"
            f" `wirehouse publish {self.run_id}` tries it again, with --give-up it is removed."
            f" To look deeper: {self.command}"
        )


def stopped_runs(settings: Settings, run_ids: Sequence[str]) -> list[StoppedRun]:
    """Those of these runs that were set aside."""
    marks = [settings.landing_path / run_id / MARK_OF_STOPPED for run_id in run_ids]
    marks = [mark for mark in marks if mark.exists()]
    failed = alerts_of(settings, [mark.parent.name for mark in marks])
    stops = []
    for mark in marks:
        run_id, reason = mark.parent.name, json.loads(mark.read_text(encoding="utf-8")).get("reason", "not known")
        other = Alert(
            run_id,
            check="run_can_be_published",
            severity="error",
            subject=None,
            expected="a run that can be published",
            observed=reason,
            examples=None,
            command=f"cat {mark}",
            is_known=False,
        )
        alert = next((each for each in failed if each.run_id == run_id and each.severity == "error"), other)
        stops.append(StoppedRun(**asdict(alert), reason=reason, directory=str(mark.parent)))
    return stops


def runs_checked_since(settings: Settings, subject: str, since: datetime) -> list[str]:
    """The runs whose ids name this subject (a site, or a flow's own) and that were checked since then, oldest first."""
    with warehouse.connect(location(settings)) as connection:
        checked = connection.execute(
            "SELECT run_id FROM lake.checks WHERE checked_at >= ? GROUP BY run_id ORDER BY min(checked_at), run_id",
            [since],
        ).fetchall()
    return [run_id for (run_id,) in checked if site_of(run_id) == subject]


def alerts_of(settings: Settings, run_ids: Sequence[str]) -> list[Alert]:
    """What failed in these runs, errors first; of a run that was stopped, too."""
    if not run_ids:
        return []
    with warehouse.connect(location(settings)) as connection:
        return failed_checks(settings, connection, run_ids)


def failed_checks(settings: Settings, connection: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> list[Alert]:
    """`alerts_of` with a connection that is there."""
    alerts = []
    # No parameter: it would make DuckDB import pandas, which `wirehouse status` does without.
    connection.execute(f"SET VARIABLE runs = [{', '.join(map(quoted, run_ids))}]::VARCHAR[]")
    for *facts, look, is_known in connection.execute(_FAILED).fetchall():
        told = [*facts, _command(settings, facts[0], look), is_known]
        alerts.append(Alert(*told))
    return alerts


def _command(settings: Settings, run_id: str, look: str | None) -> str:
    """The query that shows more. What a run that was stopped would have written is in no table to be asked for."""
    if look is None or (settings.landing_path / run_id / MARK_OF_STOPPED).exists():
        look = f"FROM checks WHERE run_id = '{run_id}' AND NOT passed"
    return f'wirehouse sql "{_quoted_for_a_shell(look)}"'


def _quoted_for_a_shell(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)
