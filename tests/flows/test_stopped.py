"""A run that a check stopped is kept and passed by later runs; a person publishes it again or gives it up."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from flows.archive_store import archived_file
from flows.errors import NotFound
from flows.landings import pick_up
from flows.stopped import give_up, publish_again, publish_or_set_aside
from spiders.landing import LandingRun
from tests.flows.crawled import copy_of
from tests.flows.warehouse_dump import environment, location
from warehouse import ChecksFailed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.replica import Replica


def misplace_a_page(landing: Path) -> list[dict[str, Any]]:
    """Makes one line of the run's exchanges name another place in the archive; returns the lines as they were."""
    run = LandingRun(landing)
    rows = list(run.lines("fetches"))
    run.rewrite("fetches", [{**rows[0], "archive_offset": rows[0]["archive_offset"] + 1}, *rows[1:]])
    return rows


def runs_of(home: Path) -> list[tuple[Any, ...]]:
    with warehouse.connect(location(home)) as connection:
        return connection.execute("SELECT run_id, new > 0 FROM runs ORDER BY run_id").fetchall()


def test_a_run_that_disagrees_with_its_archive_is_stopped_and_published_once_mended(
    tmp_path: Path, crawled: Path
) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    right = misplace_a_page(landing)
    with pytest.raises(ChecksFailed, match="fetches_agree_with_archive") as stop:
        publish_or_set_aside(settings, LandingRun(landing))
    assert f"wirehouse publish {landing.name}" in stop.value.__notes__[0]
    assert runs_of(tmp_path) == []
    with warehouse.connect(location(tmp_path)) as connection:
        (row,) = connection.execute(
            "SELECT run_id, severity, observed, detail FROM checks WHERE NOT passed AND severity = 'error'"
        ).fetchall()
    assert row[:2] == (landing.name, "error")
    assert "2 disagreements" in row[2]
    assert right[0]["archive_file"] in row[3]
    # Whoever picks up what is left passes it.
    assert pick_up(settings, "devdiscourse") == []
    with pytest.raises(ChecksFailed):
        publish_again(settings, landing.name)
    LandingRun(landing).rewrite("fetches", right)
    assert publish_again(settings, landing.name).counts["new"] > 0
    assert runs_of(tmp_path) == [(landing.name, True)]
    assert not landing.exists()


def test_a_run_that_is_given_up_leaves_its_pages_in_the_archive(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    misplace_a_page(landing)
    names = LandingRun(landing).summary().warc_files
    with pytest.raises(NotFound, match="was not set aside"):
        give_up(settings, landing.name)
    with pytest.raises(ChecksFailed):
        publish_or_set_aside(settings, LandingRun(landing))
    give_up(settings, landing.name)
    assert not landing.exists()
    assert all(archived_file(settings.archive_path, name).exists() for name in names)
    with pytest.raises(NotFound, match="no complete landing run"):
        publish_again(settings, landing.name)


def test_a_later_run_passes_one_that_is_stopped_and_no_second_try_is_spent_on_it(
    tmp_path: Path, crawled: Path, still_site: Replica, prefect_api: dict[str, str]
) -> None:
    _, landing = copy_of(crawled, tmp_path)
    misplace_a_page(landing)
    command = [sys.executable, "-m", "flows.cli", "ingest", "--site", "devdiscourse", "--base-url", still_site.base_url]
    first, second = (
        subprocess.run(
            command, env=environment(tmp_path, prefect_api), capture_output=True, text=True, check=False, timeout=240
        )
        for _ in range(2)
    )
    assert first.returncode == 1
    assert first.stderr.count("is set aside") == 1
    assert f"wirehouse publish {landing.name}" in first.stderr
    assert second.returncode == 0, second.stderr
    published = runs_of(tmp_path)
    assert len(published) == 2
    assert landing.name not in {run_id for run_id, _ in published}
    assert "reason" in json.loads((landing / "stopped.json").read_text())
