"""Backing up while runs go on, and a warehouse made from the backup that is equal to the one it was made of."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from flows import backup
from flows.archive_sample import check_sample
from flows.asking import raw_page
from flows.backup import LOCK, MANIFEST, back_up, restore
from flows.errors import FlowsError, NotFound
from flows.landings import pick_up
from flows.location import location
from flows.publishing import publish_landing
from flows.registered import registered
from flows.retention import expire_pages
from flows.settings import Settings
from flows.takedown import take_down
from tests.flows.crawled import crawl
from tests.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable


def everything(settings: Settings) -> dict[str, list[str]]:
    with warehouse.connect(location(settings)) as connection:
        return {
            name: sorted(map(str, connection.execute(f"FROM lake.{name}").fetchall()))
            for name in warehouse.table_names()
        }


def there(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


@pytest.fixture
def settings(tmp_path: Path, published: Path) -> Settings:
    shutil.copytree(published, tmp_path / "home")
    return Settings(home=tmp_path / "home")


def test_a_warehouse_restored_elsewhere_is_equal(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, still_site: Replica
) -> None:
    (settings.home / "vocabularies").mkdir()
    (settings.home / "vocabularies" / "own.csv").write_text("code,name,term\na,A,b\n")
    waiting = crawl(settings, still_site.base_url)
    done = back_up(settings, tmp_path / "backup")
    other = Settings(home=tmp_path / "other")
    (other.home / "known").mkdir(parents=True)
    (other.home / "known" / "devdiscourse.as-of").write_text("999")
    assert restore(other, tmp_path / "backup").files == done.files
    assert not list((other.home / "known").iterdir()), "what a newer catalog knew"
    (copy,) = registered(other)
    assert (copy.kind, copy.path) == ("backup", tmp_path / "backup"), "a takedown there has to name it"
    assert copy.oldest_at == datetime.fromisoformat(json.loads((copy.path / MANIFEST).read_text())["made_at"])
    assert everything(other) == everything(settings)
    assert (other.home / "vocabularies" / "own.csv").read_text() == "code,name,term\na,A,b\n"
    with warehouse.connect(location(other)) as connection:
        uid = connection.execute("SELECT min(article_uid) FROM articles").fetchall()[0][0]
    pages = []
    for each in (settings, other):
        monkeypatch.setenv("WIREHOUSE_HOME", str(each.home))
        pages.append(raw_page(uid, None))
    assert pages[0] == pages[1]
    # Work goes on there: what waited to be published is published.
    (run,) = pick_up(other, "devdiscourse")
    assert run.run_id == waiting.run_id
    publish_landing(other, run)
    assert warehouse.is_published(location(other), waiting.run_id)


def test_a_backup_that_was_copied_elsewhere_restores(settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "backup")
    # As `cp -r`, which keeps no times.
    shutil.copytree(tmp_path / "backup", tmp_path / "disk", copy_function=shutil.copyfile)
    other = Settings(home=tmp_path / "other")
    restore(other, tmp_path / "disk")
    assert everything(other) == everything(settings)


def test_a_second_backup_copies_what_is_new_and_leaves_out_what_went(
    settings: Settings, tmp_path: Path, still_site: Replica
) -> None:
    to = tmp_path / "backup"
    first = back_up(settings, to)
    publish_landing(settings, crawl(settings, still_site.base_url))
    second = back_up(settings, to)
    assert 0 < second.copied < first.files
    named = json.loads((to / MANIFEST).read_text())
    assert there(to) == {MANIFEST, LOCK, named["catalog"]["name"], *named["files"]}
    other = Settings(home=tmp_path / "other")
    restore(other, to)
    assert everything(other) == everything(settings)


def during(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Has `act` done once, before the first file of the lake is copied."""
    copy = backup._copy
    done: list[bool] = []

    def act_first(source: Path, target: Path) -> dict[str, Any]:
        if "lake" in target.parts and not done:
            done.append(True)
            act()
        return copy(source, target)

    monkeypatch.setattr(backup, "_copy", act_first)


def test_a_run_published_while_files_are_copied_is_in_the_next_backup(
    settings: Settings, tmp_path: Path, still_site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(settings)
    waiting = crawl(settings, still_site.base_url)
    during(monkeypatch, lambda: publish_landing(settings, waiting))
    back_up(settings, tmp_path / "backup")
    other = Settings(home=tmp_path / "other")
    restore(other, tmp_path / "backup")
    assert everything(other) == before
    assert everything(settings) != before


def die(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_backup_that_died_leaves_the_one_before(
    settings: Settings, tmp_path: Path, still_site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, before = tmp_path / "backup", everything(settings)
    back_up(settings, to)
    publish_landing(settings, crawl(settings, still_site.base_url))
    with monkeypatch.context() as patched:
        patched.setattr(backup, "write_durably", die)
        with pytest.raises(OSError, match="No space"):
            back_up(settings, to)
    other = Settings(home=tmp_path / "other")
    restore(other, to)
    assert everything(other) == before


def test_a_backup_that_died_leaves_the_files_that_changed_since_the_one_before(
    settings: Settings, tmp_path: Path, still_site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = crawl(settings, still_site.base_url)
    changing = {"archive": next((settings.home / "archive").rglob("*.warc.gz")), "landing": waiting.path("fetches")}
    to, states = tmp_path / "backup", [{name: path.read_bytes() for name, path in changing.items()}]
    back_up(settings, to)
    # As a takedown blanks a record, in place.
    for content in (b"x", b"y"):
        for path in changing.values():
            path.write_bytes(content * path.stat().st_size)
        states.append({name: path.read_bytes() for name, path in changing.items()})
        with monkeypatch.context() as patched:
            patched.setattr(backup, "write_durably", die)
            with pytest.raises(OSError, match="No space"):
                back_up(settings, to)
        assert restored(to, tmp_path / f"before-{content!r}", changing, settings) == states[-2]
        back_up(settings, to)
        assert restored(to, tmp_path / f"after-{content!r}", changing, settings) == states[-1]
        # Of the state before nothing is left.
        assert len(there(to)) == len(json.loads((to / MANIFEST).read_text())["files"]) + 3


def restored(source: Path, home: Path, files: dict[str, Path], settings: Settings) -> dict[str, bytes]:
    """What the files of these settings are in a warehouse made from a backup."""
    restore(Settings(home=home), source)
    return {name: (home / path.relative_to(settings.home)).read_bytes() for name, path in files.items()}


def test_of_two_backups_at_once_into_one_directory_the_second_is_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, refused = tmp_path / "backup", []

    def begin_another() -> None:
        with pytest.raises(FlowsError, match="another backup") as failed:
            back_up(settings, to)
        refused.append(failed)

    during(monkeypatch, begin_another)
    back_up(settings, to)
    assert refused
    other = Settings(home=tmp_path / "other")
    restore(other, to)
    assert everything(other) == everything(settings)
    back_up(settings, to)


def test_a_takedown_knows_of_a_first_backup_that_is_not_finished(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[dict[str, Any]] = []
    with warehouse.connect(location(settings)) as connection:
        uid = connection.execute("SELECT min(article_uid) FROM articles").fetchall()[0][0]
    during(monkeypatch, lambda: rows.append(take_down(settings, uid, "asked for by its subject")))
    back_up(settings, tmp_path / "backup")
    assert [each.split(",")[0] for each in rows[0]["outstanding"]] == [f"backup {tmp_path / 'backup'}"]


def test_what_could_not_begin_is_no_copy(settings: Settings, tmp_path: Path) -> None:
    nothing = Settings(home=tmp_path / "nothing")
    with pytest.raises(warehouse.WarehouseMissing):
        back_up(nothing, tmp_path / "backup")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "me.png").write_text("x")
    with pytest.raises(FlowsError, match="no backup"):
        back_up(settings, tmp_path / "photos")
    assert registered(nothing) == registered(settings) == []
    assert not (tmp_path / "backup").exists()


def test_a_backup_whose_catalog_names_other_files_is_none(
    settings: Settings, tmp_path: Path, still_site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, waiting = tmp_path / "backup", crawl(settings, still_site.base_url)

    def put_a_newer_catalog_there() -> None:
        publish_landing(settings, waiting)
        (growing,) = to.glob("catalog-growing*")
        warehouse.copy_catalog(location(settings), growing)

    with monkeypatch.context() as patched:
        during(patched, put_a_newer_catalog_there)
        with pytest.raises(FlowsError, match="would not be whole"):
            back_up(settings, to)
    assert not (to / MANIFEST).exists()
    back_up(settings, to)
    other = Settings(home=tmp_path / "other")
    restore(other, to)
    assert everything(other) == everything(settings)


def test_what_is_no_whole_backup_is_refused(settings: Settings, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    back_up(settings, to)
    with pytest.raises(FlowsError, match="already"):
        restore(settings, to)
    page = next((to / "archive").rglob("*.warc.gz"))
    page.write_bytes(page.read_bytes()[:-1] + b"x")
    other = Settings(home=tmp_path / "other")
    with pytest.raises(FlowsError, match="damaged"):
        restore(other, to)
    page.unlink()
    with pytest.raises(FlowsError, match="damaged"):
        restore(other, to)
    manifest = json.loads((to / MANIFEST).read_text())
    manifest["files"] = {name: each for name, each in manifest["files"].items() if "/articles/" not in name}
    (to / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(FlowsError, match="is not whole: catalog"):
        restore(other, to)
    assert not location(other).catalog_file.exists()
    (to / MANIFEST).unlink()
    with pytest.raises(FlowsError, match="no whole backup"):
        restore(other, to)


def test_a_backup_goes_nowhere_it_could_do_harm(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(FlowsError, match="itself is there"):
        back_up(settings, settings.home / "lake" / "backup")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "me.png").write_text("x")
    with pytest.raises(FlowsError, match="no backup"):
        back_up(settings, tmp_path / "photos")
    shutil.rmtree(tmp_path / "photos")
    elsewhere = Settings(home=settings.home, data_path="s3://bucket/lake/")
    with pytest.raises(FlowsError, match="pg_dump"):
        back_up(elsewhere, tmp_path / "backup")


@pytest.mark.parametrize("part", ["home", "archive_path", "data_path", "catalog"])
def test_a_warehouse_in_the_directory_of_a_backup_is_not_taken_for_it(tmp_path: Path, part: str) -> None:
    around = tmp_path / "big"
    inside = {"home": around / "live", "archive_path": f"{around}/archive/", "data_path": f"{around}/lake/"}
    inside["catalog"] = f"sqlite:{around}/db/catalog.sqlite"
    settings = Settings(**{"home": tmp_path / "home", part: inside[part]})
    catalog = location(settings).catalog_file
    catalog.parent.mkdir(parents=True)
    catalog.touch()
    link = tmp_path / "link"
    link.symlink_to(around)
    for to in (around, link, link / "..", tmp_path / "home" / ".." / "big"):
        with pytest.raises(FlowsError, match="keep them apart"):
            back_up(settings, to)
    catalog.unlink()
    with pytest.raises(FlowsError, match="keep them apart"):
        restore(settings, around)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_backup_is_not_written_through_a_link_into_the_warehouse(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "lake").symlink_to(settings.home / "lake")
    with pytest.raises(FlowsError, match="itself is there"):
        back_up(settings, tmp_path / "backup")


def test_what_is_not_of_the_backup_stays_in_its_directory(settings: Settings, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    (to / "archive").mkdir(parents=True)
    (to / "archive" / "of-another.warc.gz").write_text("x")
    with pytest.raises(FlowsError, match="no backup"):
        back_up(settings, to)
    shutil.rmtree(to)
    back_up(settings, to)
    (to / "notes").mkdir()
    (to / "notes" / "why.txt").write_text("x")
    (to / "lake" / "left.parquet").write_text("x")
    back_up(settings, to)
    assert (to / "notes" / "why.txt").exists()
    assert not (to / "lake" / "left.parquet").exists()


def test_a_backup_is_refused_where_the_archive_is_missing_and_the_one_before_keeps_its_pages(
    settings: Settings, tmp_path: Path
) -> None:
    to, archive = tmp_path / "backup", settings.home / "archive"
    back_up(settings, to)
    before = there(to)
    archive.rename(tmp_path / "unmounted")
    archive.mkdir()
    files = sorted((tmp_path / "unmounted").rglob("*.warc.gz"))
    with pytest.raises(FlowsError, match=f"^{len(files)} files of .* are missing, as .*{files[0].name}: .* mount"):
        back_up(settings, to)
    with pytest.raises(FlowsError, match="are missing"):
        back_up(settings, tmp_path / "first")
    assert there(to) == before
    assert [each.path for each in registered(settings)] == [to]
    assert not (tmp_path / "first").exists()
    # What went with its retention, or is known to be lost, is not missed.
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    back_up(Settings(home=settings.home, archive_lost_before=tomorrow), tmp_path / "other")
    archive.rmdir()
    (tmp_path / "unmounted").rename(archive)
    assert back_up(settings, to).copied == 0


def test_pages_past_their_retention_leave_the_archive(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = list((settings.home / "archive").rglob("*.warc.gz"))
    now = datetime.now(UTC)
    assert expire_pages(settings, now + timedelta(days=9999)) == 0
    limited = Settings(home=settings.home, archive_retention_days=30)
    assert expire_pages(limited, now + timedelta(days=29)) == 0
    (settings.home / "archive" / "other.warc.gz").write_bytes(b"not ours")
    assert expire_pages(limited, now + timedelta(days=32)) == len(pages)
    assert [path.name for path in (settings.home / "archive").rglob("*.warc.gz")] == ["other.warc.gz"]
    monkeypatch.setenv("WIREHOUSE_HOME", str(settings.home))
    with warehouse.connect(location(settings)) as connection:
        uid = connection.execute("SELECT min(article_uid) FROM articles").fetchall()[0][0]
        # What was removed on purpose is not missed.
        shorter = Settings(home=settings.home, archive_retention_days=5)
        assert check_sample(shorter, connection, "a seed", now=now + timedelta(days=7)).passed
        assert not check_sample(settings, connection, "a seed").passed
    with pytest.raises(NotFound, match="no longer kept"):
        raw_page(uid, None)
