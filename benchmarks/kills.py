"""A crawl killed with SIGKILL at 50 random moments, each time picked up and published: is anything lost or doubled?

The site answers after 0.4 s, so that the kills find crawls at work. After each kill every record of every archive file
is read, and the next crawl goes on where the dead one was. Before the last, which is left alone, the ledger is set back
by a quarter of an hour, as if that had passed: what a kill interrupted between two tries is due again after 5 minutes.
What is there in the end is compared with what the replica of 4,000 articles has.
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
from pathlib import Path

from fastwarc.warc import ArchiveIterator

import warehouse
from benchmarks.results import Row
from flows import crawling, publishing
from flows.errors import CrawlFailed
from flows.landings import pick_up
from flows.settings import Settings
from tests.replica import Replica

QUARTER_OF_AN_HOUR = "UPDATE lake.urls SET next_try_at = next_try_at - INTERVAL 15 MINUTE"
SITE = "devdiscourse"
ARTICLES = 4000
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
    kills = unreadable = attempts = 0
    with tempfile.TemporaryDirectory() as folder, Replica(articles=ARTICLES, seed=7) as site:
        settings = Settings(home=Path(folder))
        where = publishing.location(settings)
        warehouse.create(where)
        site.faults.set(kind="slow", path="/article/", seconds=0.4)
        while kills < KILLS and attempts < 2 * KILLS:
            attempts += 1
            kills += _crawl_and_kill(settings, site.base_url, after=rng.uniform(0.3, 4.0))
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
        Row("kills", kills, "crawls", f"of {attempts} crawls, each after 0.3 to 4 s"),
        Row("articles lost", len(expected - set(landed)), "articles", f"of {len(expected)}; target 0"),
        Row("articles, addresses, revisions or exchanges twice", twice, "rows", "target 0"),
        Row("archive files that cannot be read to their end", unreadable, "files", "target 0"),
        Row("checks that failed", failed[0][0], "checks", "target 0"),
    ]


def _crawl_and_kill(settings: Settings, base_url: str, *, after: float) -> bool:
    """Whether the crawl was killed before it had ended."""
    killer = threading.Thread(target=_kill_child, args=(after,), daemon=True)
    killer.start()
    try:
        crawling.crawl_site(settings, SITE, flow="benchmark", base_url=base_url, since=None, limit=None, log=LOG)
    except CrawlFailed:
        return True
    finally:
        killer.join()
    return False


def _kill_child(after: float) -> None:
    """Kills the crawl that this process starts, so many seconds after its start."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for child in _children():
            if b"spiders.crawl" in Path(f"/proc/{child}/cmdline").read_bytes():
                time.sleep(after)
                if child in _children():
                    os.kill(child, signal.SIGKILL)
                return
        time.sleep(0.01)


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
