"""What a crawl is told of the past is what the warehouse knows, read as little of as can be."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from flows import past
from flows.location import location
from flows.settings import Settings
from spiders.known import KnownArticles
from spiders.ledger import read_ledger
from spiders.site import load

if TYPE_CHECKING:
    from pathlib import Path

SITE = load("devdiscourse")
NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path, empty: Path) -> Settings:
    return Settings(home=shutil.copytree(empty, tmp_path, dirs_exist_ok=True))


def add(settings: Settings, table: str, *rows: dict[str, Any]) -> None:
    with warehouse.connect(location(settings), read_only=False) as connection:
        for row in rows:
            names, places = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO lake.{table} ({names}) VALUES ({places})", list(row.values()))


def address(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "site": "devdiscourse", "url": f"https://www.devdiscourse.com/article/health/{number}-a-story",
        "site_article_id": str(number), "article_uid": f"devdiscourse:{number}", "discovered_at": NOW,
        "discovered_by": "feed", "state": "landed", "attempts": 1, "failures": 0, "run_id": "run",
        "next_try_at": NOW + timedelta(days=1), **changes,
    }  # fmt: skip


def article(number: int, published_at: datetime) -> dict[str, Any]:
    return {
        "article_uid": f"devdiscourse:{number}", "site": "devdiscourse", "kind": "news", "content_hash": "x",
        "url": f"https://www.devdiscourse.com/article/health/{number}-a-story", "published_at": published_at,
        "first_seen_at": NOW, "last_seen_at": NOW, "revision": 1, "run_id": "run",
    }  # fmt: skip


def known(settings: Settings) -> set[int]:
    with warehouse.connect(location(settings)) as connection:
        path = past.update_known(settings, connection, SITE)
    with KnownArticles(path) as articles:
        return {number for number in range(10) if str(number) in articles}


def test_known_articles_follow_the_ledger_also_where_a_run_is_published_late(settings: Settings) -> None:
    assert known(settings) == set()
    add(settings, "urls", address(1), address(2, site_article_id=None))
    assert known(settings) == {1, 2}
    assert known(settings) == {1, 2}
    # Discovered long before the last that are known, as in a run that was stopped and published later.
    add(settings, "urls", address(3, discovered_at=NOW - timedelta(days=30)), address(4, site="harbourledger"))
    assert known(settings) == {1, 2, 3}


def test_known_articles_are_written_anew_where_the_file_or_its_stamp_is_lost(settings: Settings) -> None:
    add(settings, "urls", address(1), address(2))
    for lost in ("devdiscourse.bin", "devdiscourse.as-of"):
        assert known(settings) == {1, 2}
        (settings.home / "known" / lost).unlink()
    assert known(settings) == {1, 2}


def test_known_articles_are_those_of_this_catalog_and_not_of_a_newer_or_another_one(
    settings: Settings, tmp_path: Path
) -> None:
    add(settings, "urls", address(1))
    shutil.copyfile(settings.home / "catalog.sqlite", tmp_path / "older.sqlite")
    add(settings, "urls", address(2))
    assert known(settings) == {1, 2}
    shutil.copyfile(tmp_path / "older.sqlite", settings.home / "catalog.sqlite")
    assert known(settings) == {1}
    stamp = settings.home / "known" / "devdiscourse.as-of"
    (settings.home / "known" / "devdiscourse.bin").write_bytes(b"")
    stamp.write_text(f"{stamp.read_text().split()[0]} another")
    assert known(settings) == {1}
    # Of a version that did not say which catalog it was of.
    stamp.write_text("1")
    assert known(settings) == {1}


def test_a_crawl_is_told_of_what_is_due_and_of_what_is_recent(settings: Settings) -> None:
    add(
        settings, "urls", address(1), address(2), address(3, next_try_at=NOW - timedelta(hours=1)),
        address(4, state="failed", article_uid=None, next_try_at=NOW - timedelta(hours=2)),
        address(5, state="failed", article_uid=None), address(6, state="gone", next_try_at=None),
    )  # fmt: skip
    dates = {1: NOW - timedelta(days=2), 2: NOW - timedelta(days=20), 3: NOW - timedelta(days=400)}
    add(settings, "articles", *(article(number, at) for number, at in dates.items()))
    with warehouse.connect(location(settings)) as connection:
        rows = list(read_ledger(past.write_ledger(settings, connection, "devdiscourse")))
    # The newest article was published two days ago: ten days before that are recent. Longest due first.
    told = [(SITE.article_id(row.url), row.state) for row in rows]
    assert told == [("4", "failed"), ("3", "landed"), ("1", "landed")]
    assert rows[0].published is None
    assert rows[1].published == pytest.approx(dates[3].timestamp())


def fetch(seconds_ago: int, wait: int | None, status: int = 429, host: str = "www.devdiscourse.com") -> dict[str, Any]:
    return {
        "run_id": "run", "site": "devdiscourse", "url": f"https://{host}/{seconds_ago}", "outcome": "failed",
        "fetched_at": NOW - timedelta(seconds=seconds_ago), "status": status, "retry_after_s": wait,
    }  # fmt: skip


def test_a_host_that_asked_for_quiet_has_it_until_then_and_for_a_day_at_most(settings: Settings) -> None:
    add(
        settings, "fetches", fetch(100, 3600), fetch(50, 60), fetch(500, 100, host="old.example"),
        fetch(10, 10**9, host="slip.example"), fetch(10, 3600, status=200, host="fine.example"),
        fetch(10, None, host="silent.example"), fetch(-86_400 * 300, 60, host="wrong.clock.example"),
    )  # fmt: skip
    with warehouse.connect(location(settings)) as connection:
        told = past.quiet_until(connection, "devdiscourse")
    assert {host: datetime.fromisoformat(until) for host, until in told.items()} == {
        "www.devdiscourse.com": NOW + timedelta(seconds=3500),
        "slip.example": NOW + timedelta(seconds=86_390),
    }


@pytest.mark.parametrize(
    ("runs", "was_walked"),
    [
        ([], False),
        ([("ingest", "complete", 0)], True),
        ([("ingest", "partial", 0)], False),
        ([("ingest", "complete", 1), ("ingest", "partial", 0)], False),
        ([("ingest", "complete", 60 * 48)], False),
        # A backfill walks no doors, whatever its state.
        ([("backfill", "complete", 0)], False),
        # A clock was wrong.
        ([("ingest", "complete", -60 * 48), ("ingest", "partial", 0)], False),
        ([("ingest", "complete", -60 * 48)], False),
        ([("ingest", "complete", 1), ("backfill", "partial", 0)], True),
    ],
)
def test_a_walk_may_be_cut_short_where_the_last_of_the_day_went_to_the_end(
    settings: Settings, runs: list[tuple[str, str, int]], *, was_walked: bool
) -> None:
    midday = NOW.replace(hour=12, minute=0)
    began = max(NOW.replace(hour=0, minute=1), min(midday, NOW))
    for number, (flow, state, minutes) in enumerate(runs):
        row = {"run_id": str(number), "flow": flow, "site": "devdiscourse", "state": state, "published_at": NOW}
        add(settings, "runs", row | {"started_at": began - timedelta(minutes=minutes)})
    with warehouse.connect(location(settings)) as connection:
        assert past.was_walked_today(connection, "devdiscourse", "ingest") == was_walked
