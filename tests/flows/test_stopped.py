"""A run that a check stopped is kept and passed by later runs; a person publishes it again or gives it up."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest

import warehouse
from flows.archive_store import archived_file
from flows.errors import FlowsError, NotFound, RunInProgress
from flows.landings import lies_with_the_run, move_to_archive, pick_up, site_lock
from flows.retention import expire_pages
from flows.stopped import give_up, publish_again, publish_or_set_aside
from flows.topic_models import model_path
from spiders.landing import LandingRun, RunSummary, utc_text
from tests.flows.crawled import copy_of
from tests.flows.warehouse_dump import environment, location
from warehouse import ChecksFailed

if TYPE_CHECKING:
    from flows.settings import Settings
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


@pytest.mark.parametrize("is_tried", [True, False])
def test_a_run_that_is_given_up_leaves_its_pages_in_the_archive(
    tmp_path: Path, crawled: Path, *, is_tried: bool
) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    misplace_a_page(landing)
    names = LandingRun(landing).summary().warc_files
    if is_tried:
        with pytest.raises(ChecksFailed):
            publish_or_set_aside(settings, LandingRun(landing))
    with site_lock(settings, "devdiscourse"), pytest.raises(RunInProgress):
        give_up(settings, landing.name)
    give_up(settings, landing.name)
    assert not landing.exists()
    assert all(archived_file(settings.archive_path, name).exists() for name in names)
    with pytest.raises(NotFound, match="no landing run"):
        publish_again(settings, landing.name)


def landing_run(settings: Settings, stamp: str, *, names: list[str] | None, request: str = "{}") -> LandingRun:
    """A run without an exchange that names these WARC files; None: one whose crawl died."""
    run = LandingRun(settings.landing_path / f"{stamp}-devdiscourse-0a1b2c")
    run.warc_directory.mkdir(parents=True)
    (run.directory / "request.json").write_text(request)
    if names is not None:
        now = utc_text(datetime.now(UTC))
        counts = dict.fromkeys(("discovered", "fetched", "articles", "rejected", "failed"), 0)
        run.complete(RunSummary(run.run_id, "ingest", "devdiscourse", now, now, "complete", None, "1", counts, names))
    return run


def test_what_lies_with_the_disk_sets_no_run_aside(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    Path(settings.archive_path).write_text("in the way")
    with pytest.raises(OSError, match="archive"):
        publish_or_set_aside(settings, LandingRun(landing))
    assert [run.run_id for run in pick_up(settings, "devdiscourse")] == [landing.name]
    Path(settings.archive_path).unlink()
    assert publish_or_set_aside(settings, LandingRun(landing)).counts["new"] > 0


def test_a_damaged_model_of_topics_sets_no_run_aside(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    model_path(settings).parent.mkdir()
    model_path(settings).touch()
    with pytest.raises(FlowsError, match="wirehouse topics train"):
        publish_or_set_aside(settings, LandingRun(landing))
    assert [run.run_id for run in pick_up(settings, "devdiscourse")] == [landing.name]


def test_a_run_that_cannot_be_completed_is_set_aside_and_can_be_given_up(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    newer = landing_run(settings, "20260101T000000Z", names=None, request='{"of_a_later_version": 1}')
    assert [run.run_id for run in pick_up(settings, "devdiscourse")] == [landing.name]
    assert "not a crawl request" in json.loads((newer.directory / "stopped.json").read_text())["reason"]
    give_up(settings, newer.run_id)
    assert not newer.directory.exists()


def test_a_run_that_a_living_crawl_still_writes_is_left_for_the_next_run(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    living = landing_run(settings, "20260101T000000Z", names=None)
    with living.locked():
        assert [run.run_id for run in pick_up(settings, "devdiscourse")] == [landing.name]
    assert not (living.directory / "stopped.json").exists()


def test_too_little_memory_sets_no_run_aside() -> None:
    assert not any(map(lies_with_the_run, (MemoryError(), pa.ArrowMemoryError(), duckdb.OutOfMemoryException())))


def test_the_retention_spares_pages_of_a_run_that_is_not_published(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    settings = settings.model_copy(update={"archive_retention_days": 1})
    move_to_archive(settings, LandingRun(landing))
    in_a_year = datetime.now(UTC) + timedelta(days=365)
    assert expire_pages(settings, in_a_year) == 0
    assert publish_or_set_aside(settings, LandingRun(landing)).counts["new"] > 0
    assert expire_pages(settings, in_a_year) > 0


def test_a_later_run_passes_one_that_is_stopped_and_no_second_try_is_spent_on_it(
    tmp_path: Path, crawled: Path, still_site: Replica, prefect_api: dict[str, str]
) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    misplace_a_page(landing)
    lacking = landing_run(settings, "20260101T000000Z", names=["20260101T000000Z-devdiscourse-0a1b2c-00000.warc.gz"])
    lacking.rewrite("fetches", [{"of_a_later_version": 1}])
    unreadable = landing_run(settings, "20260101T001500Z", names=None, request='{"of_a_later_version": 1}')
    command = [sys.executable, "-m", "flows.cli", "ingest", "--site", "devdiscourse", "--base-url", still_site.base_url]
    first, second = (
        subprocess.run(
            command, env=environment(tmp_path, prefect_api), capture_output=True, text=True, check=False, timeout=240
        )
        for _ in range(2)
    )
    assert first.returncode == 1
    for stopped in (landing.name, lacking.run_id, unreadable.run_id):
        assert first.stderr.count(f"{stopped} is set aside") == 1
    assert f"wirehouse publish {landing.name}" in first.stderr.splitlines()[-1]
    assert second.returncode == 0, second.stderr
    published = runs_of(tmp_path)
    assert len(published) == 2
    assert not {landing.name, lacking.run_id} & {run_id for run_id, _ in published}
    assert "reason" in json.loads((landing / "stopped.json").read_text())
