import pandas as pd
import pytest

from tests.transforms.builders import witness
from transforms.times import parse_times, witnessed_times


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2025-12-12T19:00:00", "2025-12-12", "99999-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59-11:00", "2025-13-12T19:00:00Z", "2025-02-30T00:00:00+05:30", None, 5, float("nan")],
)  # fmt: skip
def test_a_time_without_offset_or_sense_is_no_time(text):
    assert parse_times([text]).isna().all()


def test_times_come_out_in_utc_with_microseconds():
    times = parse_times(["2025-12-12T19:00:00+05:30", "2025-12-12T13:30:00.123456789Z", "0800-01-01T00:00:00+00:00"])
    assert str(times.dtype) == "datetime64[us, UTC]"
    assert times[0] == pd.Timestamp("2025-12-12T13:30:00Z")
    assert times[1] == pd.Timestamp("2025-12-12T13:30:00.123456Z")
    assert times[2] == pd.Timestamp("0800-01-01T00:00:00Z")
    assert str(parse_times([]).dtype) == "datetime64[us, UTC]"


def test_the_first_readable_witness_is_believed_and_the_visible_text_kept():
    unreadable = witness("yesterday", None, precision=None)
    meta = witness("2025-12-12T19:00:41+05:30", "2025-12-12T19:00:41+05:30", source="meta", precision="second")
    row = witnessed_times([[unreadable, meta]]).iloc[0]
    assert row["at"] == pd.Timestamp("2025-12-12T13:30:41Z")
    assert row["raw"] == "yesterday"
    assert (row["precision"], row["source"]) == ("second", "meta")
    assert witnessed_times([[meta]]).iloc[0]["raw"] == meta["raw"]


@pytest.mark.parametrize(
    ("other_at", "precision", "disagrees"),
    [
        ("2025-12-12T19:00:59+05:30", "second", False),
        ("2025-12-12T19:01:00+05:30", "second", True),
        ("2025-12-12T13:30:10Z", "second", False),
        ("2025-12-12T19:00:00+00:00", "second", True),
        ("2025-12-12T00:00:00+05:30", "day", False),
        ("2025-12-11T00:00:00+05:30", "day", True),
        (None, None, False),
    ],
)
def test_witnesses_disagree_when_further_apart_than_they_are_exact(other_at, precision, disagrees):
    other = witness("x", other_at, source="json_ld", precision=precision)
    assert witnessed_times([[witness(), other]])["disagrees"].tolist() == [disagrees]


def test_records_without_witnesses_have_no_time():
    times = witnessed_times([[], None, float("nan"), ["x"], [{}]])
    assert len(times) == 5
    assert times[["at", "raw", "source", "precision"]].isna().all(axis=None)
    assert not times["disagrees"].any()
    assert len(witnessed_times([])) == 0
