"""`wirehouse ingest` in a process of its own, with a Prefect server; and the flow beside another run of the site."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from prefect.logging import disable_run_logger

from flows.errors import RunInProgress
from flows.ingest import ingest
from flows.landings import site_lock
from flows.settings import Settings
from tests.flows.warehouse_dump import environment

if TYPE_CHECKING:
    from pathlib import Path


def test_a_site_that_is_not_there_fails_the_run_in_one_line(tmp_path: Path, prefect_api: dict[str, str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "flows.cli", "ingest", "--site", "devdiscourse", "--base-url", "http://127.0.0.1:9"],
        env=environment(tmp_path, prefect_api), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "none of the doors" in answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.stderr


def test_a_run_of_the_schedule_skips_what_another_run_does_and_one_by_hand_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREHOUSE_HOME", str(tmp_path))
    with site_lock(Settings(home=tmp_path), "devdiscourse", holder="ingest"), disable_run_logger():
        with pytest.raises(RunInProgress, match=r"devdiscourse is under way \(ingest\)"):
            ingest.fn("devdiscourse")
        monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "a-deployment")
        state = ingest.fn("devdiscourse")
    assert (state.type.value, state.name) == ("COMPLETED", "Skipped")
    assert "devdiscourse is under way (ingest)" in state.message


@pytest.mark.parametrize("left", ["", "ingest"])
def test_the_name_of_who_had_the_lock_before_turns_no_run_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    """A holder is named after it has the lock: until then the file names who had it before."""
    settings = Settings(home=tmp_path)
    named = iter([left])
    monkeypatch.setattr("flows.landings._holder", lambda _: next(named, "takedown"))
    second = site_lock(settings, "devdiscourse", holder="ingest", yields_to="ingest", wait_s=0.4)
    with (
        site_lock(settings, "devdiscourse", holder="takedown"),
        pytest.raises(RunInProgress, match="takedown"),
    ):
        second.__enter__()
