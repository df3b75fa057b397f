"""An alert names the check, what was expected and found, examples, and the command that shows more."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

import warehouse
from flows.alerts import alerts_of, runs_checked_since, stopped_runs
from flows.landings import set_aside
from flows.settings import Settings
from spiders.landing import LandingRun
from tests.flows.warehouse_dump import location
from tests.warehouse.rows import at, run

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND = ("20260101T000000Z-s-aaaaaa", "20260101T001500Z-s-bbbbbb")


def publish(home: Path, run_id: str, hours: float, *, severity: str = "warning") -> None:
    """A run of which a check of ours fails."""
    outcome = warehouse.checks.Outcome(
        "doors_open", severity, "front", "open", "shut", passed=False, detail="/a, /b", look='FROM "runs" WHERE $1'
    )
    tables = {"runs": run(run_id, started_at=at(hours), new=5, revised=0, unchanged=0)}
    warehouse.publish(location(home), run_id, tables, found=[outcome])


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> Path:
    """A home whose first run a check warned of: take a copy of it."""
    home = shutil.copytree(empty, tmp_path_factory.mktemp("warned"), dirs_exist_ok=True)
    publish(home, FIRST, 0)
    return home


@pytest.fixture
def home(tmp_path: Path, warned: Path) -> Path:
    return shutil.copytree(warned, tmp_path, dirs_exist_ok=True)


def test_an_alert_says_what_was_expected_and_found_and_how_to_look_deeper(home: Path) -> None:
    (alert,) = alerts_of(Settings(home=home), [FIRST])
    assert (alert.site, alert.is_known) == ("s", False)
    assert alert.message == (
        "doors_open (front): expected open, found shut: /a, /b."
        r' To look deeper: wirehouse sql "FROM \"runs\" WHERE \$1"'
    )
    shell = subprocess.run(
        ["sh", "-c", f"printf %s {alert.command.removeprefix('wirehouse sql ')}"], capture_output=True, check=True
    )
    assert shell.stdout == b'FROM "runs" WHERE $1'


def test_what_failed_in_the_run_before_is_known(home: Path) -> None:
    publish(home, SECOND, 0.25)
    assert [each.is_known for each in alerts_of(Settings(home=home), [SECOND])] == [True]


def test_the_run_that_an_error_stopped_is_told_of_by_what_is_in_the_table_of_checks(home: Path) -> None:
    with pytest.raises(warehouse.ChecksFailed):
        publish(home, SECOND, 0.25, severity="error")
    landing = home / "landing" / SECOND
    landing.mkdir(parents=True)
    (landing / "stopped.json").write_text("{}")
    (alert,) = alerts_of(Settings(home=home), [SECOND])
    assert alert.command == f"wirehouse sql \"FROM checks WHERE run_id = '{SECOND}' AND NOT passed\""
    assert "The run is not published." in alert.message


def test_a_run_that_was_set_aside_says_why_and_where_it_is_whatever_stopped_it(home: Path) -> None:
    run = LandingRun(home / "landing" / SECOND)
    run.directory.mkdir(parents=True)
    set_aside(run, KeyError("a column"))
    (stop,) = stopped_runs(Settings(home=home), [FIRST, SECOND])
    assert stop.reason == stop.observed == "KeyError: 'a column'"
    assert (stop.site, stop.severity, stop.directory) == ("s", "error", str(run.directory))
    assert stop.command == f"cat {run.directory}/stopped.json"
    assert stop.reason in stop.message
    assert f"wirehouse publish {SECOND}" in stop.message


def test_runs_checked_of_late_are_found_by_what_their_ids_name(home: Path) -> None:
    began = datetime.now(UTC)
    publish(home, SECOND, 0.25)
    publish(home, "20260101T001500Z-retag-cccccc", 0.25)
    assert runs_checked_since(Settings(home=home), "s", began) == [SECOND]


def test_no_runs_no_alerts(home: Path) -> None:
    assert alerts_of(Settings(home=home), []) == []
