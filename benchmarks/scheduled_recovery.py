"""Runs of every deployment killed under a real worker: what the next scheduled run makes of it, and after how long.

A Prefect server, a process worker, the automation for dead runs and the deployments of prefect.yaml: `ingest`, due
every 20 seconds and with the shortest grace period that Prefect allows its slot, a minute; `backfill`, `replay` and
`maintain`, started by hand. A run is killed with SIGKILL at a random moment: its process, its crawl process, both, or
the worker with all it runs (which is then started again, as a service manager would). Then a scheduled run of `ingest`
has to complete; what was started by hand is started once more. The tables are compared with those of a warehouse where
the same went on in calm, in either order, checks are run, the archive is read, and no slot may be taken and no run be
left under way. Of what a page lacks (`findings`) each counts once: articles are looked at again as they grow older.
The replica has 60 articles and stands still. The environment variable WIREHOUSE_BENCH_KILLS says how many kills; 12 by
default.
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
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warehouse
from benchmarks.orchestra import moment, orchestra
from benchmarks.recovery import SITE, _children, _faults, _publish_waiting, crawl, misread_home
from benchmarks.results import Row
from flows.settings import Settings
from tests.flows.warehouse_dump import dump, location
from tests.replica import Replica

if TYPE_CHECKING:
    from benchmarks.orchestra import Orchestra

KILLS = int(os.environ.get("WIREHOUSE_BENCH_KILLS") or 12)
SEED = 20260102
ALL = "worker and all"
#: Whom a kill hits, by the deployment.
WHOM = {
    "ingest": ("run", "crawl", "run and crawl", ALL),
    "backfill": ("run", "crawl", "run and crawl", ALL),
    "replay": ("run", ALL),
    "maintain": ("run", ALL),
}
EVERY_S, GRACE_S = 20, 60
_UNDER_WAY = ["RUNNING", "PENDING", "CANCELLING"]


@dataclass(frozen=True, slots=True)
class Job:
    """A deployment that is killed: what it finds, what it is asked for, and how calm runs of it go.

    Attributes:
        before: the home it begins with.
        parameters: of a run started by hand; None for scheduled ones.
        expected: the tables when it was not killed and `ingest` has run after it, or before: an article of which the
            site answers under several addresses keeps the one it was found under first.
        seconds: how long it takes.
    """

    before: Path
    parameters: dict[str, Any] | None
    expected: tuple[dict[str, list[str]], ...]
    seconds: float


def run() -> list[Row]:
    rng = random.Random(SEED)
    hits: Counter[str] = Counter()
    wrong: list[str] = []
    took: dict[str, list[float]] = {whom: [] for whom in WHOM["ingest"]}
    with tempfile.TemporaryDirectory() as name, Replica(articles=60, seed=11) as site:
        site.faults.set(kind="slow", path="/article/", seconds=0.1)
        prefect, home = (Path(name) / each for each in ("prefect", "home"))
        prefect.mkdir()
        with orchestra(prefect, home) as playing:
            playing.command("automation", "create", "--from-file", "automations/zombies.yaml")
            ingest = _often(playing, site.base_url)
            jobs = _calm_jobs(Path(name), home, playing, ingest, site)
            for number in range(KILLS):
                job = list(jobs)[number % len(jobs)]
                whom = WHOM[job][number // len(jobs) % len(WHOM[job])]
                shutil.copytree(jobs[job].before, home)
                hit, seconds = _kill(rng, playing, ingest, job, jobs[job], whom)
                hits[f"{job}, {hit} ({whom})"] += 1
                took[whom].append(seconds)
                faults = _faults(home, *jobs[job].expected, looks_again=True)
                wrong += [f"{job}, {each}" for each in (*faults, *_left(playing, ingest))]
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


def _calm_jobs(folder: Path, home: Path, playing: Orchestra, ingest: str, site: Replica) -> dict[str, Job]:
    """Runs each deployment undisturbed, with `ingest` after it."""
    empty, crawled, published = (folder / each for each in ("empty", "crawled", "published"))
    warehouse.create(location(empty))
    crawl(crawled, site.base_url)
    shutil.copytree(crawled, published)
    _publish_waiting(Settings(home=published))
    ids = sorted(int(each) for each in site.truth()["articles"])
    jobs = {
        "ingest": Job(empty, None, (dump(published),), 6.0),
        "backfill": Job(empty, {"site": SITE, "ids": f"{ids[10]}-{ids[39]}", "base_url": site.base_url}, (), 0),
        "replay": Job(misread_home(crawled, folder / "misread"), {"site": SITE}, (), 0),
        "maintain": Job(published, {}, (), 0),
    }
    for name, job in jobs.items():
        if job.parameters is None:
            continue
        expected = []
        for is_first in (False, True):
            shutil.copytree(job.before, home)
            if not is_first:
                _scheduled(playing, ingest, datetime.now(UTC))
            done = _by_hand(playing, name, job.parameters)
            if is_first:
                _scheduled(playing, ingest, datetime.now(UTC))
            expected.append(dump(home))
            shutil.rmtree(home)
        jobs[name] = replace(job, expected=tuple(expected), seconds=_seconds(done))
    return jobs


def _seconds(flow_run: dict[str, Any]) -> float:
    return (moment(flow_run["end_time"]) - moment(flow_run["start_time"])).total_seconds()


def _by_hand(playing: Orchestra, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Runs a deployment until a run of it completes: one that finds the slot of a dead run taken is cancelled."""
    deadline = time.monotonic() + 420
    while time.monotonic() < deadline:
        done = playing.wait(playing.schedule(f"{name}/{name}", datetime.now(UTC), **parameters), 420)
        if done["state"]["type"] == "COMPLETED":
            return done
        if done["state"]["type"] != "CANCELLED":
            raise RuntimeError(f"{name} started once more is {done['state']['name']}: {playing.log()}")
        time.sleep(5)
    raise RuntimeError(f"{name} does not complete: {playing.log()}")


def _scheduled(playing: Orchestra, ingest: str, since: datetime, *, without: str | None = None) -> str:
    """The first scheduled run of `ingest` that completes and began after `since`; the schedule is paused behind it."""
    playing.api.post(f"/deployments/{ingest}/resume_deployment").raise_for_status()
    healer = _wait_for(playing, ingest, ["COMPLETED"], since, without=without)
    playing.api.post(f"/deployments/{ingest}/pause_deployment").raise_for_status()
    deadline = time.monotonic() + 60
    while _runs(playing, ingest, _UNDER_WAY) and time.monotonic() < deadline:
        time.sleep(0.5)
    return healer


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


def _kill(rng: random.Random, playing: Orchestra, ingest: str, name: str, job: Job, whom: str) -> tuple[str, float]:
    """Kills a run, and waits for a scheduled one that completes: what was hit, and seconds until then."""
    if job.parameters is None:
        playing.api.post(f"/deployments/{ingest}/resume_deployment").raise_for_status()
        run_id = _wait_for(playing, ingest, ["RUNNING"], datetime.now(UTC))
    else:
        run_id = playing.schedule(f"{name}/{name}", datetime.now(UTC), **job.parameters)
        _wait_until_running(playing, run_id)
    time.sleep(rng.uniform(0, job.seconds))
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
    if whom == ALL:
        playing.worker.wait()
        playing.start_worker()
    healer = _scheduled(playing, ingest, killed, without=run_id)
    seconds = (moment(playing.run(healer)["end_time"]) - killed).total_seconds()
    if job.parameters is not None:
        _by_hand(playing, name, job.parameters)
    return "when it was over" if not own else begun[-1].partition(" ")[0] if begun else "start", seconds


def _wait_until_running(playing: Orchestra, run_id: str) -> None:
    deadline = time.monotonic() + 120
    while playing.run(run_id)["state"]["type"] in {"SCHEDULED", "PENDING"} and time.monotonic() < deadline:
        time.sleep(0.1)


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
