"""Scheduled runs killed under a real worker: what the next scheduled run makes of it, and after how long.

A Prefect server, a process worker, the automation for dead runs and the deployment of prefect.yaml, due every 20
seconds and with the shortest grace period that Prefect allows its slot, a minute. A run of a new warehouse is killed
with SIGKILL at a random moment: its process, its crawl process, both, or the worker with all it runs (which is then
started again, as a service manager would). Nothing else is done. When a scheduled run has completed, the tables are
compared with those of a calm warehouse, checks are run, the archive is read, and no slot may be taken and no run be
left under way. The replica has 60 articles and stands still. The environment variable WIREHOUSE_BENCH_KILLS says how
many kills; 12 by default.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.orchestra import moment, orchestra
from benchmarks.recovery import _children, _faults, _publish_waiting, crawl
from benchmarks.results import Row
from flows.settings import Settings
from tests.flows.warehouse_dump import dump
from tests.replica import Replica

if TYPE_CHECKING:
    from benchmarks.orchestra import Orchestra

KILLS = int(os.environ.get("WIREHOUSE_BENCH_KILLS") or 12)
SEED = 20260102
WHOM = ("run", "crawl", "run and crawl", "worker and all")
EVERY_S, GRACE_S = 20, 60
#: A run takes about so long.
_RUN_S = 6.0
_UNDER_WAY = ["RUNNING", "PENDING", "CANCELLING"]


def run() -> list[Row]:
    rng = random.Random(SEED)
    hits: Counter[str] = Counter()
    wrong: list[str] = []
    took: dict[str, list[float]] = {whom: [] for whom in WHOM}
    with tempfile.TemporaryDirectory() as name, Replica(articles=60, seed=11) as site:
        site.faults.set(kind="slow", path="/article/", seconds=0.1)
        prefect, home, calm = (Path(name) / each for each in ("prefect", "home", "calm"))
        prefect.mkdir()
        crawl(calm, site.base_url)
        _publish_waiting(Settings(home=calm))
        expected = dump(calm)
        with orchestra(prefect, home) as playing:
            playing.command("automation", "create", "--from-file", "automations/zombies.yaml")
            deployment = _often(playing, site.base_url)
            for number in range(KILLS):
                whom = WHOM[number % len(WHOM)]
                hit, seconds = _kill(rng, playing, deployment, whom)
                hits[f"{hit} ({whom})"] += 1
                took[whom].append(seconds)
                wrong += [*_faults(home, expected), *_left(playing, deployment)]
                shutil.rmtree(home)
    shown = "; ".join(f"{phase}: {count}" for phase, count in sorted(hits.items()))
    return [
        Row("kills", hits.total(), "kills", shown),
        Row("warehouses that differ, slots and runs left", len(wrong), "", "; ".join(wrong[:5]) or "target 0"),
        *(
            Row(f"from the kill of the {whom} to a completed run", statistics.median(each), "s", f"{len(each)}; median")
            for whom, each in took.items()
            if each
        ),
    ]


def _often(playing: Orchestra, base_url: str) -> str:
    """Gives the deployment the replica, a short grace period and a schedule of seconds; returns its id."""
    made = playing.api.get("/deployments/name/ingest/devdiscourse").raise_for_status().json()
    address = f"/deployments/{made['id']}"
    parameters = {**made["parameters"], "base_url": base_url, "since": None}
    options = {**made["concurrency_options"], "grace_period_seconds": GRACE_S}
    asked = {"parameters": parameters, "concurrency_options": options}
    playing.api.patch(address, json=asked).raise_for_status()
    for schedule in made["schedules"]:
        playing.api.delete(f"{address}/schedules/{schedule['id']}").raise_for_status()
    often = [{"active": True, "schedule": {"interval": EVERY_S, "anchor_date": "2026-01-01T00:00:00Z"}}]
    playing.api.post(f"{address}/schedules", json=often).raise_for_status()
    return str(made["id"])


def _kill(rng: random.Random, playing: Orchestra, deployment: str, whom: str) -> tuple[str, float]:
    """Kills one scheduled run, and waits for one that completes: what was hit, and seconds until then."""
    playing.api.post(f"/deployments/{deployment}/resume_deployment").raise_for_status()
    run_id = _wait_for(playing, deployment, ["RUNNING"], datetime.now(UTC))
    time.sleep(rng.uniform(0, _RUN_S))
    if "crawl" in whom:
        _wait_for_crawl(playing)
    own = _children(playing.worker.pid)
    crawls = [child for each in own for child in _below(each)]
    doomed = {"run": own, "crawl": crawls, "run and crawl": [*own, *crawls]}
    begun = [each["name"] for each in playing.tasks(run_id)]
    for pid in doomed.get(whom, [playing.worker.pid, *own, *crawls]):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    killed = datetime.now(UTC)
    if whom == "worker and all":
        playing.worker.wait()
        playing.start_worker()
    healer = _wait_for(playing, deployment, ["COMPLETED"], killed, without=run_id)
    seconds = (moment(playing.run(healer)["end_time"]) - killed).total_seconds()
    playing.api.post(f"/deployments/{deployment}/pause_deployment").raise_for_status()
    deadline = time.monotonic() + 60
    while _runs(playing, deployment, _UNDER_WAY) and time.monotonic() < deadline:
        time.sleep(0.5)
    return "when it was over" if not own else begun[-1].partition(" ")[0] if begun else "start", seconds


def _below(process: int) -> list[int]:
    """All processes that this one has started, and theirs."""
    children = _children(process)
    return [*children, *(each for child in children for each in _below(child))]


def _wait_for_crawl(playing: Orchestra) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not any(_below(each) for each in _children(playing.worker.pid)):
        time.sleep(0.05)


def _runs(playing: Orchestra, deployment: str, states: list[str]) -> list[dict[str, Any]]:
    asked = {"flow_runs": {"deployment_id": {"any_": [deployment]}, "state": {"type": {"any_": states}}}}
    found: list[dict[str, Any]] = playing.api.post("/flow_runs/filter", json=asked).raise_for_status().json()
    return [each for each in found if each["start_time"]]


def _wait_for(
    playing: Orchestra, deployment: str, states: list[str], since: datetime, *, without: str | None = None
) -> str:
    """The first run of the schedule that is in one of the states and began after `since`."""
    # A slot whose run died is free after seven minutes at the latest.
    deadline = time.monotonic() + 420
    while time.monotonic() < deadline:
        for each in _runs(playing, deployment, states):
            if each["id"] != without and each["auto_scheduled"] and moment(each["start_time"]) > since:
                return str(each["id"])
        time.sleep(0.25)
    raise RuntimeError(f"no scheduled run is {' or '.join(states)} after five minutes: {playing.log()}")


def _left(playing: Orchestra, deployment: str) -> list[str]:
    """Slots that are taken, and runs that say they are under way, though nothing goes on."""
    made = playing.api.get(f"/deployments/{deployment}").raise_for_status().json()
    left = [f"{each['name']} is {each['state']['name']}" for each in _runs(playing, deployment, _UNDER_WAY)]
    if taken := made["global_concurrency_limit"]["active_slots"]:
        left.append(f"{taken} slots taken")
    return left
