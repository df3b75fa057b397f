"""Killed with SIGKILL in the crawl, in the transforms and in the publication: the next run heals it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from flows.publishing import publish_landing
from spiders.landing import LandingRun
from tests.flows.crawled import copy_of
from tests.flows.forked import Forked, run_forked
from tests.flows.warehouse_dump import dump, environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.replica import Replica

DIE_AT = """
import os, signal, sys
import flows.publishing, transforms, warehouse
import warehouse.publishing

def dies(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def dies_at_the_third(write):
    written = []
    def write_some(*args, **kwargs):
        written.append(args)
        dies() if len(written) == 3 else write(*args, **kwargs)
    return write_some

point = sys.argv[1]
if point == "while the pages move to the archive":
    flows.publishing.move_to_archive = dies
elif point == "in the transforms":
    transforms.articles = dies
elif point == "before the transaction":
    warehouse.publish = dies
elif point == "in the transaction":
    warehouse.publishing._write = dies_at_the_third(warehouse.publishing._write)
elif point == "after the commit":
    flows.publishing.put_away = dies
"""
INGEST = (
    DIE_AT
    + """
from flows.ingest import ingest
ingest(site="devdiscourse", base_url=sys.argv[2])
"""
)
PUBLISH = (
    DIE_AT
    + """
import pathlib
from flows.settings import read_settings
from spiders.landing import LandingRun
flows.publishing.publish_landing(read_settings(), LandingRun(pathlib.Path(sys.argv[2])))
"""
)
POINTS = [
    "while the pages move to the archive",
    "in the transforms",
    "before the transaction",
    "in the transaction",
    "after the commit",
]


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, prefect_api: dict[str, str], still_site: Replica
) -> dict[str, list[str]]:
    """What one run that nothing happens to leaves in the warehouse."""
    home = tmp_path_factory.mktemp("undisturbed")
    run_ingest(home, prefect_api, still_site.base_url)
    return dump(home)


@pytest.fixture(scope="module")
def unhindered(tmp_path_factory: pytest.TempPathFactory, published: Path) -> dict[str, list[str]]:
    """What publishing the crawled landing run leaves in the warehouse when nothing happens to it."""
    return dump(shutil.copytree(published, tmp_path_factory.mktemp("unhindered"), dirs_exist_ok=True))


def run_ingest(home: Path, prefect_api: dict[str, str], base_url: str, point: str = "nowhere") -> int:
    done = run_forked(INGEST, point, base_url, env=environment(home, prefect_api))
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr[-3000:]
    return done.returncode


@pytest.mark.parametrize("point", POINTS)
def test_a_publication_killed_anywhere_is_completed_by_the_next(
    tmp_path: Path, crawled: Path, unhindered: dict[str, list[str]], point: str
) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    died = run_forked(PUBLISH, point, str(landing), env=environment(tmp_path))
    assert died.returncode == -signal.SIGKILL, died.stderr[-3000:]
    assert dump(tmp_path)["articles"] == ([] if point != "after the commit" else unhindered["articles"])
    publish_landing(settings, LandingRun(landing))
    assert dump(tmp_path) == unhindered
    assert not list(settings.landing_path.iterdir()), "what was published is put away"


def test_the_run_after_a_killed_one_ends_with_the_tables_of_an_undisturbed_one(
    tmp_path: Path, prefect_api: dict[str, str], still_site: Replica, undisturbed: dict[str, list[str]]
) -> None:
    assert run_ingest(tmp_path, prefect_api, still_site.base_url, "in the transforms") == -signal.SIGKILL
    assert run_ingest(tmp_path, prefect_api, still_site.base_url) == 0
    assert dump(tmp_path) == undisturbed
    assert not list((tmp_path / "landing").iterdir())


@pytest.mark.parametrize("whom", ["the flow", "the crawl", "both"])
def test_a_crawl_killed_half_way_is_continued(
    tmp_path: Path,
    prefect_api: dict[str, str],
    still_site: Replica,
    undisturbed: dict[str, list[str]],
    whom: str,
) -> None:
    still_site.faults.set(kind="slow", path="/article/", seconds=0.5)
    flow = Forked(INGEST, "nowhere", still_site.base_url, env=environment(tmp_path, prefect_api))
    crawl_pid = wait_for_pages(tmp_path, 20, flow)
    for pid in {"the flow": [flow.pid], "the crawl": [crawl_pid], "both": [crawl_pid, flow.pid]}[whom]:
        subprocess.run(["kill", "-KILL", str(pid)], check=False)
    ended = flow.wait(60)
    still_site.faults.clear()
    if whom == "the crawl":
        assert ended.returncode == 0, "the flow tries again by itself"
    else:
        wait_until_over(crawl_pid)
        if whom == "the flow":
            (left,) = (tmp_path / "landing").glob("*/run.json")
            assert "parent_gone" in left.read_text("utf-8")
        assert run_ingest(tmp_path, prefect_api, still_site.base_url) == 0
    assert dump(tmp_path) == undisturbed


def wait_for_pages(home: Path, pages: int, flow: Forked) -> int:
    """Waits until a crawl has landed so many pages; returns its process id."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and flow.poll() is None:
        for records in home.glob("landing/*/records.jsonl"):
            if records.read_bytes().count(b"\n") >= pages:
                found = subprocess.run(
                    ["pgrep", "-f", f"spiders.crawl {records.parent}"], capture_output=True, text=True, check=True
                )
                return int(found.stdout.split()[0])
        time.sleep(0.01)
    raise AssertionError("the crawl ended, or never began, before it could be killed")


def wait_until_over(pid: int) -> None:
    """Waits until an orphaned crawl has noticed that it is one."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if subprocess.run(["kill", "-0", str(pid)], check=False, capture_output=True).returncode != 0:
            return
        time.sleep(0.1)
    raise AssertionError("the crawl went on without the flow that started it")
