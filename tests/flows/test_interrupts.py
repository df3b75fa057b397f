"""Ctrl-C at a terminal, which sends SIGINT to every process of ours: stopped within seconds, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import duckdb
import pytest

from flows.interrupts import heeding_interrupts
from flows.landings import unpublished_runs
from flows.settings import Settings
from tests.flows.warehouse_dump import environment
from tests.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENDLESS = "SELECT sum(a.i) FROM range(1000000000000) AS a(i)"
SECONDS = 20
"""Much more than it takes, much less than Prefect tries to reach a server that is gone."""


def test_a_crawl_is_stopped_and_kept_for_the_next_run(tmp_path: Path) -> None:
    # Its own temporary server, as of a person who has none.
    env = {name: value for name, value in environment(tmp_path).items() if not name.startswith("PREFECT_")}
    with Replica(articles=60, seed=11) as site:
        site.faults.set(kind="slow", path="/article/", seconds=0.3)
        command = ["ingest", "--site", "devdiscourse", "--base-url", site.base_url]
        env |= {"PREFECT_HOME": str(tmp_path / "prefect")}
        status, stderr = stopped(command, env, lambda: has_pages(tmp_path))
    assert (status, stderr.rstrip().splitlines()[-1]) == (130, "wirehouse: stopped")
    assert "Traceback" not in stderr
    assert "Error" not in stderr
    (run,) = unpublished_runs(Settings(home=tmp_path), "devdiscourse")
    assert run.is_complete
    assert has_pages(tmp_path)


def test_a_question_is_stopped(tmp_path: Path, published: Path) -> None:
    began = time.monotonic()
    status, stderr = stopped(["sql", ENDLESS], environment(published), lambda: time.monotonic() > began + 4)
    assert (status, stderr.strip()) == (130, "wirehouse: stopped")


def stopped(arguments: list[str], env: dict[str, str], is_time: Callable[[], bool]) -> tuple[int, str]:
    """Status and standard error of a command, stopped by Ctrl-C when it is time."""
    with subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *arguments], env=env, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 120
        while process.poll() is None and not is_time() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        try:
            _, stderr = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    return process.returncode, stderr


def has_pages(home: Path) -> bool:
    return sum(each.read_bytes().count(b"\n") for each in home.glob("landing/*/records.jsonl")) >= 5


def test_what_duckdb_makes_of_an_interrupt_is_one_for_whoever_notes_failures() -> None:
    # What runs in the background of a shell ignores SIGINT, and so would this process.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        # Of one thread, which looks for signals between its tasks; see `interruptible` for the case of more.
        with (
            duckdb.connect(config={"threads": 1}) as connection,
            pytest.raises(KeyboardInterrupt) as raised,
            heeding_interrupts(),
        ):
            connection.execute(ENDLESS).fetchall()
    finally:
        signal.signal(signal.SIGINT, before)
    assert isinstance(raised.value.__cause__, RuntimeError)


def test_other_failures_pass_as_they_are() -> None:
    with pytest.raises(ValueError, match="wrong"), heeding_interrupts():
        raise ValueError("wrong")
