"""What a run says in the Prefect UI: artifacts, and events that automations pass on to mail and chat."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from prefect import get_run_logger, task
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.events import emit_event

import warehouse
from flows import dashboard
from flows.alerts import Alert, StoppedRun, alerts_of, runs_checked_since, stopped_runs
from flows.location import location
from flows.publishing import published_run
from flows.settings import Settings

#: The event of a failed check, and that of a run that was set aside: see the automations in docs/operations.md.
CHECK_FAILED = "wirehouse.check.failed"
RUN_STOPPED = "wirehouse.run.stopped"


@dataclass(slots=True)
class Tally:
    """What a flow run has done so far.

    Attributes:
        published: the rows of the runs it published.
        tried: the ids of all runs it worked on, those included that it could not publish.
    """

    published: list[dict[str, Any]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)


@contextlib.contextmanager
def reported(settings: Settings, subject: str | None = None) -> Iterator[Tally]:
    """Reports what is done inside when it ends, also when it fails: that is when somebody has to know.

    Args:
        settings: where the warehouse is.
        subject: what the ids of the runs name, where the flow itself cannot say which those are.
    """
    began, tally = datetime.now(UTC), Tally()
    try:
        yield tally
    except Exception:
        try:
            _report(settings, tally, subject, began)
        except Exception as error:  # noqa: BLE001  # it is not to take the place of what went wrong
            get_run_logger().warning("What was done could not be reported: %s", error)
        raise
    _report(settings, tally, subject, began)


def _report(settings: Settings, tally: Tally, subject: str | None, began: datetime) -> None:
    if subject is not None:
        tally.tried += runs_checked_since(settings, subject, began)
        tally.published += _published(settings, tally.tried)
    if tally.published:
        make_dashboard(settings)
    if tally.tried:
        report_runs(settings, tally.published, list(dict.fromkeys(tally.tried)))


def _published(settings: Settings, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    with warehouse.connect(location(settings)) as connection:
        found = [run for run_id in run_ids if (run := published_run(connection, run_id)) is not None]
    return [run.row() for run in found]


@task(name="Make the dashboard")
def make_dashboard(settings: Settings) -> None:
    """Makes the dashboard of what is now in the warehouse; if it cannot be made, the run says so and goes on."""
    dashboard.refresh(settings, get_run_logger())


@task(name="Report the runs")
def report_runs(settings: Settings, published: Sequence[dict[str, Any]], checked: Sequence[str]) -> None:
    """Leaves a table of what was published, failed checks and a link to the dashboard where the Prefect UI shows them.

    Args:
        settings: where the warehouse is.
        published: the rows to show.
        checked: the ids of all runs that were checked, those included that were stopped.
    """
    create_table_artifact(key="published-runs", table=list(published), description="What this run published")
    report_stops(stopped_runs(settings, checked))
    report_alerts(alerts_of(settings, checked))
    page = settings.dashboard_path
    if page.exists():
        create_link_artifact(key="dashboard", link=page.as_uri(), link_text="dashboard", description=str(page))


def report_stops(stops: Sequence[StoppedRun]) -> None:
    """Leaves the runs that were set aside as an artifact, and emits an event for each."""
    if not stops:
        return
    rows = [
        {"run": each.run_id, "reason": each.reason, "kept in": each.directory, "look deeper": each.command}
        for each in stops
    ]
    create_table_artifact(key="stopped-runs", table=rows, description="Runs that were set aside")
    for stop in stops:
        get_run_logger().error("%s", stop.message)
        more = {"reason": stop.reason, "directory": stop.directory}
        emit_alert(RUN_STOPPED, stop, f"run.{stop.run_id}", f"run {stop.run_id} is set aside", stop.site, more)


def report_alerts(alerts: Sequence[Alert]) -> None:
    """Leaves failed checks as an artifact, and emits an event for each that did not fail the run before, too."""
    if not alerts:
        return
    create_table_artifact(key="failed-checks", table=[_row(each) for each in alerts], description="Checks that failed")
    for alert in alerts:
        if alert.is_known and alert.severity == "warning":
            continue
        get_run_logger().warning("%s: %s", alert.severity.capitalize(), alert.message)
        emit_alert(CHECK_FAILED, alert, f"check.{alert.check}", alert.check, alert.site)


def emit_alert(
    event: str, alert: Alert, about: str, name: str, site: str | None, more: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Emits an event about something that went wrong.

    Args:
        event: its name.
        alert: what it tells.
        about: the id of what it is about, and `name` what that is called.
        name: see `about`.
        site: whose it is.
        more: what it tells beside the alert.
    """
    emit_event(
        event,
        resource={
            "prefect.resource.id": f"wirehouse.{about}",
            "prefect.resource.name": name,
            "wirehouse.severity": alert.severity,
            "wirehouse.site": site or "",
        },
        payload={
            **_row(alert),
            "command": alert.command,
            "run_id": alert.run_id,
            "message": alert.message,
            **more,
        },
    )


def _row(alert: Alert) -> dict[str, str]:
    return {
        "severity": alert.severity,
        "check": alert.check,
        "subject": alert.subject or "",
        "expected": alert.expected,
        "observed": alert.observed,
        "examples": alert.examples or "",
        "look deeper": alert.command,
    }
