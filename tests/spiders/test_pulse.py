"""A crawl tells how far it is, and ends when the process that started it is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from spiders.crawl_request import CrawlRequest
from spiders.landing import LandingRun
from tests.spiders.crawls import ROOT, Answer, ScriptedSite, article_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Listens to its crawl as a flow does, until it is killed.
_FLOW = """
import subprocess, sys, os
crawl = subprocess.Popen(
    [sys.executable, "-m", "spiders.crawl", sys.argv[1], str(os.getpid())],
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
)
for line in crawl.stdout:
    pass
"""


def many_articles(site: ScriptedSite, home: Path, number: int) -> LandingRun:
    """A run that is to fetch so many articles, sixteen in a fifth of a second."""

    def slow(_: int) -> Answer:
        time.sleep(0.2)
        return Answer(body=article_page())

    run = LandingRun(home / "20260101T000000Z-devdiscourse-000000")
    CrawlRequest(
        run_id=run.run_id, flow="test", site="devdiscourse", user_agent="wirehouse/test", code_version="test",
        base_url=site.base_url, urls=[site.article(each, slow) for each in range(1, number + 1)],
    ).write(run)  # fmt: skip
    return run


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_crawl_of_a_flow_that_was_killed_asks_for_little_more_and_keeps_what_it_has(tmp_path: Path) -> None:
    with ScriptedSite() as site:
        run = many_articles(site, tmp_path, 600)
        flow = subprocess.Popen([sys.executable, "-c", _FLOW, str(run.directory)], cwd=ROOT)
        wait_for(lambda: len(site.asked) > 20)
        os.kill(flow.pid, signal.SIGKILL)
        flow.wait()
        asked = len(site.asked)
        wait_for(lambda: run.is_complete)
        # Half a second's, those under way, and as much again for a busy machine.
        assert len(site.asked) - asked < 160
    summary = run.summary()
    assert summary.reason == "the crawl was ended early: parent_gone"
    assert summary.counts["articles"] >= 20


def test_a_crawl_whose_flow_died_before_it_began_ends_at_once(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with ScriptedSite() as site:
        run = many_articles(site, tmp_path, 300)
        command = [sys.executable, "-m", "spiders.crawl", str(run.directory), str(gone.pid)]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        assert len(site.asked) < 160
    assert run.summary().reason == "the crawl was ended early: parent_gone"


def test_progress_is_told_to_who_listens(tmp_path: Path) -> None:
    with ScriptedSite() as site:
        run = many_articles(site, tmp_path, 20)
        command = [sys.executable, "-m", "spiders.crawl", str(run.directory)]
        told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    *_, last = [json.loads(line)["progress"] for line in told.splitlines()]
    assert (last["articles"], last["asked_for"]) == (20, 20)
