"""Times keep the text they were read from, and are never read against their declared format or zone."""

from __future__ import annotations

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from spiders.reading.times import rank_witnesses, read_iso_time, read_written_time
from spiders.records import TimeWitness

INDIA = ZoneInfo("Asia/Kolkata")
IST = timezone(timedelta(hours=5, minutes=30), "IST")


def written(raw):
    return read_written_time(raw, "text", formats=("%d-%m-%Y %H:%M", "%d-%m-%Y"), zones={"IST": IST}, zone=INDIA)


@pytest.mark.parametrize(
    ("raw", "at", "precision"),
    [
        ("12-12-2025 19:00 IST", "2025-12-12T19:00:00+05:30", "minute"),
        ("03-02-2026 07:05 ist", "2026-02-03T07:05:00+05:30", "minute"),
        ("03-02-2026 07:05", "2026-02-03T07:05:00+05:30", "minute"),
        ("3-2-2026 7:05 IST", "2026-02-03T07:05:00+05:30", "minute"),
        ("03-02-2026", "2026-02-03T00:00:00+05:30", "day"),
        ("12-31-2025 19:00 IST", None, None),
        ("12-12-2025 19:00 GMT", None, None),
        ("yesterday", None, None),
        ("29-02-2025 10:00 IST", None, None),
    ],
)
def test_a_written_time_is_read_day_first_in_its_zone_or_not_at_all(raw, at, precision):
    assert written(raw) == TimeWitness(source="text", raw=raw, at=at, precision=precision)


@pytest.mark.parametrize("raw", [None, "", "  "])
def test_no_text_is_no_witness(raw):
    assert written(raw) is None
    assert read_iso_time(raw, "meta", INDIA) is None


@pytest.mark.parametrize(
    ("raw", "at", "precision"),
    [
        ("2025-12-12T19:00:26+05:30", "2025-12-12T19:00:26+05:30", "second"),
        ("2025-12-12T13:30:26Z", "2025-12-12T13:30:26+00:00", "second"),
        ("2025-12-12T19:00+05:30", "2025-12-12T19:00:00+05:30", "minute"),
        ("2025-12-12T19:00", "2025-12-12T19:00:00+05:30", "minute"),
        ("2025-12-12", "2025-12-12T00:00:00+05:30", "day"),
        ("12/12/2025 1:30:00 PM", None, None),
    ],
)
def test_an_iso_time_keeps_its_offset_and_says_how_exact_it_is(raw, at, precision):
    assert read_iso_time(raw, "meta", INDIA) == TimeWitness(source="meta", raw=raw, at=at, precision=precision)


@pytest.mark.parametrize("raw", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00"])
def test_times_at_the_ends_of_the_calendar_are_compared_without_error(raw):
    ranked, _ = rank_witnesses(read_iso_time(raw, "text", INDIA), read_iso_time(raw, "meta", INDIA), None)
    assert len(ranked) == 2


def test_of_two_that_agree_to_the_minute_the_more_exact_one_is_the_best():
    text, meta = written("12-12-2025 19:00 IST"), read_iso_time("2025-12-12T13:30:26Z", "meta", INDIA)
    assert rank_witnesses(text, meta, None) == ([meta, text], None)


def test_of_two_that_disagree_the_visible_one_is_the_best_and_the_difference_is_told():
    text, meta = written("12-12-2025 19:00 IST"), read_iso_time("2025-12-12T19:01:00+05:30", "meta", INDIA)
    ranked, disagreement = rank_witnesses(text, meta, None)
    assert ranked == [text, meta]
    assert disagreement == "text: 12-12-2025 19:00 IST / meta: 2025-12-12T19:01:00+05:30"


def test_what_cannot_be_read_stands_behind_and_disagrees_with_nothing():
    text, json_ld = written("soon"), read_iso_time("2025-12-12T19:01:00+05:30", "json_ld", INDIA)
    assert rank_witnesses(text, None, json_ld) == ([json_ld, text], None)
    assert rank_witnesses(text, None, None) == ([text], None)
    assert rank_witnesses(None, None, None) == ([], None)
