"""Runs killed with SIGKILL at random moments of each phase: are the tables those of a calm run after the next one?

A run is what the flow `ingest` does, without Prefect: picking up, crawling, publishing, and maintenance after it.
Killed is the run, its crawl process, or both. For each kill a phase is chosen in turn, and a random moment within the
time that it takes undisturbed. Kills in the crawl come five in a row, each into the run that picks up what the last
one left; those in the publication and in maintenance hit copies of a home that was crawled. Then one run is left
alone, and the tables are compared with those of a home where nothing happened. The replica has 60 articles and stands
still. The environment variable WIREHOUSE_BENCH_KILLS says how many kills; 100 by default.
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
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warehouse
from benchmarks.kills import TWICE, _is_readable
from benchmarks.results import Row
from flows import crawling, publishing
from flows.errors import CrawlFailed
from flows.landings import pick_up, site_lock
from flows.settings import Settings
from tests.flows.warehouse_dump import dump, location
from tests.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import ForkServerProcess

SITE = "devdiscourse"
KILLS = int(os.environ.get("WIREHOUSE_BENCH_KILLS", "100"))
IN_A_ROW = 5
SEED = 20260101
CRAWLING = ("starting", "crawl")
PUBLISHING = ("to the archive", "transforms", "before the commit", "rows written", "commit", "put away", "maintenance")
WHOM = ("run", "crawl", "both")
FORKS = multiprocessing.get_context("forkserver")


def run() -> list[Row]:
    rng = random.Random(SEED)
    FORKS.set_forkserver_preload(["benchmarks.recovery"])
    phases: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name, Replica(articles=60, seed=11) as site:
        folder = Path(name)
        site.faults.set(kind="slow", path="/article/", seconds=0.2)
        crawled, calm = folder / "crawled", folder / "calm"
        crawl(crawled, site.base_url)
        shutil.copytree(crawled, calm)
        lengths = _undisturbed(calm)
        expected = dump(calm)
        while phases.total() < KILLS * 2 // 5:
            home = folder / f"home-{phases.total()}"
            for _ in range(IN_A_ROW):
                phases.update(_kill(rng, home, CRAWLING[phases.total() % 2], {"crawl": 1.5}, site.base_url))
            _alone(home, site.base_url)
            wrong += _faults(home, expected)
        while phases.total() < KILLS:
            home = Path(shutil.copytree(crawled, folder / f"home-{phases.total()}"))
            phases.update(_kill(rng, home, PUBLISHING[phases.total() % len(PUBLISHING)], lengths, None))
            _alone(home, None)
            wrong += _faults(home, expected)
            shutil.rmtree(home)
    shown = ", ".join(f"{phase}: {count}" for phase, count in phases.most_common())
    return [
        Row("kills", phases.total(), "kills", shown),
        Row("homes that differ from a calm one", len(wrong), "homes", "; ".join(wrong[:5]) or "target 0"),
    ]


def crawl(home: Path, base_url: str) -> None:
    """Leaves a complete landing run in a home."""
    settings = Settings(home=home)
    warehouse.create(publishing.location(settings))
    log = logging.getLogger(__name__)
    crawling.crawl_site(settings, SITE, flow="ingest", base_url=base_url, since=None, limit=None, log=log)


def work(home: Path, base_url: str | None) -> None:
    """One run; without an address nothing is crawled. Its phases go to a file beside the home."""
    os.setsid()
    _mark_phases(home.with_suffix(".phases"))
    settings = Settings(home=home)
    where = publishing.location(settings)
    with site_lock(settings, SITE):
        warehouse.create(where)
        pick_up(settings, SITE)
        if base_url is not None:
            _note(home.with_suffix(".phases"), "crawl")
            with contextlib.suppress(CrawlFailed):
                crawl(home, base_url)
        for landing in pick_up(settings, SITE):
            publishing.publish_landing(settings, landing)
    _note(home.with_suffix(".phases"), "maintenance")
    warehouse.maintain(where, timedelta(0), grace=timedelta(0))
    _note(home.with_suffix(".phases"), "over")


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


def _undisturbed(home: Path) -> dict[str, float]:
    """Publishes a crawled home; how long each phase took."""
    _alone(home, None)
    notes = _notes(home)
    lengths: Counter[str] = Counter()
    for (begun, phase), (ended, _) in itertools.pairwise(notes):
        lengths[phase] += ended - begun  # type: ignore[assignment]
    return dict(lengths)


@contextlib.contextmanager
def _running(home: Path, base_url: str | None) -> Iterator[ForkServerProcess]:
    home.with_suffix(".phases").unlink(missing_ok=True)
    process = FORKS.Process(target=work, args=(home, base_url))
    process.start()
    try:
        yield process
    finally:
        process.join(120)


def _alone(home: Path, base_url: str | None) -> None:
    with _running(home, base_url) as process:
        pass
    if process.exitcode != 0:
        raise RuntimeError(f"the run that was left alone ended with {process.exitcode}")


def _kill(
    rng: random.Random, home: Path, phase: str, lengths: dict[str, float], base_url: str | None
) -> dict[str, int]:
    """Kills a run in a phase; what it was at by then, with what was killed."""
    whom = rng.choice(WHOM) if phase == "crawl" else "run"
    with _running(home, base_url) as process:
        while process.is_alive() and phase not in {each for _, each in _notes(home)}:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, lengths.get(phase, 0.1)))
        crawls = _children(process.pid or 0)
        for pid in {"run": [process.pid], "crawl": crawls, "both": [*crawls, process.pid]}[whom]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid or 0, signal.SIGKILL)
        hit = _notes(home)[-1][1]
    for pid in crawls:
        _wait_until_over(pid)
    return {f"{hit} ({whom})" if hit == "crawl" else hit: 1}


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


def _faults(home: Path, expected: dict[str, list[str]]) -> list[str]:
    """What is not as it is where nothing happened."""
    found = dump(home)
    faults = [name for name, rows in expected.items() if found[name] != rows]
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
