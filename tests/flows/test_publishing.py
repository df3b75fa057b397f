"""Publishing a landing run: once, whole, whoever does it and however often."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

import warehouse
from flows import publishing
from flows.archive_store import archived_file
from flows.errors import ArchiveGone
from flows.landings import pick_up
from flows.replaying import read_again
from flows.settings import Settings
from flows.stopped import publish_or_set_aside
from spiders.archive import read_page
from spiders.errors import LandingError
from spiders.landing import LandingRun
from tests.flows.crawled import copy_of, crawl
from tests.flows.warehouse_dump import dump, environment, location

if TYPE_CHECKING:
    from pathlib import Path

    from tests.replica import Replica


PUBLISH = """
import sys, pathlib
from flows.publishing import publish_landing
from flows.settings import read_settings
from spiders.landing import LandingRun
print(publish_landing(read_settings(), LandingRun(pathlib.Path(sys.argv[1]))).counts["new"])
"""


def test_publishing_a_landing_again_changes_nothing(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    kept = tmp_path / "kept"
    shutil.copytree(landing, kept)
    first = publishing.publish_landing(settings, LandingRun(landing))
    before = everything(tmp_path)
    shutil.copytree(kept, landing)
    again = publishing.publish_landing(settings, LandingRun(landing))
    assert again == first
    assert first.counts["new"] > 0
    assert everything(tmp_path) == before


def test_what_is_left_of_a_run_that_was_being_put_away_goes(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    left = landing.with_name(f".published-{landing.name}")
    landing.rename(left)
    other = left.with_name(left.name.replace("devdiscourse", "harbourledger"))
    other.mkdir()
    assert pick_up(settings, "devdiscourse") == []
    assert list(landing.parent.iterdir()) == [other]


def test_two_who_publish_at_once_publish_it_once(tmp_path: Path, crawled: Path) -> None:
    _, landing = copy_of(crawled, tmp_path)
    command = [sys.executable, "-c", PUBLISH, str(landing)]
    both = [
        subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert answers[0][0] == answers[1][0]
    with warehouse.connect(location(tmp_path)) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchall() == [(1,)]
        assert connection.execute("SELECT count(*) - count(DISTINCT article_uid) FROM articles").fetchall() == [(0,)]


def test_every_row_leads_to_its_page_in_the_archive(published: Path) -> None:
    settings = Settings(home=published)
    with warehouse.connect(location(published)) as connection:
        rows = connection.execute("SELECT title, archive_file, archive_offset FROM revisions LIMIT 20").fetchall()
    assert rows
    assert not list(settings.landing_path.iterdir())
    for _, name, offset in rows:
        page = read_page(archived_file(settings.archive_path, name), offset)
        assert page.status == 200
        assert b"<h1" in page.body


def test_nothing_is_crawled_read_or_put_where_the_archive_is_not_mounted(
    tmp_path: Path, published: Path, still_site: Replica
) -> None:
    shutil.copytree(published, tmp_path / "home")
    settings, archive = Settings(home=tmp_path / "home"), tmp_path / "home" / "archive"
    waiting = crawl(settings, still_site.base_url)
    archive.rename(tmp_path / "unmounted")
    with pytest.raises(ArchiveGone, match="mount its disk"):
        publish_or_set_aside(settings, waiting)
    with pytest.raises(ArchiveGone):
        crawl(settings, still_site.base_url)
    with pytest.raises(ArchiveGone):
        read_again(settings, "devdiscourse")
    assert not archive.exists()
    (tmp_path / "unmounted").rename(archive)
    assert [each.run_id for each in pick_up(settings, "devdiscourse")] == [waiting.run_id], "it waits, not set aside"
    publish_or_set_aside(settings, waiting)


def test_an_address_that_was_tried_at_a_time_to_come_is_judged_by_what_comes_now(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    run = LandingRun(landing)
    tried = next(row["url"] for row in run.lines("fetches") if row.get("verdict") == "article")
    now = datetime.now(UTC)
    with warehouse.connect(location(tmp_path), read_only=False) as connection:
        connection.execute(
            "INSERT INTO lake.urls"
            " (site, url, discovered_at, discovered_by, state, attempts, failures, run_id, last_tried_at, last_status)"
            " VALUES ('devdiscourse', ?, ?, 'feed', 'failed', 1, 1, 'run', ?, 500)",
            [tried, now - timedelta(days=1), now + timedelta(days=400)],
        )
    publishing.publish_landing(settings, run)
    with warehouse.connect(location(tmp_path)) as connection:
        sql = "SELECT last_status, last_tried_at < now() FROM lake.urls WHERE url = ?"
        assert connection.execute(sql, [tried]).fetchall() == [(200, True)]


def test_a_landing_whose_pages_are_gone_is_not_published(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    for file in (landing / "warc").iterdir():
        file.unlink()
    with pytest.raises(LandingError, match="neither in"):
        publishing.publish_landing(settings, LandingRun(landing))
    assert dump(tmp_path)["articles"] == []
    assert landing.exists()


def everything(home: Path) -> list[object]:
    with warehouse.connect(location(home)) as connection:
        tables = ("articles", "revisions", "sidebars", "findings", "rejects", "fetches", "runs")
        return [sorted(map(str, connection.execute(f"FROM {table}").fetchall())) for table in tables]
