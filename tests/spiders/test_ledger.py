"""What the ledger says of an address: whether it is due, whether a door tells of a change, and how it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from spiders.errors import CrawlRequestError
from spiders.ledger import SITE_CLOCK_SHARE, LedgerRow, read_ledger

URL = "https://www.devdiscourse.com/article/health/1-a-story"
HOUR = 3_600.0
NOON = 1_765_540_800.0  # 2025-12-12T12:00:00Z


def landed(**facts) -> LedgerRow:
    """An article fetched at noon, to be looked at again an hour later; the site's clock said noon too."""
    return LedgerRow(
        URL, "landed", **({"fetched": NOON, "site_clock": NOON, "next_try": NOON + HOUR, "published": NOON} | facts)
    )


@pytest.mark.parametrize(("now", "due"), [(NOON + HOUR - 1, False), (NOON + HOUR, True), (NOON + 9 * HOUR, True)])
@pytest.mark.parametrize("state", ["landed", "failed", "discovered"])
def test_an_address_is_due_when_its_time_has_come_by_our_clock(state: str, now: float, due: bool) -> None:
    row = landed()
    row.state = state
    assert row.is_due(now, None, None) is due


def test_an_address_without_a_next_time_is_never_due() -> None:
    assert not landed(next_try=None).is_due(NOON + 1_000 * HOUR, NOON + 1_000 * HOUR, None)
    assert not LedgerRow(URL, "gone").is_due(NOON, NOON, None)


@pytest.mark.parametrize(("passed", "due"), [(SITE_CLOCK_SHARE - 0.01, False), (SITE_CLOCK_SHARE, True), (24.0, True)])
def test_an_article_is_due_when_most_of_its_interval_has_passed_at_the_site(passed: float, due: bool) -> None:
    assert landed().is_due(NOON, NOON + passed * HOUR, None) is due


@pytest.mark.parametrize("facts", [{"site_clock": None}, {"fetched": None}])
def test_the_sites_clock_counts_only_where_it_was_noted(facts) -> None:
    assert not landed(**facts).is_due(NOON, NOON + 24 * HOUR, None)


def test_the_sites_clock_does_not_hasten_what_failed() -> None:
    failed = landed()
    failed.state = "failed"
    assert not failed.is_due(NOON, NOON + 24 * HOUR, None)


def test_since_leaves_old_articles_alone_and_nothing_else() -> None:
    now = NOON + 2 * HOUR
    assert not landed(published=NOON - HOUR).is_due(now, None, NOON)
    assert landed(published=NOON).is_due(now, None, NOON)
    assert landed(published=None).is_due(now, None, NOON)
    assert LedgerRow(URL, "failed", published=NOON - HOUR, next_try=NOON).is_due(now, None, NOON)


@pytest.mark.parametrize(
    ("before", "clock", "lastmod", "outdated"),
    [
        (None, None, "2025-12-12T12:30:00+00:00", True),
        (None, NOON, "2025-12-12T12:30:00+00:00", True),
        (None, NOON, "2025-12-12T12:00:00+00:00", False),
        (None, NOON, "2025-12-12T11:30:00+00:00", False),
        ("2025-12-12T12:30:00+00:00", NOON, "2025-12-12T12:30:00+00:00", False),
        ("2025-12-12T12:30:00+00:00", NOON, "2025-12-12T12:31:00+00:00", True),
        ("2025-12-12T12:30:00+00:00", None, "2025-12-12T12:29:00+00:00", False),
        ("2025-12-12T12:30:00+00:00", NOON, None, False),
    ],
)
def test_a_door_tells_of_a_change_by_a_later_time_than_it_gave_and_than_the_page_was_read(
    before: str | None, clock: float | None, lastmod: str | None, outdated: bool
) -> None:
    assert landed(lastmod=before, site_clock=clock).is_outdated_by(lastmod) is outdated


def test_a_ledger_file_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(
        f'{{"url": "{URL}", "state": "landed", "next_try": 1.5, "etag": null}}\n{{"url": "x", "state": "gone"}}\n'
    )
    assert list(read_ledger(path)) == [LedgerRow(URL, "landed", next_try=1.5), LedgerRow("x", "gone")]


def test_no_ledger_file_has_no_rows(tmp_path: Path) -> None:
    assert list(read_ledger(None)) == []
    assert list(read_ledger(tmp_path / "absent.jsonl")) == []


@pytest.mark.parametrize(
    "line", ["{", "[]", "7", '{"state": "landed"}', '{"url": "x", "state": "gone", "other": 1}', ""]
)
def test_a_line_that_is_no_row_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(f'{{"url": "{URL}", "state": "landed"}}\n{line}\n')
    with pytest.raises(CrawlRequestError, match=r"line 2 of .*ledger\.jsonl"):
        list(read_ledger(path))
