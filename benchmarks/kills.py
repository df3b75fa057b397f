"""A crawl killed with SIGKILL at 50 random moments, each time picked up and published: is anything lost or doubled?

Nine kills in ten come at a random moment within 8 s after the crawl's first answer, the tenth while it starts. An
article takes the site 1 s, so that the kills find the crawl with 16 of them under way. After each kill every record
of every archive file is read, and the next crawl goes on where the dead one was. Before the last, which is left
alone, the ledger is set back by a quarter of an hour, as if that had passed: what a kill interrupted between two
tries is due again after 5 minutes. What is there in the end is compared with what the replica of 3,000 articles has.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from fastwarc.warc import ArchiveIterator

import warehouse
from benchmarks.results import Row
from flows import crawling, publishing
from flows.errors import CrawlFailed
from flows.landings import pick_up, unpublished_runs
from flows.settings import Settings
from tests.replica import Replica

QUARTER_OF_AN_HOUR = "UPDATE lake.urls SET next_try_at = next_try_at - INTERVAL 15 MINUTE"
SITE = "devdiscourse"
ARTICLES = 3000
KILLS = 50
SEED = 20260101
LOG = logging.getLogger(__name__)
TWICE = """
SELECT count(*) - count(DISTINCT site_article_id) FROM articles
UNION ALL SELECT count(*) - count(DISTINCT article_uid) FROM urls WHERE state = 'landed'
UNION ALL SELECT count(*) - count(DISTINCT (article_uid, revision)) FROM revisions
UNION ALL SELECT count(*) - count(DISTINCT (archive_file, archive_offset)) FROM fetches WHERE archive_file IS NOT NULL
"""


def run() -> list[Row]:
    rng = random.Random(SEED)
    unreadable = attempts = 0
    phases: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, Replica(articles=ARTICLES, seed=7) as site:
        settings = Settings(home=Path(folder))
        where = publishing.location(settings)
        warehouse.create(where)
        site.faults.set(kind="slow", path="/article/", seconds=1.0)
        while phases.total() < KILLS and attempts < 2 * KILLS:
            attempts += 1
            while_starting = attempts % 10 == 0
            phase = _crawl_and_kill(settings, site.base_url, rng.uniform(0.0, 8.0), while_starting=while_starting)
            phases.update([phase] if phase else [])
            unreadable += _publish_waiting(settings)
        site.faults.clear()
        with warehouse.connect(where, read_only=False) as connection:
            connection.execute(QUARTER_OF_AN_HOUR)
        crawling.crawl_site(settings, SITE, flow="benchmark", base_url=site.base_url, since=None, limit=None, log=LOG)
        unreadable += _publish_waiting(settings)
        truth = site.truth()
        expected = {*truth["articles"], *truth["live_discourses"]}
        with warehouse.connect(where) as connection:
            landed = [each for (each,) in connection.execute("SELECT site_article_id FROM articles").fetchall()]
            twice = sum(count for (count,) in connection.execute(TWICE).fetchall())
            failed = connection.execute(
                "SELECT count(*) FROM checks WHERE severity = 'error' AND NOT passed"
            ).fetchall()
    return [
        Row("kills", phases.total(), "crawls", f"of {attempts}, killed {_shown(phases)}"),
        Row("articles lost", len(expected - set(landed)), "articles", f"of {len(expected)}; target 0"),
        Row("articles, addresses, revisions or exchanges twice", twice, "rows", "target 0"),
        Row("archive files that cannot be read to their end", unreadable, "files", "target 0"),
        Row("checks that failed", failed[0][0], "checks", "target 0"),
    ]


def _shown(phases: Counter[str]) -> str:
    return ", ".join(f"{phase}: {count}" for phase, count in phases.most_common())


def _crawl_and_kill(settings: Settings, base_url: str, after: float, *, while_starting: bool) -> str | None:
    """What the crawl was doing when it was killed, None if it had ended before."""
    killer = threading.Thread(target=_kill_child, args=(settings, after), kwargs={"while_starting": while_starting})
    killer.start()
    try:
        crawling.crawl_site(settings, SITE, flow="benchmark", base_url=base_url, since=None, limit=None, log=LOG)
    except CrawlFailed:
        return _phase(settings)
    finally:
        killer.join()
    return None


def _phase(settings: Settings) -> str:
    """What the newest landing run was at when its crawl died."""
    run = unpublished_runs(settings, SITE)[-1]
    verdicts = Counter(row["verdict"] for row in run.lines("fetches"))
    if not verdicts:
        return "while it started"
    return "among articles" if verdicts["article"] else "at the doors"


def _kill_child(settings: Settings, after: float, *, while_starting: bool) -> None:
    """Kills the crawl that this process starts, so many seconds after its start or its first answer."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        child = next((each for each in _children() if _is_crawl(each)), None)
        runs = unpublished_runs(settings, SITE)
        if child is not None and runs and (while_starting or next(runs[-1].lines("fetches"), None) is not None):
            time.sleep(after)
            if child in _children():
                os.kill(child, signal.SIGKILL)
            return
        time.sleep(0.01)


def _is_crawl(process: int) -> bool:
    with contextlib.suppress(OSError):  # one that has ended meanwhile
        return b"spiders.crawl" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def _children() -> list[int]:
    found: list[int] = []
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has ended meanwhile
            found += [int(each) for each in (thread / "children").read_text("ascii").split()]
    return found


def _publish_waiting(settings: Settings) -> int:
    """Picks up and publishes what is there; returns how many archive files cannot be read to their end."""
    unreadable = 0
    for run in pick_up(settings, SITE):
        for path in run.warc_directory.glob("*.warc.gz"):
            unreadable += not _is_readable(path)
        publishing.publish_landing(settings, run)
    return unreadable


def _is_readable(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            kinds = [record.record_type for record in ArchiveIterator(file, verify_digests=True)]
        except (OSError, ValueError):
            return False
    return len(kinds) % 2 == 1  # the description of the file, then an answer and its request each time
