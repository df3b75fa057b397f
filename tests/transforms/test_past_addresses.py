"""What is known of past days, and which ids between have never been heard of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from transforms import ids_of_days, in_days, is_to_ask, past_addresses, past_days

ZONE = "Asia/Kolkata"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
#: Half past six in the evening UTC is midnight in India.
MIDNIGHT = datetime(2025, 12, 1, 18, 30, tzinfo=UTC)


def address(number: int, state: str = "landed", at: datetime | None = None, **changes: Any) -> dict[str, Any]:
    day = (at + timedelta(hours=5, minutes=30)).date() if at else None
    return {
        "url": f"https://site/{number}", "site_article_id": str(number), "state": state, "next_try_at": None,
        "lastmod_at": None, "published_at": at, "site_date": day, **changes,
    }  # fmt: skip


def ids(first: int, last: int) -> pd.DataFrame:
    return pd.DataFrame({"url": None, "site_article_id": [str(each) for each in range(first, last + 1)]})


def test_ids_between_two_articles_are_of_the_days_that_lie_between_in_the_sites_zone() -> None:
    ledger = pd.DataFrame(
        [address(100, at=MIDNIGHT - timedelta(hours=5)), address(110, at=MIDNIGHT + timedelta(hours=5))]
    )
    found = past_addresses(ledger, ids(100, 112), ZONE).set_index("site_article_id")["site_date"]
    assert {found[str(number)] for number in range(100, 105)} == {date(2025, 12, 1)}
    assert {found[str(number)] for number in range(106, 111)} == {date(2025, 12, 2)}
    assert found[["111", "112"]].isna().all(), "nothing is said of ids after the last that is known"


def test_an_article_that_was_dated_anew_does_not_move_the_days_of_its_neighbours() -> None:
    ledger = [address(number, at=MIDNIGHT + timedelta(hours=number)) for number in range(0, 20, 2)]
    ledger[5]["published_at"] += timedelta(days=300)
    found = past_addresses(pd.DataFrame(ledger), ids(0, 18), ZONE)
    assert found.loc[found["state"] == "never_looked_at", "site_date"].max() == date(2025, 12, 2)


def test_an_article_counts_once_however_many_addresses_it_has() -> None:
    rows = [
        address(1, at=MIDNIGHT), address(1, "alias", MIDNIGHT, url="https://site/old/1"),
        address(2, "pending"), address(2, "failed", url="https://site/old/2"), address(3, "gone"),
    ]  # fmt: skip
    found = past_addresses(pd.DataFrame(rows), ids(1, 4), ZONE)
    assert dict(zip(found["site_article_id"], found["state"], strict=True)) == {
        "1": "landed", "2": "failed", "3": "gone", "4": "never_looked_at",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "wait", "is_wanted"),
    [
        ("pending", None, True), ("failed", None, True), ("failed", -1, True), ("failed", 1, False),
        ("landed", -1, False), ("gone", None, False), ("rejected", None, False), ("taken_down", None, False),
    ],
)  # fmt: skip
def test_what_has_a_final_state_is_not_asked_for(state: str, wait: int | None, *, is_wanted: bool) -> None:
    due = NOW + timedelta(hours=wait) if wait is not None else None
    found = past_addresses(pd.DataFrame([address(1, state, MIDNIGHT, next_try_at=due)]), ids(1, 1), ZONE)
    assert is_to_ask(found, NOW).tolist() == [is_wanted]


def test_a_day_is_complete_when_nothing_of_it_is_open() -> None:
    rows = [address(1, at=MIDNIGHT), address(2, "gone"), address(3, at=MIDNIGHT + timedelta(days=1))]
    found = past_addresses(pd.DataFrame(rows), ids(1, 2), ZONE)
    days = past_days(found, NOW).set_index("site_date")
    assert days["is_complete"].all()
    assert days["known"].sum() == 3
    more = past_days(past_addresses(pd.DataFrame([rows[0], rows[2]]), ids(1, 3), ZONE), NOW)
    assert more["is_complete"].tolist() == [False, True]
    assert more["to_ask"].sum() == more["never_looked_at"].sum() == 1


def test_a_site_without_ids_goes_by_the_date_in_its_addresses_and_by_its_doors() -> None:
    rows = [
        address(0, "pending", url="https://site/2025/12/01/a", site_article_id=None),
        address(0, "pending", url="https://site/b", site_article_id=None, lastmod_at=MIDNIGHT),
        address(0, "pending", url="https://site/c", site_article_id=None),
        address(0, "pending", url="https://site/2025/13/41/d", site_article_id=None, lastmod_at=MIDNIGHT),
    ]
    found = past_addresses(pd.DataFrame(rows), pd.DataFrame(), ZONE)
    days = dict(zip(found["url"].str[-1], found["site_date"], strict=True))
    assert (days["a"], days["b"], days["d"]) == (date(2025, 12, 1), date(2025, 12, 2), date(2025, 12, 2))
    first = in_days(found, date(2025, 12, 1), date(2025, 12, 1), has_ids=False)
    assert sorted(first["url"].str[-1]) == ["a", "c"], "of which no day is known may be of this one"
    assert len(in_days(found, date(2025, 12, 1), date(2025, 12, 1), has_ids=True)) == 1


def days(**middles: int) -> pd.DataFrame:
    rows = [(date(2025, 12, int(name[1:])), middle, middle + 5) for name, middle in middles.items()]
    return pd.DataFrame(rows, columns=["site_date", "middle", "last"])


@pytest.mark.parametrize(
    ("known", "first", "last", "bounds"),
    [
        (days(d1=10, d5=50, d9=90), 3, 6, (10, 90)),
        (days(d1=10, d5=50), 3, 6, (10, 55)),
        # Before all that is known the ids are taken to have come as fast as since.
        (days(d5=500, d9=900), 3, 6, (200, 900)),
        (days(d5=500), 3, 6, None),
        (days(d1=10), 3, 6, None),
        (days(), 3, 6, None),
    ],
)
def test_the_ids_of_days_lie_between_those_of_the_days_around(
    known: pd.DataFrame, first: int, last: int, bounds: tuple[int, int] | None
) -> None:
    assert ids_of_days(known, date(2025, 12, first), date(2025, 12, last)) == bounds
