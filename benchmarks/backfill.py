"""A month of a site's past filled in: pages per minute, planned by the days, in chunks, published; also over Dask.

A replica with 30 days and a twentieth of 30,000 articles, of which the days before and after the month are known. The
whole loop counts: planning, crawling each chunk in a process of its own, the archive, the transforms, the commit. With
Dask the transforms of each chunk go day by day to one or two workers on this machine, whose start does not count.
Prefect's share is that of the tasks on the workers only; the flow around them is left out.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import warehouse
from benchmarks.results import Row
from flows import crawling, fan_out, publishing
from flows.backfill_target import read_target
from flows.backfilling import BACKFILL, make_plan
from flows.location import location
from flows.settings import Settings
from flows.terminal import quieten_prefect
from tests.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = "devdiscourse"
DAYS = 30
ARTICLES = 30_000 // 20
LOG = logging.getLogger(__name__)


class Filled(NamedTuple):
    """What filling in the month took: seconds in all and of these in crawls; pages fetched, articles landed."""

    seconds: float
    crawl_s: float
    pages: int
    articles: int


def run() -> list[Row]:
    quieten_prefect()
    rows: list[Row] = []
    with Replica(articles=ARTICLES, seed=7, days=DAYS + 2) as site, tempfile.TemporaryDirectory() as folder:
        for workers in (0, 1, 2):
            os.environ["PREFECT_HOME"] = f"{folder}/prefect"
            with _cluster(Path(folder), workers) as address:
                filled = _fill(Settings(home=Path(folder) / f"home-{workers}"), site, address)
            where = f"{workers} Dask workers" if workers else "this process"
            note = (
                f"{filled.articles} articles of {DAYS} days; {filled.crawl_s:.0f} of {filled.seconds:.0f} s in crawls"
            )
            rows.append(Row(f"backfill, transforms in {where}", filled.pages * 60 / filled.seconds, "pages/min", note))
    return rows


def _fill(settings: Settings, site: Replica, address: str | None) -> Filled:
    where = location(settings)
    warehouse.create(where)
    dates = {int(key): date.fromisoformat(each["site_date"]) for key, each in site.truth()["articles"].items()}
    first, last = min(dates.values()) + timedelta(days=1), max(dates.values()) - timedelta(days=1)
    edges = [key for key, day in dates.items() if not first <= day <= last]
    _chunk(settings, site, [f"{site.base_url}/article/agency-wire/{key}-article" for key in edges])
    target = read_target(SITE, base_url=site.base_url, start=first, end=last)
    began, crawl_s, pages = time.perf_counter(), 0.0, 0
    with fan_out.over(address):
        while True:
            with warehouse.connect(where) as connection:
                plan = make_plan(connection, target, is_begun=False)
            if plan.is_done:
                break
            took, fetched = _chunk(settings, site, list(plan.chunk))
            crawl_s, pages = crawl_s + took, pages + fetched
    with warehouse.connect(where) as connection:
        (landed,) = connection.execute("SELECT count(*) FROM articles").fetchone() or (0,)
    return Filled(time.perf_counter() - began, crawl_s, pages, landed - len(edges))


def _chunk(settings: Settings, site: Replica, urls: list[str]) -> tuple[float, int]:
    began = time.perf_counter()
    run = crawling.crawl_listed(
        settings, SITE, flow=BACKFILL, base_url=site.base_url, log=LOG, time_limit_s=600, urls=urls, found_by="ids"
    )
    took = time.perf_counter() - began
    publishing.publish_landing(settings, run)
    with warehouse.connect(location(settings)) as connection:
        row = connection.execute("SELECT fetched FROM runs WHERE run_id = ?", [run.run_id]).fetchone()
    return took, int(row[0]) if row else 0


@contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str | None]:
    """The address of a scheduler with so many workers of one thread; None for no workers."""
    if not workers:
        yield None
        return
    file = folder / f"scheduler-{workers}.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    processes = [
        subprocess.Popen([*command, "--no-dashboard", "--scheduler-file", str(file)], stderr=subprocess.DEVNULL)
    ]
    try:
        while not file.exists():
            time.sleep(0.1)
        address: str = json.loads(file.read_text(encoding="utf-8"))["address"]
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host", "127.0.0.1"]
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
        processes += [subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL) for _ in range(workers)]
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(30)
