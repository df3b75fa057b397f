"""The dashboard's file: asked for, and made after each run, which does not fail when it cannot be made."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flows import dashboard
from flows.landings import MARK_OF_STOPPED
from flows.settings import Settings

if TYPE_CHECKING:
    import pytest


def wirehouse(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("wirehouse"))
    environment = {**os.environ, "WIREHOUSE_HOME": str(home)}
    return subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_command_writes_where_it_is_told(demo_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    answer = wirehouse(demo_home, "dashboard", "--out", str(out))
    assert (answer.returncode, answer.stdout) == (0, "")
    assert str(out) in answer.stderr
    assert out.read_text().startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [out]


def test_without_a_warehouse_it_fails_in_one_line(tmp_path: Path) -> None:
    answer = wirehouse(tmp_path, "dashboard")
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert "no warehouse" in answer.stderr


def test_a_run_leaves_a_dashboard(demo_home: Path) -> None:
    assert (demo_home / "dashboard.html").stat().st_size < 1_000_000


def test_it_tells_of_a_run_that_was_set_aside(demo_home: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_home, tmp_path / "home")
    stopped = tmp_path / "home" / "landing" / "20251210T000000Z-devdiscourse-abcdef"
    stopped.mkdir(parents=True)
    (stopped / MARK_OF_STOPPED).write_text("{}")
    page = dashboard.make(Settings(home=tmp_path / "home")).read_text()
    assert f'"left_lying":["run {stopped.name} is set aside and waits for a person: wirehouse publish' in page


def test_a_dashboard_that_cannot_be_made_is_said_and_fails_no_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path)
    settings.dashboard_path.write_text("of an earlier run")
    dashboard.refresh(settings, logging.getLogger("test"))
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "could not be made and is as it was" in record.getMessage()
    assert settings.dashboard_path.read_text() == "of an earlier run"


def test_a_dashboard_that_cannot_be_put_in_place_leaves_nothing_behind(
    demo_home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    where = f"sqlite:{demo_home / 'catalog.sqlite'}"
    settings = Settings(home=tmp_path, catalog=where, data_path=f"{demo_home / 'lake'}/")
    settings.dashboard_path.mkdir()
    dashboard.refresh(settings, logging.getLogger("test"))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert list(tmp_path.iterdir()) == [settings.dashboard_path]
