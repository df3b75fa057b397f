"""What a person sees of a run in the Prefect UI: artifacts, and events that automations pass on to mail and chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect import get_run_logger, task
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.events import emit_event

from flows.alerts import Alert, alerts_of
from flows.settings import Settings

#: The event of a failed check: see the automations in docs/operations.md.
CHECK_FAILED = "wirehouse.check.failed"


@task(name="Report the runs")
def report_runs(settings: Settings, published: Sequence[dict[str, Any]], checked: Sequence[str]) -> None:
    """Leaves a table of what was published, failed checks and a link to the dashboard where the Prefect UI shows them.

    Args:
        settings: where the warehouse is.
        published: the rows to show.
        checked: the ids of all runs that were checked, those included that a check stopped.
    """
    create_table_artifact(key="published-runs", table=list(published), description="What this run published")
    report_alerts(alerts_of(settings, checked))
    dashboard = settings.home / "dashboard.html"
    if dashboard.exists():
        create_link_artifact(
            key="dashboard", link=dashboard.as_uri(), link_text="dashboard", description=str(dashboard)
        )


def report_alerts(alerts: Sequence[Alert]) -> None:
    """Leaves failed checks as an artifact, and emits an event for each that did not fail the run before, too."""
    if not alerts:
        return
    create_table_artifact(key="failed-checks", table=[_row(each) for each in alerts], description="Checks that failed")
    for alert in alerts:
        if alert.is_known and alert.severity == "warning":
            continue
        get_run_logger().warning("%s: %s", alert.severity.capitalize(), alert.message)
        emit_event(
            CHECK_FAILED,
            resource={
                "prefect.resource.id": f"wirehouse.check.{alert.check}",
                "prefect.resource.name": alert.check,
                "wirehouse.severity": alert.severity,
                "wirehouse.site": alert.site or "",
            },
            payload={**_row(alert), "run_id": alert.run_id, "message": alert.message},
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
