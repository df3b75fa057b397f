"""What is known of past days, address by address, and what of them has never been heard of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from transforms import is_to_ask, past_addresses, past_days

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2025, 12, 1)
NEXT = date(2025, 12, 2)


def address(number: int, state: str = "landed", day: date | None = DAY, **changes: Any) -> dict[str, Any]:
    return {
        "url": f"https://site/{number}", "site_article_id": str(number), "state": state, "next_try_at": None,
        "site_date": day, "is_day_open": state in {"pending", "failed"}, "first_id": 0, "last_id": 0, **changes,
    }  # fmt: skip


def stretch(first: int, last: int, day: date = DAY) -> dict[str, Any]:
    never = address(0, "never_looked_at", day, url=None, site_article_id=None, is_day_open=True)
    return {**never, "first_id": first, "last_id": last}


def found(*rows: dict[str, Any], wanted: pd.DataFrame | None = None) -> pd.DataFrame:
    return past_addresses(pd.DataFrame(list(rows)), pd.DataFrame() if wanted is None else wanted)


def ids(first: int, last: int) -> pd.DataFrame:
    return pd.DataFrame({"url": None, "site_article_id": [str(each) for each in range(first, last + 1)]})


def test_a_stretch_of_ids_is_one_row_for_each_id_of_it_on_its_day() -> None:
    rows = found(address(1), stretch(2, 4), stretch(5, 5, NEXT), address(6, "gone", NEXT))
    assert dict(zip(rows["site_article_id"], rows["site_date"], strict=True)) == {
        "1": DAY, "2": DAY, "3": DAY, "4": DAY, "5": NEXT, "6": NEXT,
    }  # fmt: skip
    assert rows["state"].tolist() == ["landed", *["never_looked_at"] * 4, "gone"]


def test_what_is_wanted_and_never_heard_of_is_there_once_and_of_no_day() -> None:
    rows = found(address(1), stretch(2, 2), wanted=ids(1, 4))
    assert rows["site_article_id"].tolist() == ["1", "2", "3", "4"]
    assert rows["site_date"].isna().tolist() == [False, False, True, True]
    named = pd.DataFrame({"url": ["https://site/1", "https://site/x"], "site_article_id": [None, None]})
    assert set(found(address(1), wanted=named)["url"]) == {"https://site/1", "https://site/x"}


@pytest.mark.parametrize(
    ("state", "wait", "is_wanted"),
    [
        ("pending", None, True), ("failed", None, True), ("failed", -1, True), ("failed", 1, False),
        ("landed", -1, False), ("gone", None, False), ("rejected", None, False), ("taken_down", None, False),
    ],
)  # fmt: skip
def test_what_has_a_final_state_is_not_asked_for(state: str, wait: int | None, *, is_wanted: bool) -> None:
    due = NOW + timedelta(hours=wait) if wait is not None else None
    assert is_to_ask(found(address(1, state, next_try_at=due)), NOW).tolist() == [is_wanted]


def test_of_two_addresses_of_an_id_one_is_asked_for_also_where_another_is_gone() -> None:
    rows = found(
        address(2, "gone", url="https://site/a"),
        address(2, "pending", url="https://site/b"),
        address(2, "failed", url="https://site/c"),
    )
    assert rows.loc[is_to_ask(rows, NOW), "url"].tolist() == ["https://site/b"]


def test_each_address_counts_once_and_a_day_is_complete_when_nothing_of_it_is_open() -> None:
    rows = found(
        address(1), address(1, "alias", url="https://site/old/1"), address(2, "gone"),
        address(3, day=NEXT), stretch(4, 5, NEXT),
    )  # fmt: skip
    days = past_days(rows, NOW)
    assert days.drop(columns="is_complete").to_numpy().tolist() == [
        [DAY, 3, 1, 0, 0, 1, 1, 0, 0],
        [NEXT, 1, 1, 0, 0, 0, 0, 2, 2],
    ]
    assert days["is_complete"].tolist() == [True, False]


def test_a_day_is_not_complete_where_what_is_open_of_it_was_not_asked_for() -> None:
    assert past_days(found(address(1, is_day_open=True)), NOW)["is_complete"].tolist() == [False]


def test_days_without_any_address_have_a_row_too() -> None:
    empty, untold = date(2025, 12, 3), date(2025, 12, 4)
    days = past_days(found(address(1), address(9, "pending", None)), NOW, [empty], [untold])
    assert [str(each) for each in days["site_date"].tolist()[:3]] == [str(DAY), str(empty), str(untold)]
    assert days["known"].tolist() == [1, 0, 0, 1]
    assert days["is_complete"].tolist() == [True, True, False, False]
