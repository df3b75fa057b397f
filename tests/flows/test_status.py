"""`wirehouse status` and `wirehouse doctor`: what they say of a sound and of a broken warehouse."""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

import warehouse
from flows.cli import main
from flows.doctor import examine
from flows.location import location
from flows.settings import Settings, read_settings
from flows.status import bytes_under, left_lying, look, span
from flows.status_table import show_status


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    """A copy of the demo's home, to be broken."""
    return Path(shutil.copytree(demo_home, tmp_path / "home"))


def shown(home: Path, now: datetime | None = None) -> str:
    console = Console(width=120, record=True, file=io.StringIO())
    show_status(console, look(Settings(home=home), now))
    return console.export_text()


def test_a_warehouse_just_filled_is_healthy_and_says_how_fresh_it_is(demo_home: Path) -> None:
    status = look(Settings(home=demo_home))
    assert status.is_healthy, status.problems
    (site,) = status.sites
    assert (site["site"], site["pending"], site["due"]) == ("devdiscourse", 0, 0)
    assert site["articles"] == status.sizes["articles"] > 600
    assert [run["state"] for run in status.runs] == ["complete", "complete"]
    assert status.sizes["archive_bytes"] == bytes_under(str(demo_home / "archive")) > 0
    text = shown(demo_home)
    assert text.startswith("Healthy")
    assert f"{site['articles']:,}" in text


def test_a_site_that_no_run_looked_at_for_long_is_named(demo_home: Path) -> None:
    status = look(Settings(home=demo_home), datetime.now(UTC) + timedelta(days=3))
    assert not status.is_healthy
    assert status.problems == ["devdiscourse: no run for 3.0 days; `wirehouse doctor` looks at the scheduler"]


def test_a_run_from_the_future_hides_neither_lateness_nor_failure(home: Path) -> None:
    now, settings = datetime.now(UTC), Settings(home=home)
    with warehouse.connect(location(settings), read_only=False) as connection:
        connection.execute(
            "UPDATE lake.runs SET started_at = started_at + INTERVAL 400 DAYS"
            " WHERE run_id = (SELECT max(run_id) FROM lake.runs)"
        )
        connection.execute(
            "INSERT INTO lake.runs (run_id, flow, site, started_at, published_at, state, reason)"
            " VALUES ('late', 'ingest', 'devdiscourse', ?, ?, 'failed', 'no door')",
            [now, now],
        )
    later = look(settings, now + timedelta(days=3))
    assert "devdiscourse: its last run failed: no door" in later.problems
    assert any(each.startswith("devdiscourse: no run for 3.0 days") for each in later.problems)
    assert later.runs[0]["run_id"] == "late"


def test_a_run_that_waits_for_a_person_is_named_with_what_to_do(home: Path) -> None:
    run_id = "20260101T000000Z-devdiscourse-0a1b2c"
    landing = home / "landing" / run_id
    landing.mkdir(parents=True)
    (landing / "stopped.json").write_text("{}")
    (home / "landing" / "20260101T000000Z-devdiscourse-ffffff").mkdir()
    assert f"run {run_id} is set aside and waits for a person: wirehouse publish {run_id}" in shown(home)
    found = {each.about: each for each in examine(Settings(home=home)) if each.is_well is False}
    assert set(found) == {"runs set aside", "runs not published"}


def left_behind(home: Path, begun: datetime, site: str = "devdiscourse") -> str:
    run_id = f"{begun:%Y%m%dT%H%M%SZ}-{site}-ffffff"
    (home / "landing" / run_id).mkdir(parents=True)
    (home / "landing" / run_id / "crawl.lock").touch()
    return run_id


def test_a_run_that_died_and_that_nobody_picked_up_is_named(home: Path) -> None:
    now = datetime.now(UTC)
    fresh = left_behind(home, now - timedelta(minutes=20))
    status = look(Settings(home=home), now)
    assert status.is_healthy
    assert (status.unfinished_runs, status.dead_runs) == ([fresh], [fresh])
    assert "Died, for the next run of its site to complete" in shown(home, now)
    old = left_behind(home, now - timedelta(hours=30))
    (problem,) = look(Settings(home=home), now).problems
    assert problem.startswith(f"run {old} died, and no run has picked it up for 30.0 h;")
    assert "wirehouse ingest --site devdiscourse" in problem


@pytest.mark.parametrize("lock", ["landing/{run}/crawl.lock", "locks/devdiscourse.lock"])
def test_a_run_at_which_a_process_is_at_work_is_not_dead(home: Path, lock: str) -> None:
    run_id = left_behind(home, datetime.now(UTC) - timedelta(hours=30))
    file = home / lock.format(run=run_id)
    file.parent.mkdir(exist_ok=True)
    with file.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        status = look(Settings(home=home))
        assert (status.is_healthy, status.dead_runs) == (True, [])
        assert f"Being made or published: {run_id}" in shown(home)
    assert look(Settings(home=home)).dead_runs == [run_id]


def test_a_home_where_no_run_has_succeeded_is_not_healthy(empty: Path, tmp_path: Path) -> None:
    settings = Settings(home=Path(shutil.copytree(empty, tmp_path / "home")))
    assert look(settings).is_healthy
    assert shown(settings.home).startswith(f"Nothing is here yet: {settings.home}. `wirehouse ingest --site NAME`")
    begun = datetime.now(UTC) - timedelta(minutes=5)
    runs = [left_behind(settings.home, begun + timedelta(minutes=number)) for number in range(3)]
    (problem,) = look(settings).problems
    assert problem.startswith(f"devdiscourse: no run has succeeded yet; 3 died, the last is {runs[-1]};")


def test_little_room_on_the_disk_is_not_healthy(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.status.LEAST_FREE_BYTES", 2**60)
    (problem,) = look(Settings(home=demo_home)).problems
    assert "GiB are free" in problem


def test_an_archive_of_which_nothing_is_there_is_not_healthy(home: Path) -> None:
    (home / "archive").rename(home.parent / "unmounted")
    (home / "archive").mkdir()
    settings = Settings(home=home)
    (problem,) = look(settings).problems
    assert problem.startswith(f"the archive is not at {home / 'archive'}/: ")
    assert "mount its disk" in problem
    assert left_lying(settings) == [problem]
    later = (datetime.now(UTC) + timedelta(days=1)).date()
    assert look(Settings(home=home, archive_lost_before=later)).is_healthy
    # Single files that are lost are found by the check of each run.
    (home / "archive").rmdir()
    (home.parent / "unmounted").rename(home / "archive")
    next((home / "archive").rglob("*.warc.gz")).unlink()
    assert look(settings).is_healthy


def test_the_status_as_json_can_be_read_by_programs(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WIREHOUSE_HOME", str(demo_home))
    with pytest.raises(SystemExit) as end:
        main(["status", "--format", "json"])
    assert end.value.code == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["is_healthy"] is True
    assert datetime.fromisoformat(answer["sites"][0]["last_run_at"]) < datetime.now(UTC)


def test_spans_are_told_in_units_that_people_use() -> None:
    times = (timedelta(minutes=5), timedelta(hours=3.5), timedelta(days=2.1))
    assert [span(each) for each in times] == ["5 min", "3.5 h", "2.1 days"]


def wrong(home: Path) -> dict[str, str]:
    return {each.about: f"{each.found} {each.mend}" for each in examine(Settings(home=home)) if each.is_well is False}


def test_the_doctor_finds_nothing_wrong_with_a_sound_home(demo_home: Path) -> None:
    assert wrong(demo_home) == {}


def test_the_doctor_looks_into_a_home_of_any_name(demo_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(demo_home, tmp_path / "a%41b#c?d")
    assert "catalog" not in wrong(Path(home))
    assert {each.name for each in tmp_path.iterdir()} == {"a%41b#c?d"}


def test_the_doctor_says_that_there_is_nothing_yet(tmp_path: Path) -> None:
    found = {each.about: each.is_well for each in examine(Settings(home=tmp_path / "none"))}
    assert found["home"] is None
    assert found["catalog"] is None
    assert False not in found.values()


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOTDIR, "is a file: move that away"),
        (errno.EACCES, "the right to write"),
        (errno.ENOSPC, "free space"),
        (errno.EROFS, "writable"),
        (errno.EIO, "see to its disk"),
    ],
)
def test_the_doctor_mends_a_home_by_what_is_wrong_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, mend: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path))

    monkeypatch.setattr("tempfile.NamedTemporaryFile", fails)
    found = {each.about: each for each in examine(Settings(home=tmp_path)) if each.is_well is False}
    assert mend in found["home"].mend
    assert os.strerror(number) in found["home"].found


@pytest.mark.parametrize("home", ["file", "file/below"])
def test_a_home_that_is_a_file_is_said_to_be_one_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: str
) -> None:
    (tmp_path / "file").touch()
    assert "is a file" in wrong(tmp_path / home)["home"]
    monkeypatch.setenv("WIREHOUSE_HOME", str(tmp_path / home))
    for verb in (["ingest"], ["backfill", "--ids", "1-2"]):
        with pytest.raises(SystemExit) as end:
            main([verb[0], "--site", "devdiscourse", *verb[1:]])
        assert end.value.code == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "is a file: move that away" in line


def test_the_doctor_finds_a_damaged_catalog(home: Path) -> None:
    catalog = home / "catalog.sqlite"
    with sqlite3.connect(catalog) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(catalog.read_bytes())
    content[8192:40960] = b"\xff" * (40960 - 8192)
    catalog.write_bytes(content)
    found = wrong(home)
    assert "restore a backup" in found["catalog"]
    # tests/flows/test_replay.py makes a catalog anew that way.
    assert f'wirehouse backfill --site NAME --warc "{home}/archive/**/*.warc.gz"' in found["catalog"]


def test_the_doctor_finds_lost_files_of_the_lake_and_of_the_archive(home: Path) -> None:
    for file in (*home.glob("lake/main/revisions/**/*.parquet"), *home.glob("archive/**/*.warc.gz")):
        file.unlink()
    found = wrong(home)
    assert "are not there" in found["data files"]
    assert "backup" in found["data files"]
    assert found["archive"].startswith("0 pages of")


def test_a_page_that_is_damaged_in_any_way_is_counted(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_page(*_: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'items'")

    monkeypatch.setattr("flows.archive_sample.read_page", read_page)
    assert wrong(demo_home)["archive"].startswith("0 pages of")


def test_the_doctor_finds_a_setting_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREHOUSE_MAX_REQUESTS", "many")
    (finding,) = examine()
    assert finding.is_well is False
    assert "WIREHOUSE_MAX_REQUESTS: " in finding.found


def test_the_doctor_names_variables_that_are_no_settings_and_which_are_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("WIREHOUSE_HOEM=elsewhere\n")
    monkeypatch.setenv("WIREHOUSE_MAX_REQUEST", "5")
    monkeypatch.setenv("WIREHOUSE_POSTGRES_PASSWORD", "x")
    found = {each.found.split()[0]: each for each in examine(Settings(home=tmp_path)) if "no setting" in each.found}
    assert {name: (each.is_well, each.mend) for name, each in found.items()} == {
        "WIREHOUSE_HOEM": (False, "write WIREHOUSE_HOME, if that is meant"),
        "WIREHOUSE_MAX_REQUEST": (False, "write WIREHOUSE_MAX_REQUESTS, if that is meant"),
        "WIREHOUSE_POSTGRES_PASSWORD": (None, ""),
    }


def test_an_empty_variable_is_one_that_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "ARCHIVE_RETENTION_DAYS", "MAX_REQUESTS", "USER_AGENT", "CONTACT", "DASK_ADDRESS"):
        monkeypatch.setenv(f"WIREHOUSE_{name}", "")
    settings = read_settings()
    assert settings == Settings(home=tmp_path / "data")
    assert (settings.archive_retention_days, settings.max_requests) == (None, 20_000)
    assert "://" in settings.contact
