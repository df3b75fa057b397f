"""Parts of a run done on a Dask cluster give the same tables as one process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import warehouse
from flows.publishing import publish_landing
from flows.replaying import publish_replay, read_again
from spiders.landing import LandingRun
from tests.flows.crawled import copy_of
from tests.flows.forked import run_forked
from tests.flows.misreading import SITE, misread
from tests.flows.warehouse_dump import dump, environment, location

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ON_CLUSTER = """
import pathlib, sys
from flows import fan_out
from flows.publishing import publish_landing
from flows.replaying import publish_replay, read_again
from flows.settings import read_settings
from spiders.landing import LandingRun
fan_out.ROWS = 10
settings = read_settings()
assert settings.dask_address
with fan_out.over(settings.dask_address):
    publish_landing(settings, LandingRun(pathlib.Path(sys.argv[1])))
    done = read_again(settings, "devdiscourse", readers=1)
    assert publish_replay(settings, done)
"""


@pytest.fixture
def dask_address(tmp_path: Path) -> Iterator[str]:
    """A scheduler and a worker, in processes of their own."""
    file = tmp_path / "scheduler.json"
    loopback = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", *loopback, "--port", "0"]
    scheduler = subprocess.Popen([*command, "--scheduler-file", str(file)], stderr=subprocess.DEVNULL)
    processes = [scheduler]
    try:
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        address: str = json.loads(file.read_text())["address"]
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nworkers", "1", "--nthreads", "1"]
        arguments = ["--no-nanny", *loopback, "--local-directory", str(tmp_path / "dask")]
        processes.append(subprocess.Popen([*command, *arguments], cwd=tmp_path, stderr=subprocess.DEVNULL))
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(30)


def test_a_cluster_gives_the_same_tables_as_one_process(
    tmp_path: Path, crawled: Path, prefect_api: dict[str, str], dask_address: str
) -> None:
    settings, landing = copy_of(crawled, tmp_path / "alone")
    misread(landing)
    publish_landing(settings, LandingRun(landing))
    assert publish_replay(settings, read_again(settings, SITE, readers=1)) is not None
    spread, landing = copy_of(crawled, tmp_path / "spread")
    misread(landing)
    env = environment(spread.home, prefect_api) | {"WIREHOUSE_DASK_ADDRESS": dask_address}
    done = run_forked(ON_CLUSTER, str(landing), env=env, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    for task in ("observations", "tags", "story terms"):
        assert f"{task} in parts" in done.stdout + done.stderr, "the parts were done on the cluster"
    assert dump(spread.home) == dump(settings.home)
    assert _told(spread.home) == _told(settings.home)


def _told(home: Path) -> list[tuple[object, ...]]:
    """What is made of each article by itself, and stories."""
    with warehouse.connect(location(home)) as connection:
        return [
            row
            for table in ("tags", "story_terms", "stories", "copies")
            for row in connection.execute(f"FROM lake.{table} ORDER BY ALL").fetchall()
        ]
