"""From the moment a scheduled run is due, with some 60 new articles, until its rows can be queried.

A Prefect server and a process worker of its own, and a replica of 600 articles without fetch delays. A first run fills
the warehouse; then the replica's clock moves on until it has 60 articles more, and a run is scheduled as its deployment
would. A reader in this process asks the warehouse ten times a second whether they are there.
"""

from __future__ import annotations

import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warehouse
from benchmarks.orchestra import Orchestra, moment, orchestra
from benchmarks.results import Row
from tests.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

DEPLOYMENT = "ingest/devdiscourse"
ARTICLES = 600
NEW = 60
#: The worker asks for runs every ten seconds, for those due within the next ten, too.
AHEAD = timedelta(seconds=15)


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, Replica(articles=ARTICLES, seed=7) as site:
        prefect, home = Path(folder) / "prefect", Path(folder) / "home"
        prefect.mkdir()
        with orchestra(prefect, home) as playing:
            playing.wait(playing.schedule(DEPLOYMENT, datetime.now(UTC), base_url=site.base_url, since=None))
            before = _articles(home)
            while _there(site) < before + NEW:
                site.advance(hours=1)
            due = datetime.now(UTC) + AHEAD
            seen: list[datetime] = []
            watcher = threading.Thread(target=_watch, args=(home, before, seen), daemon=True)
            run_id = playing.schedule(DEPLOYMENT, due, base_url=site.base_url, since=None)
            watcher.start()
            done = playing.wait(run_id)
            watcher.join(10)
            return _rows(playing, done, due, seen, _articles(home) - before)


def _there(site: Replica) -> int:
    truth = site.truth()
    return len(truth["articles"]) + len(truth["live_discourses"])


def _articles(home: Path) -> int:
    place = warehouse.Location(f"sqlite:{home / 'catalog.sqlite'}", f"{home / 'lake'}/")
    with warehouse.connect(place) as connection:
        return int(connection.execute("SELECT count(*) FROM articles").fetchall()[0][0])


def _watch(home: Path, before: int, seen: list[datetime]) -> None:
    """Notes when the first of the new rows is there; a run is visible whole or not at all."""
    place = warehouse.Location(f"sqlite:{home / 'catalog.sqlite'}", f"{home / 'lake'}/")
    with warehouse.connect(place) as connection:
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            if connection.execute("SELECT count(*) FROM articles").fetchall()[0][0] > before:
                seen.append(datetime.now(UTC))
                return
            time.sleep(0.1)


def _rows(playing: Orchestra, done: dict[str, Any], due: datetime, seen: list[datetime], articles: int) -> list[Row]:
    began = moment(done["start_time"])
    since: Callable[[datetime], float] = lambda time: (time - due).total_seconds()  # noqa: E731
    visible = since(seen[0]) if seen else float("nan")
    rows = [
        Row(
            "from due to queryable", visible, "s", f"{articles} new articles, run {done['state']['name']}; target < 15"
        ),
        Row("process started, Prefect and the flow imported", since(began), "s", "from due to Running"),
    ]
    for task in playing.tasks(done["id"]):
        took = (moment(task["end_time"]) - moment(task["start_time"])).total_seconds()
        rows.append(
            Row(
                f"task: {task['name'].partition(' 2')[0]}",
                took,
                "s",
                f"began {since(moment(task['start_time'])):.2f} s after due",
            )
        )
    return [*rows, Row("from due to the end of the flow", since(moment(done["end_time"])), "s", "")]
