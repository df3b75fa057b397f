"""When addresses are asked for again."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.ledger import FIRST, MOVED, START, Ledger, at, chain, found, tried
from transforms.schedule import (
    FAILED_FIRST,
    FAILED_LONGEST,
    FAILED_TRIES,
    OLD_LONGEST,
    OLD_SHORTEST,
    REVISITS,
    next_tries,
    revisit_intervals,
)
from transforms.urls import STATES

HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)
MINUTE = HOUR / 60


def row(**facts):
    """An address that landed an hour after its article was published."""
    tried_at = START + HOUR
    given = {"state": "landed", "failures": 0, "discovered_at": START, "last_tried_at": tried_at, "outcome": "new"}
    given |= {"retry_after_s": None, "refused_at": pd.NaT, "kind": "news", "age": HOUR, "unchanged_for": HOUR}
    given |= {"is_listed": False} | facts
    return given


def frame(*rows):
    types = {"age": "timedelta64[us]", "unchanged_for": "timedelta64[us]", "retry_after_s": "Int64"}
    given = pd.DataFrame(rows).astype(types | {"outcome": "str", "kind": "str"})
    return given.assign(refused_at=pd.to_datetime(given["refused_at"], utc=True))


def wait(**facts):
    """The time from the last try to the next, None for never."""
    due = next_tries(frame(row(**facts)))[0]
    return None if pd.isna(due) else due - (START + HOUR)


@pytest.mark.parametrize(
    ("age", "is_listed", "expected"),
    [
        (5 * HOUR, False, 15 * MINUTE),
        (7 * HOUR, False, 30 * MINUTE),
        (30 * HOUR, True, HOUR),
        (9 * DAY, True, HOUR),
        (30 * HOUR, False, DAY),
        (11 * DAY, True, 11 * DAY / 8),
        (80 * DAY, False, 10 * DAY),
        (9999 * DAY, False, 30 * DAY),
        (-HOUR, False, 15 * MINUTE),
        (None, True, DAY),
    ],
)
def test_the_older_an_article_the_longer_until_it_is_read_again(age, is_listed, expected):
    assert wait(age=age, is_listed=is_listed) == expected
    assert wait(age=age, is_listed=is_listed, outcome="not_modified") == expected


def test_a_live_blog_is_read_often_until_it_has_not_changed_for_two_days():
    assert wait(kind="liveblog", age=9 * DAY, unchanged_for=47 * HOUR) == 15 * MINUTE
    assert wait(kind="liveblog", age=9 * DAY, unchanged_for=49 * HOUR) == 9 * DAY / 8
    assert wait(kind="news", age=9 * DAY, unchanged_for=HOUR) == 9 * DAY / 8


@given(st.lists(st.timedeltas(pd.Timedelta(0), 400 * DAY), min_size=2, max_size=9), st.booleans())
def test_no_article_is_read_more_often_than_a_younger_one(ages, is_listed):
    intervals = revisit_intervals(frame(*(row(age=age, is_listed=is_listed) for age in sorted(ages))))
    assert intervals.is_monotonic_increasing
    assert intervals.between(min(rule.every for rule in REVISITS), OLD_LONGEST).all()


def test_failures_wait_twice_as_long_each_time_until_they_are_given_up():
    waits = [wait(state="failed", outcome="failed", failures=n) for n in range(1, FAILED_TRIES)]
    assert waits[:4] == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE]
    assert all(FAILED_FIRST <= each <= FAILED_LONGEST for each in waits)
    assert sum(waits, pd.Timedelta(0)) > 40 * HOUR
    assert wait(state="failed", outcome="failed", failures=FAILED_TRIES) is None
    assert wait(state="failed", outcome="not_modified", failures=0) == FAILED_FIRST


def test_retry_after_is_honoured_where_it_asks_for_more():
    assert wait(state="failed", outcome="failed", failures=1, retry_after_s=10) == 5 * MINUTE
    assert wait(state="failed", outcome="failed", failures=1, retry_after_s=7200) == 2 * HOUR
    assert wait(state="failed", outcome="failed", failures=1, retry_after_s=10**12) == 30 * DAY
    assert wait(outcome="failed", failures=1, retry_after_s=7200) == 2 * HOUR


@pytest.mark.parametrize("state", ["gone", "rejected"])
def test_what_is_not_there_or_cannot_be_used_is_asked_for_three_times_a_day_apart(state):
    assert [wait(state=state, outcome=state, failures=n) for n in (1, 2, 3)] == [DAY, DAY, None]


def test_a_landed_page_that_went_away_is_left_alone_after_three_looks_and_a_broken_one_never():
    old = {"age": 80 * DAY}
    assert [wait(outcome="gone", failures=n, **old) for n in (1, 2, 3)] == [DAY, DAY, None]
    assert [wait(outcome="missing", failures=n, **old) for n in (1, 2, 3)] == [DAY, DAY, None]
    assert [wait(outcome="rejected", failures=n, **old) for n in (1, 2, 3)] == [DAY, DAY, 10 * DAY]
    assert wait(outcome="failed", failures=2, **old) == 10 * MINUTE
    assert wait(outcome="failed", failures=FAILED_TRIES, **old) == 10 * DAY


def test_what_robots_txt_refuses_is_asked_about_a_day_later():
    refused = {"refused_at": START + 2 * HOUR}
    assert wait(state="blocked_by_robots", **refused) == HOUR + DAY
    assert wait(state="landed", **refused) == HOUR + DAY


def test_final_states_are_not_due():
    for state in set(STATES) - {"pending", "landed", "failed", "gone", "rejected", "blocked_by_robots"}:
        assert wait(state=state) is None
    assert wait(state="pending") == -HOUR


def test_every_rule_says_why():
    assert all(rule.reason and rule.younger_than > rule.every for rule in REVISITS)
    assert max(rule.every for rule in REVISITS) <= OLD_SHORTEST


def test_a_door_that_lists_the_article_under_any_of_its_addresses_keeps_it_fresh():
    ledger = Ledger(published_at=at(-3 * 1440))
    ledger.publish(found(1, FIRST), *chain(2, FIRST, MOVED, outcome="new"))
    assert ledger.of(MOVED, "next_try_at") - ledger.of(MOVED, "last_tried_at") == HOUR
    ledger.publish(found(60, FIRST, "page_link"), tried(62, MOVED, "unchanged"))
    assert ledger.of(MOVED, "next_try_at") == at(62) + DAY


def test_the_age_is_by_the_clock_of_a_copy_of_the_site_and_by_ours_otherwise():
    clock = at(-400 * 1440)
    ledger = Ledger(published_at=clock - HOUR)
    ledger.publish(found(1, FIRST), tried(2, FIRST, "new", site_clock_at=clock))
    assert ledger.of(FIRST, "next_try_at", "site_clock_at") == (at(17), clock)
    # The newest article of a quiet site is not for ever new: we have known it for long.
    ledger.publish(tried(9 * 1440, FIRST, "unchanged", site_clock_at=clock))
    assert ledger.of(FIRST, "next_try_at") == at(9 * 1440) + (at(9 * 1440) - at(2)) / 8
    ledger = Ledger(published_at=at(-30 * 60))
    ledger.publish(found(1, FIRST), tried(2, FIRST, "new", site_clock_at=at(-20 * 60)))
    assert ledger.of(FIRST, "next_try_at") == at(62)


def test_a_304_is_scheduled_by_what_is_known_of_the_article():
    ledger = Ledger(kind="liveblog", published_at=at(-9 * 1440), updated_at=at(0))
    ledger.publish(found(1, FIRST), tried(2, FIRST, "new"))
    ledger.publish(tried(1440, FIRST, "not_modified"))
    assert ledger.of(FIRST, "next_try_at") == at(1440 + 15)
    ledger.publish(tried(3 * 1440, FIRST, "not_modified"))
    assert ledger.of(FIRST, "next_try_at") > at(4 * 1440)


def test_retry_after_of_the_last_exchange_counts():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), tried(2, FIRST, "failed", retry_after_s=7200), tried(3, FIRST, "failed"))
    assert ledger.of(FIRST, "next_try_at") == at(8)
    ledger.publish(tried(9, FIRST, "failed", retry_after_s=7200))
    assert ledger.of(FIRST, "next_try_at") == at(129)


def test_an_address_found_again_keeps_its_time():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), tried(2, FIRST, "failed"))
    ledger.publish(found(3, FIRST))
    assert ledger.of(FIRST, "next_try_at") == at(7)
