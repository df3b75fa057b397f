"""Runs killed with SIGKILL at every point and in each phase: are the tables those of a calm run after the next one?

A run is what the flows `ingest`, `backfill`, `replay` and `maintain` do, without Prefect. Killed is the run, its crawl
process, or both. One kill comes at each point that a calm run passes in its own process: before or behind a call that
forces a file to the disk, renames or removes one, writes a table or commits. Others come at random moments, until each
phase was hit ten times. Kills in the crawl of `ingest` come five in a row, each into the run that picks up what the
last one left. Then one run is left alone, and the tables are compared with those of a home where nothing happened,
checks are run and the archive is read. The replica has 60 articles and stands still. The environment variable
WIREHOUSE_BENCH_KILLS says how many kills a phase gets; 10 by default.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warehouse
import warehouse.publishing
from benchmarks.kills import TWICE, _is_readable
from benchmarks.results import Row
from flows import crawling, publishing
from flows.backfill_target import Target, read_target
from flows.backfilling import make_plan
from flows.errors import CrawlFailed
from flows.landings import pick_up, site_lock
from flows.replaying import publish_replay, read_again
from flows.settings import Settings
from spiders.landing import LandingRun
from tests.flows.misreading import misread
from tests.flows.warehouse_dump import dump, location
from tests.replica import Replica
from warehouse import transactions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import ForkServerProcess

SITE = "devdiscourse"
KILLS = int(os.environ.get("WIREHOUSE_BENCH_KILLS") or 10)
IN_A_ROW = 5
SEED = 20260101
CRAWLING = ("starting", "crawl")
WHOM = ("run", "crawl", "both")
POINT = "at a point"
#: A phase may be too short to be hit: so many tries for each kill that is asked for.
TRIES = 4
FORKS = multiprocessing.get_context("forkserver")


@dataclass(frozen=True, slots=True)
class Calm:
    """A run that nothing happened to: the homes before and after, seconds by phase, and how many points it passed."""

    before: Path
    expected: dict[str, list[str]]
    lengths: dict[str, float]
    points: int


def run() -> list[Row]:
    rng = random.Random(SEED)
    FORKS.set_forkserver_preload(["benchmarks.recovery"])
    phases: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name, Replica(articles=60, seed=11) as site:
        folder = Path(name)
        site.faults.set(kind="slow", path="/article/", seconds=0.1)
        ids = sorted(int(each) for each in site.truth()["articles"])
        target = f"{ids[10]}-{ids[39]}"
        crawled = folder / "crawled"
        crawl(crawled, site.base_url)
        warehouse.create(publishing.location(Settings(home=folder / "empty")))
        calm = {"publish": _calm("publish", crawled, folder)}
        published = folder / "publish-calm"
        calm["maintain"] = _calm("maintain", published, folder)
        calm["replay"] = _calm("replay", misread_home(crawled, folder / "misread"), folder)
        calm["backfill"] = _calm("backfill", folder / "empty", folder, site.base_url, target)
        for job, each in calm.items():
            for point in range(1, each.points + 1):
                with _copied(each.before, folder) as home:
                    phases.update(_kill_at(point, job, home, site.base_url, target))
                    wrong += _healed(job, home, each.expected, site.base_url, target)
            for phase in each.lengths.keys() - {"starting"}:
                for _ in range(KILLS * TRIES):
                    if _count(phases, phase) >= KILLS:
                        break
                    with _copied(each.before, folder) as home:
                        phases.update(_kill(rng, job, home, phase, each.lengths, site.base_url, target))
                        wrong += _healed(job, home, each.expected, site.base_url, target)
        for _ in range(-(-KILLS * len(CRAWLING) // IN_A_ROW)):
            home = folder / "home"
            for number in range(IN_A_ROW):
                phase = CRAWLING[number % 2]
                phases.update(_kill(rng, "ingest", home, phase, {"crawl": 1.5}, site.base_url))
            wrong += _healed("ingest", home, calm["publish"].expected, site.base_url)
            shutil.rmtree(home)
    shown = "; ".join(f"{phase}: {count}" for phase, count in sorted(phases.items()))
    points = ", ".join(f"{job} {each.points}" for job, each in calm.items())
    return [
        Row("kills", phases.total(), "kills", shown),
        Row("points that a run passes", sum(each.points for each in calm.values()), "points", points),
        Row("homes that differ from a calm one", len(wrong), "homes", "; ".join(wrong[:5]) or "target 0"),
    ]


@contextlib.contextmanager
def _copied(before: Path, folder: Path) -> Iterator[Path]:
    """A copy of a home, for one kill."""
    home = folder / "home"
    shutil.copytree(before, home)
    yield home
    shutil.rmtree(home)


def _healed(
    job: str, home: Path, expected: dict[str, list[str]], base_url: str, target: str | None = None
) -> list[str]:
    """Runs the job undisturbed: what is then not as it would be had nothing happened."""
    _alone(job, home, base_url, target)
    return [f"{job}: {each}" for each in _faults(home, expected)]


def _count(hits: Counter[str], phase: str) -> int:
    """Kills in a phase of any job, whoever was killed."""
    return sum(count for name, count in hits.items() if name.partition(", ")[2].partition(" (")[0] == phase)


def _calm(job: str, before: Path, folder: Path, *arguments: str) -> Calm:
    """Runs a job undisturbed on a copy of a home."""
    home = folder / f"{job}-calm"
    shutil.copytree(before, home)
    _alone(job, home, *(arguments or (None, None)))
    lengths: dict[str, float] = {}
    notes = _notes(home)
    for (begun, phase), (ended, _) in itertools.pairwise(notes):
        lengths[phase] = lengths.get(phase, 0.0) + ended - begun
    (points,) = [int(phase.split()[1]) for _, phase in notes if phase.startswith("over")]
    return Calm(before, dump(home), lengths, points)


def misread_home(crawled: Path, home: Path) -> Path:
    """A home whose articles are as worse page objects would have read them."""
    shutil.copytree(crawled, home)
    (landing,) = (home / "landing").iterdir()
    misread(landing)
    publishing.publish_landing(Settings(home=home), LandingRun(landing))
    return home


def crawl(home: Path, base_url: str) -> None:
    """Leaves a complete landing run in a home."""
    settings = Settings(home=home)
    warehouse.create(publishing.location(settings))
    log = logging.getLogger(__name__)
    crawling.crawl_site(settings, SITE, flow="ingest", base_url=base_url, since=None, limit=None, log=log)


def work(job: str, home: Path, base_url: str | None, target: str | None, dies_at: int) -> None:
    """One run of a job, killed at a point of its own if `dies_at` is one. Its phases go to a file beside the home."""
    os.setsid()
    file = home.with_suffix(".phases")
    passed = _mark_points(file, dies_at)
    _mark_phases(file)
    settings = Settings(home=home)
    where = publishing.location(settings)
    with site_lock(settings, SITE):
        warehouse.create(where)
        _publish_waiting(settings)
        if job == "ingest" and base_url is not None:
            _note(file, "crawl")
            with contextlib.suppress(CrawlFailed):
                crawl(home, base_url)
            _publish_waiting(settings)
        if job == "backfill":
            _fill(settings, read_target(SITE, base_url=base_url, ids=target), file)
        if job == "replay":
            _note(file, "reading")
            publish_replay(settings, read_again(settings, SITE, readers=1))
    if job == "maintain":
        _note(file, "maintenance")
        warehouse.maintain(where, timedelta(0), grace=timedelta(0))
    _note(file, f"over {passed()}")


def _fill(settings: Settings, target: Target, file: Path) -> None:
    """As the flow `backfill`: chunk by chunk, each planned by what the warehouse knows then."""
    while True:
        with warehouse.connect(publishing.location(settings)) as connection:
            plan = make_plan(connection, target, is_begun=True)
        if plan.is_done:
            return
        _note(file, "crawl")
        with contextlib.suppress(CrawlFailed):
            crawling.crawl_listed(
                settings, SITE, flow="backfill", base_url=target.base_url, log=logging.getLogger(__name__),
                time_limit_s=60, urls=list(plan.chunk), found_by=plan.found_by,
            )  # fmt: skip
        _publish_waiting(settings)


def _publish_waiting(settings: Settings) -> None:
    for landing in pick_up(settings, SITE):
        publishing.publish_landing(settings, landing)


def _mark_points(file: Path, dies_at: int) -> Callable[[], int]:
    """Counts what forces files to the disk, renames or removes them, and the steps of a commit; dies at one of them.

    Before it where the number is odd, else behind it.
    """
    passed = 0

    def counting(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            nonlocal passed
            passed += 1
            mine = passed
            if mine == dies_at:
                _note(file, f"{POINT}: {name}")
            if mine == dies_at and dies_at % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            done = step(*args, **kwargs)
            if mine == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return counted

    for name in ("fsync", "replace", "rename", "unlink"):
        setattr(os, name, counting(name, getattr(os, name)))
    publishing_steps = [(warehouse.publishing, "_write"), (warehouse.publishing, "_record"), (transactions, "_commit")]
    for module, name in publishing_steps:
        setattr(module, name, counting(name.strip("_"), getattr(module, name)))
    return lambda: passed


def _mark_phases(file: Path) -> None:
    """Has the steps of a publication note when they begin."""

    def noting(phase: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            _note(file, phase)
            return step(*args, **kwargs)

        return noted

    _note(file, "starting")
    steps: list[tuple[Any, str, str]] = [
        (publishing, "move_to_archive", "to the archive"),
        (publishing, "build_tables", "transforms"),
        (publishing, "put_away", "put away"),
        (warehouse, "publish", "before the commit"),
        (warehouse.publishing, "_write", "rows written"),
        (warehouse.publishing, "_record", "commit"),
    ]
    for module, name, phase in steps:
        setattr(module, name, noting(phase, getattr(module, name)))


def _note(file: Path, phase: str) -> None:
    with file.open("a") as lines:
        lines.write(f"{time.monotonic()} {phase}\n")


def _notes(home: Path) -> list[tuple[float, str]]:
    with contextlib.suppress(FileNotFoundError):
        lines = home.with_suffix(".phases").read_text().splitlines()
        return [(float(time), phase) for time, _, phase in (line.partition(" ") for line in lines)]
    return []


@contextlib.contextmanager
def _running(
    job: str, home: Path, base_url: str | None, target: str | None = None, dies_at: int = 0
) -> Iterator[ForkServerProcess]:
    home.with_suffix(".phases").unlink(missing_ok=True)
    process = FORKS.Process(target=work, args=(job, home, base_url, target, dies_at))
    process.start()
    try:
        yield process
    finally:
        process.join(120)


def _alone(job: str, home: Path, base_url: str | None, target: str | None = None) -> None:
    with _running(job, home, base_url, target) as process:
        pass
    if process.exitcode != 0:
        raise RuntimeError(f"the run that was left alone ended with {process.exitcode}")


def _kill_at(point: int, job: str, home: Path, base_url: str | None, target: str | None) -> dict[str, int]:
    """Kills a run at a point."""
    with _running(job, home, base_url, target, point) as process:
        process.join(120)
    if process.exitcode != -signal.SIGKILL:
        return {}
    (where,) = [phase for _, phase in _notes(home) if phase.startswith(POINT)]
    return {f"{job}, {where}": 1}


def _kill(
    rng: random.Random, job: str, home: Path, phase: str, lengths: dict[str, float], base_url: str | None,
    target: str | None = None,
) -> dict[str, int]:  # fmt: skip
    """Kills a run in a phase; what it was at by then, with what was killed."""
    whom = rng.choice(WHOM) if phase == "crawl" else "run"
    with _running(job, home, base_url, target) as process:
        while process.is_alive() and phase not in {each for _, each in _notes(home)}:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, lengths.get(phase, 0.1)))
        own = process.pid or 0
        crawls = _children(own)
        for pid in {"run": [own], "crawl": crawls, "both": [*crawls, own]}[whom]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        hit = _notes(home)[-1][1]
    for pid in crawls:
        _wait_until_over(pid)
    if hit.startswith("over"):
        return {f"{job}, when it was over": 1}
    return {f"{job}, {hit} ({whom})" if hit == "crawl" else f"{job}, {hit}": 1}


def _children(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [
            int(child)
            for thread in Path(f"/proc/{process}/task").iterdir()
            for child in (thread / "children").read_text("ascii").split()
        ]
    return []


def _wait_until_over(process: int) -> None:
    """Waits until an orphaned crawl has noticed that it is one."""
    deadline = time.monotonic() + 60
    while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _faults(home: Path, *expected: dict[str, list[str]], looks_again: bool = False) -> list[str]:
    """What is not as it is where nothing happened, of which there may be several.

    Where later runs look at pages again, what is found on them is there again: then each counts once.
    """
    found = dump(home)
    if looks_again:
        found, *expected = ({**each, "findings": sorted({*each["findings"]})} for each in (found, *expected))
    faults = [name for name, rows in found.items() if not any(rows == each[name] for each in expected)]
    with warehouse.connect(location(home)) as connection:
        if any(count for (count,) in connection.execute(TWICE).fetchall()):
            faults.append("rows twice")
        faults += [
            str(each) for each in warehouse.checks.run(connection) if not each.passed and each.severity == "error"
        ]
    if not all(_is_readable(file) for file in (home / "archive").rglob("*.warc.gz")):
        faults.append("archive")
    if any((home / "landing").iterdir()):
        faults.append("landing run left")
    return [f"{home.name}: {', '.join(faults)}"] if faults else []
