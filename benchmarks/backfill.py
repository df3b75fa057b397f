"""A month of a site's past filled in by its deployment: pages per minute, also with the transforms on Dask workers.

A replica with 30 days of 30,000 ids, of which a third are articles; the days before and after are known. The deployment
`backfill` runs at a Prefect server and a worker of their own, as an operator would start it: everything counts from the
start of the flow to its end, which is planning, crawling each chunk in a process of its own, the archive, the
transforms, the commits, the dashboard. With Dask the transforms of each chunk go day by day to one or two workers on
this machine, whose start does not count. The replica answers on this machine too, so that it is one of those who share
its cores. WIREHOUSE_BENCH_ARTICLES sets another number of articles.
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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import warehouse
from benchmarks.orchestra import moment, orchestra
from benchmarks.results import Row
from flows import crawling, publishing
from flows.backfilling import BACKFILL
from flows.location import location
from flows.settings import Settings
from tests.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = "devdiscourse"
DAYS = 30
ARTICLES = int(os.environ.get("WIREHOUSE_BENCH_ARTICLES") or 11_000)
LOG = logging.getLogger(__name__)
_LONGEST_S = 3_000


def run() -> list[Row]:
    rows: list[Row] = []
    with Replica(articles=ARTICLES, seed=7, days=DAYS + 2) as site, tempfile.TemporaryDirectory() as folder:
        found: dict[int, list[tuple[object, ...]]] = {}
        for workers in (0, 1, 2):
            place = Path(folder) / f"{workers}-workers"
            place.mkdir()
            with _cluster(place, workers) as address:
                row, found[workers] = _fill(Settings(home=place / "home"), site, address, workers)
            rows.append(row)
    same = sum(found[0] == found[workers] for workers in (1, 2))
    return [*rows, Row("the same articles as without Dask", same, "of 2", "uid, title, times, copies and stories")]


def _fill(settings: Settings, site: Replica, address: str | None, workers: int) -> tuple[Row, list[tuple[object, ...]]]:
    where = location(settings)
    warehouse.create(where)
    dates = {int(key): date.fromisoformat(each["site_date"]) for key, each in site.truth()["articles"].items()}
    first, last = min(dates.values()) + timedelta(days=1), max(dates.values()) - timedelta(days=1)
    edges = [key for key, day in dates.items() if not first <= day <= last]
    _land(settings, site, [f"{site.base_url}/article/agency-wire/{key}-article" for key in edges])
    prefect = settings.home.parent / "prefect"
    prefect.mkdir()
    more = {"WIREHOUSE_DASK_ADDRESS": address} if address else {}
    asked = {"site": SITE, "start": first.isoformat(), "end": last.isoformat(), "base_url": site.base_url}
    with orchestra(prefect, settings.home, more) as playing:
        run_id = playing.schedule("backfill/backfill", datetime.now(UTC), **asked)
        done = playing.wait(run_id, _LONGEST_S)
    if done["state"]["type"] != "COMPLETED":
        raise RuntimeError(f"the backfill is {done['state']['name']}: {playing.log()}")
    seconds = (moment(done["end_time"]) - moment(done["start_time"])).total_seconds()
    with warehouse.connect(where) as connection:
        chunks, pages, crawled = connection.execute(
            "SELECT count(*), sum(fetched), sum(epoch(finished_at) - epoch(started_at)) FROM runs"
            f" WHERE flow = '{BACKFILL}' AND started_at >= ?",
            [moment(done["start_time"])],
        ).fetchall()[0]
        articles = connection.execute(
            "SELECT article_uid, title, published_at, canonical_uid, story_id FROM articles ORDER BY ALL"
        ).fetchall()
    name = f"backfill, transforms on {workers} Dask workers" if workers else "backfill, transforms in its process"
    note = (
        f"{pages:,} pages in {chunks} chunks, {len(articles) - len(edges):,} articles of {DAYS} days;"
        f" {crawled:.0f} of {seconds:.0f} s in crawls"
    )
    return Row(name, pages * 60 / seconds, "pages/min", note), articles


def _land(settings: Settings, site: Replica, urls: list[str]) -> None:
    """Crawls and publishes these, as a chunk."""
    run = crawling.crawl_listed(
        settings, SITE, flow=BACKFILL, base_url=site.base_url, log=LOG, time_limit_s=600, urls=urls, found_by="ids"
    )
    publishing.publish_landing(settings, run)


@contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[str | None]:
    """The address of a scheduler with so many workers of one thread; None for no workers."""
    if not workers:
        yield None
        return
    file = folder / "scheduler.json"
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
