"""A crawl that does not end in its time is ended, and what it had is kept."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import warehouse
from flows import crawl_process, publishing
from flows.errors import CrawlFailed
from flows.landings import pick_up
from flows.settings import Settings
from tests.flows.crawled import crawl

if TYPE_CHECKING:
    from tests.replica import Replica


def freeze_crawl(home: Path, pages: int) -> None:
    """Stops this process's crawl, as a disk that hangs would, once it has landed so many pages."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for records in home.glob("landing/*/records.jsonl"):
            for child in children() if records.read_bytes().count(b"\n") >= pages else ():
                if str(records.parent).encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(child, signal.SIGSTOP)
                    return
        time.sleep(0.01)


def children() -> list[int]:
    files = Path("/proc/self/task").glob("*/children")
    return [int(child) for file in files for child in file.read_text("ascii").split()]


def test_a_crawl_that_hangs_is_killed_and_its_pages_are_published(
    tmp_path: Path, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawl_process, "GRACE_S", 1)
    settings = Settings(home=tmp_path, crawl_time_limit_s=6)
    warehouse.create(publishing.location(settings))
    site.faults.set(kind="slow", path="/article/", seconds=0.2)
    freezer = threading.Thread(target=freeze_crawl, args=(tmp_path, 10))
    freezer.start()
    with pytest.raises(CrawlFailed, match="did not end within 6 s"):
        crawl(settings, site.base_url)
    freezer.join()
    (left,) = pick_up(settings, "devdiscourse")
    assert left.summary().state == "recovered"
    assert publishing.publish_landing(settings, left).counts["new"] >= 10
