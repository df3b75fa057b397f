"""Taking runs back and articles down: what goes is gone everywhere, what others brought stays, copies follow."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from fastwarc.warc import ArchiveIterator

import warehouse
from flows.archive_sample import check_sample
from flows.archive_store import archived_file
from flows.asking import export_to, raw_page
from flows.backup import back_up
from flows.crawling import crawl_listed
from flows.errors import FlowsError, NotFound
from flows.indexes import reindex
from flows.landings import pick_up, set_aside
from flows.location import location
from flows.publishing import publish_landing, to_arrow
from flows.registered import register, registered
from flows.rollback import roll_back
from flows.settings import Settings
from flows.stopped import give_up
from flows.takedown import take_down
from spiders.archive import read_answers
from spiders.errors import ArchiveError
from spiders.landing import LandingRun
from tests.flows.crawled import copy_of, crawl
from tests.flows.warehouse_dump import dump
from tests.replica import Replica
from warehouse import exporting

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The tables that follow from what was seen of articles, and how their rows are compared.
FOLLOWING = {
    "copies": "*",
    "stories": "*",
    "story_members": "*",
    "tags": "*",
    "articles": "article_uid, url, first_seen_at, last_seen_at, revision, content_hash, updated_at",
    "revisions": "* EXCLUDE (superseded_at)",
    "urls": "url, article_uid, state",
}

#: An article whose text is no other's too.
ONE_OF_A_KIND = """
SELECT article_uid, title, body FROM articles
WHERE article_uid NOT IN (SELECT article_uid FROM copies UNION SELECT canonical_uid FROM copies)
ORDER BY title DESC LIMIT 1
"""


def rows(settings: Settings, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with warehouse.connect(location(settings)) as connection:
        return connection.execute(sql, list(parameters)).fetchall()


def following(settings: Settings) -> dict[str, list[str]]:
    with warehouse.connect(location(settings)) as connection:
        return {
            table: sorted(str(row) for row in connection.execute(f"SELECT {columns} FROM {table}").fetchall())
            for table, columns in FOLLOWING.items()
        }


def failed_checks(settings: Settings) -> list[str]:
    with warehouse.connect(location(settings)) as connection:
        outcomes = warehouse.checks.run(connection)
    return [str(each) for each in outcomes if not each.passed and each.severity == "error"]


def differing(settings: Settings) -> list[dict[str, Any]]:
    return [each for each in reindex(settings, dry_run=True) if each["lacking"] or each["wrong"]]


@pytest.fixture(scope="module")
def moving_site() -> Iterator[Replica]:
    with Replica(articles=60, seed=11) as replica:
        yield replica


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory, moving_site: Replica) -> tuple[Path, dict[str, list[str]], str]:
    """A home after two runs, what followed from the first alone, and the second's id."""
    settings = Settings(home=tmp_path_factory.mktemp("two-runs"))
    warehouse.create(location(settings))
    publish_landing(settings, crawl(settings, moving_site.base_url, "ingest"))
    before = following(settings)
    moving_site.advance(hours=6)
    run = crawl(settings, moving_site.base_url, "ingest")
    published = publish_landing(settings, run)
    assert published.counts["new"]
    assert published.counts["revised"]
    return settings.home, before, run.run_id


@pytest.fixture
def settings(tmp_path: Path, two_runs: tuple[Path, dict[str, list[str]], str]) -> Settings:
    shutil.copytree(two_runs[0], tmp_path / "home")
    return Settings(home=tmp_path / "home")


def test_a_run_taken_back_leaves_what_the_others_made(
    settings: Settings, two_runs: tuple[Path, dict[str, list[str]], str], moving_site: Replica
) -> None:
    _, before, run_id = two_runs
    after = following(settings)
    discovered = {url for (url,) in rows(settings, "SELECT url FROM urls")}
    made = rows(settings, "SELECT run_id, snapshot_id FROM runs ORDER BY run_id")
    counts = roll_back(settings, run_id)
    assert set(made) < {*rows(settings, "SELECT run_id, snapshot_id FROM runs")}
    now = following(settings)
    for table in FOLLOWING:
        if table != "urls":
            assert now[table] == before[table], table
    assert 0 < counts["gone"] <= counts["due_again"]
    assert {url for (url,) in rows(settings, "SELECT url FROM urls")} == discovered
    assert rows(settings, "SELECT state, new, revised FROM runs WHERE run_id = ?", run_id) == [("rolled_back", 0, 0)]
    assert rows(settings, "SELECT DISTINCT outcome FROM fetches WHERE run_id = ?", run_id) == [("rolled_back",)]
    assert failed_checks(settings) == []
    assert differing(settings) == []
    with pytest.raises(FlowsError, match="taken back before"):
        roll_back(settings, run_id)
    # The next run asks for it again, and then everything is as it was.
    publish_landing(settings, crawl(settings, moving_site.base_url, "ingest"))
    again = following(settings)
    for table in ("copies", "stories", "tags"):
        assert again[table] == after[table], table


def test_the_first_run_taken_back_leaves_what_later_ones_saw(
    settings: Settings, two_runs: tuple[Path, dict[str, list[str]], str]
) -> None:
    first, second = (run_id for (run_id,) in rows(settings, "SELECT run_id FROM runs ORDER BY started_at"))
    seen_later = {
        uid
        for (uid,) in rows(
            settings,
            "SELECT DISTINCT article_uid FROM fetches WHERE run_id = ? AND outcome IN ('new', 'revised', 'unchanged')",
            second,
        )
    }
    newest = rows(settings, "SELECT article_uid, content_hash, updated_at FROM articles ORDER BY ALL")
    roll_back(settings, first)
    assert {uid for (uid,) in rows(settings, "SELECT article_uid FROM articles")} == seen_later
    assert rows(settings, "SELECT article_uid, content_hash, updated_at FROM articles ORDER BY ALL") == [
        row for row in newest if row[0] in seen_later
    ]
    assert rows(settings, "SELECT count(*) FROM revisions WHERE run_id = ?", first) == [(0,)]
    assert failed_checks(settings) == []
    assert differing(settings) == []


def landed(settings: Settings) -> list[tuple[Any, ...]]:
    return rows(
        settings,
        "SELECT url, article_uid, state, attempts, failures, last_status, last_tried_at FROM urls"
        " WHERE state IN ('landed', 'alias') ORDER BY url",
    )


def test_a_run_that_could_not_read_known_articles_is_taken_back_and_they_stay(tmp_path: Path, site: Replica) -> None:
    settings = Settings(home=tmp_path / "home")
    warehouse.create(location(settings))
    publish_landing(settings, crawl(settings, site.base_url, "ingest"))
    before, ledger = following(settings), landed(settings)
    site.advance(hours=1)
    known = [uid.partition(":")[2] for (uid,) in rows(settings, "SELECT article_uid FROM articles ORDER BY ALL")]
    # A 404 or a page that says so, by chance, and no answer that could be used.
    for article_id in known[:12]:
        site.withdraw(article_id)
    site.faults.set(kind="empty", path=f"/{known[20]}")
    run = look_again(settings, site)
    publish_landing(settings, run)
    outcomes = {name for (name,) in rows(settings, "SELECT outcome FROM fetches WHERE run_id = ?", run.run_id)}
    assert outcomes >= {"gone", "missing"}
    assert outcomes & {"failed", "rejected"}
    assert landed(settings) != ledger
    roll_back(settings, run.run_id)
    now = following(settings)
    for table in FOLLOWING:
        assert now[table] == before[table], table
    assert landed(settings) == ledger
    assert failed_checks(settings) == []
    assert differing(settings) == []


def test_a_rollback_that_checks_stop_promises_no_landing_run(
    settings: Settings, two_runs: tuple[Path, dict[str, list[str]], str]
) -> None:
    broken = rows(settings, "SELECT * EXCLUDE (state), 'landed' AS state FROM urls WHERE state = 'alias' LIMIT 1")
    columns = [name for name in warehouse.arrow_schema("urls").names if name != "state"]
    frame = pd.DataFrame(broken, columns=[*columns, "state"]).reindex(columns=[*columns, "state"])
    frame = frame.reindex(columns=warehouse.arrow_schema("urls").names).assign(article_uid=None)
    warehouse.record(location(settings), "urls", to_arrow("urls", frame), "a test")
    with pytest.raises(warehouse.ChecksFailed, match="nothing else was written") as stop:
        roll_back(settings, two_runs[2])
    assert "landing" not in str(stop.value)


def test_a_run_that_is_not_there_cannot_be_taken_back(settings: Settings) -> None:
    with pytest.raises(NotFound, match="no run"):
        roll_back(settings, "20260101T000000Z-devdiscourse-aaaaaa")


def quoting(settings: Settings, words: str, *directories: Path) -> list[str]:
    """Every file that still holds these words, Parquet and WARC unpacked."""
    found = []
    for path in (path for directory in directories for path in directory.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            table = pq.ParquetFile(path).read()
            found += [str(path) for name in table.column_names if words in str(table.column(name).to_pylist())]
        elif path.name.endswith(".warc.gz"):
            with path.open("rb") as file:
                found += [str(path) for record in ArchiveIterator(file) if words.encode() in record.reader.read()]
        elif words.encode() in path.read_bytes():
            found.append(str(path))
    return found


def telling(settings: Settings, uid: str) -> list[str]:
    """The columns that say more of an article that was taken down than that it was, and when it was asked for."""
    with warehouse.connect(location(settings)) as connection:
        urls = connection.execute("SELECT url FROM urls WHERE article_uid = ?", [uid]).fetchall()
        slugs = [url.rpartition("/")[2] for (url,) in urls]
        found = []
        for name in sorted({*warehouse.table_names()} - {"urls", "takedowns", "runs"}):
            columns = warehouse.arrow_schema(name).names
            says = [f'bool_or(list_bool_or([contains("{each}"::VARCHAR, w) FOR w IN $words]))' for each in columns]
            words = [*slugs, *([uid] if name != "fetches" else [])]
            row = connection.execute(f"SELECT {', '.join(says)} FROM lake.{name}", {"words": words}).fetchall()[0]
            found += [f"{name}.{column}" for column, is_said in zip(columns, row, strict=True) if is_said]
        kept = "SELECT 1 FROM fetches WHERE article_uid = ? AND coalesce(etag, last_modified, error) IS NOT NULL"
        return [*found, *(f"validators of {uid}" for _ in connection.execute(kept, [uid]).fetchall())]


def test_an_article_taken_down_is_nowhere(settings: Settings, tmp_path: Path, moving_site: Replica) -> None:
    # The last headline of all by alphabet: column statistics quote the greatest value.
    uid, title, body = rows(settings, ONE_OF_A_KIND)[0]
    words = body.split("\n\n")[0]
    others = rows(settings, "SELECT article_uid, content_hash FROM articles WHERE article_uid <> ? ORDER BY ALL", uid)
    export = tmp_path / "export"
    warehouse.export(location(settings), export)
    register(settings, "export", export)
    register(settings, "backup", tmp_path / "elsewhere")
    # Examples of pages without a field, and what a check said of them, quote addresses.
    url, run_id = rows(settings, "SELECT url, run_id FROM articles WHERE article_uid = ?", uid)[0]
    shares = rows(settings, "FROM lake.field_coverage WHERE run_id = ? LIMIT 1", run_id)
    frame = pd.DataFrame(shares, columns=warehouse.arrow_schema("field_coverage").names)
    frame["examples"] = [[url, "https://example.org/other"]]
    warehouse.record(location(settings), "field_coverage", to_arrow("field_coverage", frame), "a test")
    said = rows(settings, "FROM lake.checks WHERE run_id = ? LIMIT 1", run_id)
    checks = pd.DataFrame(said, columns=warehouse.arrow_schema("checks").names).assign(detail=f"without it: {url}")
    warehouse.record(location(settings), "checks", to_arrow("checks", checks), "a test")
    asked = rows(settings, "SELECT run_id, fetched_at, outcome, archive_offset FROM fetches ORDER BY ALL")
    assert {"sidebars.page_uid", "fetches.url", "field_coverage.examples", "checks.detail"} <= {*telling(settings, uid)}
    warehouse.name_snapshot(location(settings), "report", timedelta(days=365))
    assert warehouse.find_snapshot(location(settings), "report")
    settings.dashboard_path.write_text(title)
    settings.dashboard_path.with_name(".dashboard.html.1.growing").write_text(title)  # of a process that was killed
    (settings.home / "known").mkdir(exist_ok=True)
    (settings.home / "known" / ".devdiscourse.ledger.jsonl.1").write_text(title)  # likewise
    assert quoting(settings, words, settings.home, export)
    row = take_down(settings, uid, "asked for by its subject")
    assert quoting(settings, words, settings.home, export) == []
    assert [path for path in quoting(settings, title, settings.home, export) if "warc" not in path] == []
    assert row["records_blanked"] >= 2
    assert row["outstanding"][0].startswith(f"backup {tmp_path / 'elsewhere'}")
    assert rows(settings, "SELECT article_uid, content_hash FROM articles ORDER BY ALL") == others
    assert rows(settings, "SELECT DISTINCT state, next_try_at FROM urls WHERE article_uid = ?", uid) == [
        ("taken_down", None)
    ]
    assert rows(settings, "SELECT run_id, fetched_at, outcome, archive_offset FROM fetches ORDER BY ALL") == asked
    assert rows(settings, "SELECT examples FROM field_coverage WHERE list_contains(examples, ?)", url) == []
    assert ["https://example.org/other"] in [each for (each,) in rows(settings, "SELECT examples FROM field_coverage")]
    assert rows(settings, "SELECT reason, done_at IS NOT NULL FROM takedowns") == [("asked for by its subject", True)]
    with sqlite3.connect(settings.home / "catalog.sqlite") as catalog:
        assert catalog.execute("SELECT count(*) FROM ducklake_snapshot").fetchone()[0] <= 2
    assert failed_checks(settings) == []
    assert differing(settings) == []
    assert telling(settings, uid) == []
    with pytest.raises(warehouse.WarehouseError, match="an article was taken down"):
        warehouse.find_snapshot(location(settings), "report")
    # It is not asked for again, however often the site names it.
    path = rows(settings, "SELECT url FROM urls WHERE article_uid = ?", uid)[0][0]
    publish_landing(settings, crawl(settings, moving_site.base_url, "ingest"))
    assert rows(settings, "SELECT count(*) FROM articles WHERE article_uid = ?", uid) == [(0,)]
    assert rows(settings, "SELECT count(*) FROM fetches WHERE url = ? AND fetched_at > ?", path, row["done_at"]) == [
        (0,)
    ]


def test_a_takedown_knows_of_an_export_that_was_cut_short(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("WIREHOUSE_HOME", str(settings.home))
    with monkeypatch.context() as patched:
        patched.setattr(exporting, "_write", die)
        with pytest.raises(OSError, match="No space"):
            export_to(tmp_path / "export", None)
    # One that was refused left nothing to know of.
    with pytest.raises(warehouse.WarehouseError, match="cannot export"):
        export_to(tmp_path, None)
    assert [(each.kind, each.path) for each in registered(settings)] == [("export", tmp_path / "export")]
    uid = rows(settings, ONE_OF_A_KIND)[0][0]
    row = take_down(settings, uid, "asked for by its subject")
    assert [each.split(",")[0] for each in row["outstanding"]] == [f"export {tmp_path / 'export'}"]


def test_who_may_not_write_in_the_home_exports_and_is_told_what_that_means(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        # Before the work: nothing of the export is there.
        assert not list(tmp_path.glob("*export*/*"))
        raise PermissionError(errno.EACCES, "Permission denied", str(settings.home / "copies.json.lock"))

    monkeypatch.setenv("WIREHOUSE_HOME", str(settings.home))
    monkeypatch.setattr("flows.asking.register", refuse)
    counts = export_to(tmp_path / "export", None)
    assert len(pd.read_parquet(tmp_path / "export" / "articles")) == counts["articles"] > 0
    assert registered(settings) == []
    (told,) = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert "`wirehouse takedown` will not know of it" in told
    assert str(tmp_path / "export") in told


def test_only_copies_made_before_the_article_went_are_outstanding(settings: Settings, tmp_path: Path) -> None:
    uid, title, _ = rows(settings, ONE_OF_A_KIND)[0]
    for name in ("renewed", "cut-short", "left"):
        back_up(settings, tmp_path / name)
    first = take_down(settings, uid, "asked for by its subject")
    assert [each.split(",")[0] for each in first["outstanding"]] == [
        f"backup {tmp_path / name}" for name in ("renewed", "cut-short", "left")
    ]
    warehouse.name_snapshot(location(settings), "since", timedelta(days=365))
    back_up(settings, tmp_path / "renewed")
    back_up(settings, tmp_path / "new")
    register(settings, "backup", tmp_path / "cut-short")  # begun, and the earlier one is still there
    again = take_down(settings, uid, "another reason")
    assert first["was_done_at"] is None
    assert again["was_done_at"] == first["done_at"]
    assert [each.split(",")[0] for each in again["outstanding"]] == [
        f"backup {tmp_path / name}" for name in ("left", "cut-short")
    ]
    told = rows(settings, "SELECT reason, done_at, rows_removed, outstanding FROM takedowns")
    assert told == [("asked for by its subject", first["done_at"], first["rows_removed"], again["outstanding"])]
    # Nothing of it had come back, so no snapshot had to go.
    assert warehouse.find_snapshot(location(settings), "since")
    assert quoting(settings, title, tmp_path / "new") == []


def run_verb(settings: Settings, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("wirehouse"))
    return subprocess.run(
        [program, *arguments], env=os.environ | {"WIREHOUSE_HOME": str(settings.home)}, input=answer,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_verb_takes_down_only_what_is_meant_and_says_what_was_done_before(
    settings: Settings, tmp_path: Path
) -> None:
    uid = rows(settings, ONE_OF_A_KIND)[0][0]
    for arguments, message in (
        (["--reason", "a test"], "there is no terminal"),
        (["--reason", " ", "--yes"], "it is empty"),
    ):
        refused = run_verb(settings, "takedown", uid, *arguments, answer="y\n")
        assert refused.returncode == 2, refused.stderr
        assert message in refused.stderr
    assert rows(settings, "SELECT count(*) FROM articles WHERE article_uid = ?", uid) == [(1,)]
    register(settings, "backup", tmp_path / "elsewhere")
    done = run_verb(settings, "takedown", uid, "--reason", "asked for", "--yes")
    assert done.returncode == 0, done.stderr
    assert f"Took down {uid}" in done.stderr
    again = run_verb(settings, "takedown", uid, "--reason", "another", "--yes")
    assert again.returncode == 0, again.stderr
    assert f"{uid} was taken down already" in again.stderr
    assert "asked for; that reason is kept" in again.stderr
    assert f"Still held by backup {tmp_path / 'elsewhere'}" in again.stderr


def test_what_is_no_article_of_a_site_makes_no_lock(settings: Settings, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    for uid in ("../evil:1", "x", "/tmp/evil:1"):
        with pytest.raises(NotFound, match="there is no site"):
            take_down(settings, uid, "a test")
    assert [each for each in sorted(tmp_path.rglob("*")) if "catalog" not in each.name] == [
        each for each in before if "catalog" not in each.name
    ]
    with pytest.raises(warehouse.WarehouseMissing):
        take_down(Settings(home=tmp_path / "nowhere"), "devdiscourse:1", "a test")
    assert not (tmp_path / "nowhere").exists()


def test_copies_registered_at_once_are_all_remembered(tmp_path: Path) -> None:
    settings, together = Settings(home=tmp_path / "home"), threading.Barrier(8)

    def register_one(number: int) -> None:
        together.wait()
        register(settings, "export", tmp_path / str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(register_one, range(8)))
    assert {each.path.name for each in registered(settings)} == set("01234567")


def test_other_pages_of_the_archive_stay_readable_after_a_takedown(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setenv("WIREHOUSE_HOME", str(settings.home))
    uid, place = rows(settings, "SELECT article_uid, archive_file FROM revisions ORDER BY archive_offset LIMIT 1")[0]
    other = rows(
        settings,
        "SELECT article_uid FROM revisions WHERE archive_file = ? AND article_uid <> ? ORDER BY archive_offset LIMIT 1",
        place,
        uid,
    )[0][0]
    page = raw_page(other, None)
    take_down(settings, uid, "a test")
    assert raw_page(other, None) == page
    with pytest.raises(NotFound):
        raw_page(uid, None)
    # Its own are not missed, for a backup would bring them back.
    with warehouse.connect(location(settings)) as connection:
        sample = check_sample(settings, connection, "a seed", runs=99, pages=9_999)
    assert sample.passed, sample.detail
    assert sample.observed == sample.expected != "0 pages"


def test_a_takedown_that_died_goes_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    uid, _, body = rows(settings, ONE_OF_A_KIND)[0]

    def die(*_: object) -> int:
        raise ArchiveError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr("flows.takedown.blank_in_archive", die)
        with pytest.raises(ArchiveError):
            take_down(settings, uid, "a test")
    assert rows(settings, "SELECT done_at FROM takedowns") == [(None,)]
    take_down(settings, uid, "a test")
    assert rows(settings, "SELECT done_at IS NOT NULL FROM takedowns") == [(True,)]
    assert quoting(settings, body.split("\n\n")[0], settings.home) == []


def look_again(settings: Settings, site: Replica) -> LandingRun:
    """A complete run that nobody has published yet and that has a page of every article."""
    return crawl_listed(
        settings, "devdiscourse", flow="ingest", base_url=site.base_url, log=logging.getLogger(), time_limit_s=60,
        urls=[url for (url,) in rows(settings, "SELECT url FROM articles")],
    )  # fmt: skip


def archived_pages(settings: Settings, uid: str) -> list[str]:
    """The files of the archive that still give a page of the article."""
    key = uid.partition(":")[2]
    files = Path(settings.archive_path).rglob("*.warc.gz")
    return [page.position.file for file in files for page in read_answers(file) if key in page.url]


def test_a_page_that_only_a_run_that_was_given_up_had_fetched_goes_with_its_article(
    settings: Settings, moving_site: Replica
) -> None:
    uid, _, body = rows(settings, ONE_OF_A_KIND)[0]
    run = look_again(settings, moving_site)
    set_aside(run, ValueError("a test"))
    with pytest.raises(FlowsError, match="--give-up"):
        take_down(settings, uid, "a test")
    give_up(settings, run.run_id)
    assert [name for name in archived_pages(settings, uid) if run.run_id in name]
    stray = Path(str(archived_file(settings.archive_path, "20260101T000000Z-devdiscourse-0a1b2c-00000.warc.gz")))
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"unreadable")
    row = take_down(settings, uid, "a test")
    assert [each for each in row["outstanding"] if str(stray) in each]
    stray.unlink()
    assert archived_pages(settings, uid) == []
    assert quoting(settings, body.split("\n\n")[0], settings.home / "archive") == []


def test_a_page_of_an_article_taken_down_does_not_stay_when_its_run_is_given_up(
    settings: Settings, moving_site: Replica, tmp_path: Path
) -> None:
    uid = rows(settings, ONE_OF_A_KIND)[0][0]
    run = look_again(settings, moving_site)
    run.directory.rename(tmp_path / "elsewhere")
    take_down(settings, uid, "a test")
    (tmp_path / "elsewhere").rename(run.directory)
    give_up(settings, run.run_id)
    assert archived_file(settings.archive_path, f"{run.run_id}-00000.warc.gz").exists()
    assert archived_pages(settings, uid) == []


def test_a_page_read_before_the_takedown_and_published_after_it_is_refused(tmp_path: Path, crawled: Path) -> None:
    settings, landing = copy_of(crawled, tmp_path)
    kept = LandingRun(landing)
    uid = "devdiscourse:" + next(iter(kept.lines("records")))["site_article_id"]
    row = {"article_uid": uid, "site": "devdiscourse", "reason": "a test", "run_id": "r"}
    now = pd.Timestamp.now("UTC")
    frame = pd.DataFrame([row | {"requested_at": now, "done_at": now, "outstanding": []}])
    frame = frame.reindex(columns=warehouse.arrow_schema("takedowns").names)
    warehouse.record(location(settings), "takedowns", to_arrow("takedowns", frame), "a test")
    words = next(each["body"][0] for each in kept.lines("records") if each["site_article_id"] in uid)
    (run,) = pick_up(settings, "devdiscourse")
    publish_landing(settings, run)
    assert rows(settings, "SELECT count(*) FROM articles WHERE article_uid = ?", uid) == [(0,)]
    assert {reason for (reason,) in rows(settings, "SELECT reason FROM rejects WHERE reason = 'taken_down'")}
    assert {state for (state,) in rows(settings, "SELECT state FROM urls WHERE article_uid = ?", uid)} == {"taken_down"}
    assert quoting(settings, words, settings.home) == []
    assert telling(settings, uid) == []
    assert failed_checks(settings) == []
    assert dump(tmp_path)["articles"]
