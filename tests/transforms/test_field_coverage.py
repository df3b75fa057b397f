"""How often each field was found."""

import dataclasses

import pandas as pd
import pytest

from spiders.records import ArticleRecord, SidebarEntry
from tests.transforms.builders import at_hour, record, records, witness
from transforms import field_coverage
from transforms import field_coverage as _function
from transforms.text import encodable

MODULE = __import__(_function.__module__, fromlist=["TEXTS"])


def coverage(*rows):
    return field_coverage(records(*rows)).set_index(["kind", "field"])


def test_shares_are_by_kind_and_name_pages_without_the_field():
    rows = [record(url=f"https://p.example/{n}", place=None if n < 5 else "Goa") for n in (9, 3, 1, 4, 2, 0, 6, 7)]
    frame = coverage(*rows, record(kind="video", video_url="https://v.example/1"))
    place = frame.loc[("news", "place")]
    assert (place["pages"], place["found"], place["share"]) == (8, 3, 3 / 8)
    assert place["examples"] == ["https://p.example/0", "https://p.example/1", "https://p.example/2"]
    assert frame.loc[("news", "video_url"), "found"] == 0
    assert frame.loc[("video", "video_url"), ["pages", "found"]].tolist() == [1, 1]
    assert frame.loc[("video", "video_url"), "examples"] == []


@pytest.mark.parametrize(
    ("field", "missing", "there"),
    [
        ("title", "  ", "A"),
        ("title", None, "A"),
        ("body", ["", " "], ["", "text"]),
        ("countries", [], ["India"]),
        ("published", [witness(at=None)], [witness(at=None), witness()]),
        ("updated", [], [witness()]),
    ],
)
def test_a_field_is_there_when_it_says_something(field, missing, there):
    frame = coverage(record(**{field: missing}), record(**{field: there}))
    assert frame.loc[("news", field), ["pages", "found"]].tolist() == [2, 1]


def test_each_list_beside_an_article_is_a_field():
    entries = [{"section": "trending", "rank": 1}, {"section": "trending", "rank": 2}]
    frame = coverage(record(sidebars=entries), record(sidebars=None))
    assert frame.loc[("news", "sidebars.trending"), ["pages", "found"]].tolist() == [2, 1]
    assert frame.loc[("news", "sidebars.latest"), "found"] == 0


def test_pages_that_cannot_be_used_count_and_the_first_look_of_the_run_is_its_time():
    frame = coverage(record(title=None, fetched_at=at_hour(5)), record(fetched_at=at_hour(3)))
    assert frame.loc[("news", "title"), ["pages", "found"]].tolist() == [2, 1]
    assert set(frame["observed_at"]) == {pd.Timestamp(at_hour(3))}


def test_the_order_of_records_makes_no_difference():
    rows = [record(url=f"https://p.example/{n}", place=None, fetched_at=at_hour(n)) for n in range(6)]
    pd.testing.assert_frame_equal(coverage(*rows), coverage(*rows[::-1]))


def test_every_field_of_a_record_is_counted_or_left_out_for_a_reason():
    counted = {*MODULE.TEXTS, *MODULE.LISTS, *MODULE.TIMES, "sidebars"}
    left_out = {"site", "parser", "url", "kind", "amp_url", "breadcrumb", "image_is_ai_generated", "findings"}
    assert counted | left_out == {field.name for field in dataclasses.fields(ArticleRecord)}
    assert not counted & left_out
    section = SidebarEntry.__dataclass_fields__["section"].type
    assert all(encodable(name) in str(section) for name in MODULE.SECTIONS)
