import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.builders import RECORDED_AT, SITES, only, record, records, witness
from transforms import (
    CountsDisagree,
    UnknownSite,
    articles,
    check_counts,
    check_tables,
    observations,
    rejected_records,
    revisions,
)
from transforms.shapes import OBSERVATIONS, REJECTS, as_arrow


def observed(**changes):
    return only(observations(records(record(**changes)), SITES))


def test_an_article_page_becomes_a_row_of_clean_values():
    row = observed(
        title=" A\u00a0 \u201ctitle\u201d &amp; more ",
        body=["One  two.", " ", "Three\u200b four."],
        site_tags=[" A&amp;B ", ""],
        language="en-IN",
        source="PTI",
        attribution="(With inputs from agencies.)",
        url=" https://www.planet.example/article/law/101-a-title?utm_source=x ",
        canonical_url=None,
        edition="pacific",
    )
    assert row["article_uid"] == "planet:101"
    assert row["title"] == "A \u201ctitle\u201d & more"
    assert row["body"] == "One two.\n\nThree four."
    assert row["word_count"] == 4
    assert row["site_tags"] == ["A&B"]
    assert row["language"] == "en"
    assert (row["source_agency"], row["syndication"], row["dateline"]) == ("PTI", "desk", None)
    assert row["url"] == "https://www.planet.example/article/law/101-a-title?utm_source=x"
    assert row["canonical_url"] == "https://www.planet.example/article/law/101-a-title"
    assert (row["run_id"], row["archive_file"], row["archive_offset"]) == ("run-1", "run-1.warc.gz", 0)
    assert row["edition"] == "pacific"


def test_times_are_utc_with_the_raw_text_and_the_sites_day():
    row = observed(
        published=[witness("12-12-2025 01:00 IST", "2025-12-12T01:00:00+05:30")],
        updated=[witness("12-12-2025 02:00 IST", "2025-12-12T02:00:00+05:30")],
    )
    assert row["published_at"] == pd.Timestamp("2025-12-11T19:30:00Z")
    assert row["updated_at"] == pd.Timestamp("2025-12-11T20:30:00Z")
    assert (row["published_raw"], row["updated_raw"]) == ("12-12-2025 01:00 IST", "12-12-2025 02:00 IST")
    assert (row["published_precision"], row["published_source"]) == ("minute", "text")
    assert row["site_date"] == datetime.date(2025, 12, 12)
    assert row["time_flags"] == []


def test_each_sites_day_is_its_own():
    late = [witness("x", "2025-12-12T01:00:00+00:00")]
    rows = [record(published=late), record(published=late, site="gazette"), record(published=[], site_article_id="3")]
    dates = observations(records(*rows), SITES)["site_date"].tolist()
    assert dates == [datetime.date(2025, 12, 12), datetime.date(2025, 12, 11), None]


@pytest.mark.parametrize(
    ("published", "updated", "flags"),
    [
        ("2026-01-01T01:00:00Z", None, []),
        ("2026-01-01T01:00:01Z", None, ["future"]),
        ("2025-12-12T01:00:00Z", "2027-01-01T00:00:00Z", ["future"]),
        ("1994-12-31T23:59:59Z", None, ["before_1995"]),
        ("2025-12-12T01:00:00Z", "2025-12-12T00:59:00Z", ["updated_before_created"]),
        (None, "2025-12-12T00:59:00Z", []),
    ],
)
def test_odd_times_are_flagged_and_kept(published, updated, flags):
    row = observed(published=[witness("p", published)], updated=[witness("u", updated)])
    assert row["time_flags"] == flags
    assert row["published_at"] == (pd.Timestamp(published) if published else None)


def test_witnesses_that_disagree_are_flagged():
    other = witness("m", "2025-12-12T13:00:00+05:30", source="meta", precision="second")
    assert observed(published=[witness(), other])["time_flags"] == ["witnesses_disagree"]
    assert observed(updated=[witness(), other])["time_flags"] == ["witnesses_disagree"]


@pytest.mark.parametrize(
    ("found", "language"),
    [("en", "en"), ("EN-us", "en"), ("zh_Hans", "zh"), ("kok", "kok"), ("und", None), ("english", None), ("x-y", None),
     ("", None), (None, None)],
)  # fmt: skip
def test_language_is_the_primary_subtag(found, language):
    assert observed(language=found)["language"] == language


def test_the_hash_covers_title_summary_and_body_and_nothing_else():
    base = observed()["content_hash"]
    assert observed(source="PTI", site_tags=[], url="https://www.planet.example/x/101")["content_hash"] == base
    assert observed(title="A\u200b  title")["content_hash"] == base
    moved = {
        observed(title="A title A", summary="summary")["content_hash"],
        observed(summary=None)["content_hash"],
        observed(summary="A summary First paragraph.", body=["Second paragraph."])["content_hash"],
        observed(body=["First paragraph. Second paragraph."])["content_hash"],
        observed(title="A titl", summary="eA summary")["content_hash"],
    }
    assert len(moved | {base}) == 6
    assert len(base) == 32


def test_without_an_id_the_address_is_the_identity():
    bare = {"site_article_id": None, "url": "https://www.planet.example/other?utm_medium=x"}
    first = observed(**bare)
    assert first["article_uid"].startswith("planet:")
    assert len(first["article_uid"]) == len("planet:") + 16
    assert observed(**bare | {"url": "https://www.planet.example/third"})["article_uid"] == first["article_uid"]
    assert observed(**bare, canonical_url=None)["article_uid"] != first["article_uid"]


def test_a_video_needs_no_body():
    row = observed(body=[], video_url="https://v.example/1.mp4")
    assert (row["body"], row["word_count"], row["dateline"]) == (None, 0, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": " \u200b"}, "no_title"),
        ({"title": None}, "no_title"),
        ({"body": [" ", "\ufeff"]}, "no_text"),
        ({"body": []}, "no_text"),
        ({"site_article_id": " ", "url": "nowhere", "canonical_url": None}, "no_identity"),
        ({"site": None}, "unreadable_envelope"),
        ({"run_id": ""}, "unreadable_envelope"),
        ({"fetched_at": "2026-01-01T00:00:00"}, "unreadable_envelope"),
        ({"fetched_at": None, "title": None}, "unreadable_envelope"),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_with_its_reason(changes, reason):
    frame = records(record(**changes), record())
    refused = rejected_records(frame)
    assert refused["reason"].tolist() == [reason]
    assert only(refused)["stage"] == "observations"
    assert only(refused)["detail"]
    assert len(observations(frame, SITES)) == 1
    as_arrow(refused, REJECTS)


def test_a_site_without_a_zone_stops_the_run():
    with pytest.raises(UnknownSite, match="elsewhere"):
        observations(records(record(site="elsewhere")), SITES)


def test_inputs_are_left_as_they_were():
    frame = records(record(), record(title=None))
    before = frame.copy(deep=True)
    observations(frame, SITES)
    rejected_records(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_lost_rows_are_noticed():
    frame = records(record(), record(title=None))
    kept, refused = observations(frame, SITES), rejected_records(frame)
    check_counts(frame, kept, refused)
    with pytest.raises(CountsDisagree, match="2 records"):
        check_counts(frame, kept, refused[:0])


def test_lost_articles_fetches_and_rejects_are_noticed():
    frame = records(record(), record(title="Other"), record(site_article_id="102"), record(title=None))
    seen, refused = observations(frame, SITES), rejected_records(frame)
    made = articles(seen, pd.DataFrame(), revisions(seen, pd.DataFrame(), RECORDED_AT))
    log = pd.DataFrame({"url": ["a", "b"]})
    check_tables(seen, made, log, log, [refused, refused], pd.concat([refused, refused]))
    for lost in (made[:1], pd.concat([made[:1], made[:1]]), pd.concat([made, made[:1]])):
        with pytest.raises(CountsDisagree, match="3 observations of 2 articles"):
            check_tables(seen, lost, log, log, [refused], refused)
    with pytest.raises(CountsDisagree, match="2 lines of the fetch log became 1"):
        check_tables(seen, made, log, log[:1], [refused], refused)
    with pytest.raises(CountsDisagree, match="1 rows refused became 0"):
        check_tables(seen, made, log, log, [refused], refused[:0])


def test_a_time_before_the_site_began_is_flagged():
    sites = SITES.assign(first_year=[2020, None])
    old = [witness("x", "2019-12-31T23:59:59Z")]
    old = {"published": old, "updated": old}
    rows = [record(**old), record(**old, site="gazette"), record(site_article_id="3")]
    assert observations(records(*rows), sites)["time_flags"].tolist() == [["before_site"], [], []]


def test_a_notice_at_the_end_of_a_body_is_the_attribution_where_the_page_names_none():
    notice = "(With inputs from PTI)"
    row = observed(body=["Rain fell.", notice])
    assert (row["body"], row["attribution"]) == ("Rain fell.", notice)
    assert (row["source_agency"], row["syndication"]) == ("PTI", "desk")
    assert row["syndication_evidence"] == f"notice: {notice}"
    kept = observed(body=["Rain fell.", notice], attribution="(From a feed)")
    assert (kept["body"], kept["attribution"]) == (f"Rain fell.\n\n{notice}", "(From a feed)")
    assert observed(body=[notice])["body"] == notice


def test_where_a_text_comes_from_is_kept_with_its_evidence():
    row = observed(
        source="PTI",
        author="By Lois Lane and Clark Kent",
        body=["New Delhi, Jan 2 (PTI) Rain fell.", "PTI ABC DEF"],
        kind="Press Release",
        published=[witness("x", "2025-12-12T19:00:00+05:30")],
    )
    assert (row["dateline"], row["dateline_place"]) == ("New Delhi, Jan 2 (PTI)", "New Delhi")
    assert row["dateline_date"] == datetime.date(2026, 1, 2)
    assert row["agencies"] == ["PTI"]
    assert row["agency_evidence"] == ["byline: PTI", "prefix: New Delhi, Jan 2 (PTI)", "trailer: PTI ABC DEF"]
    assert row["provenance_flags"] == ["dateline_far_from_publication"]
    assert row["authors"] == ["Lois Lane", "Clark Kent"]
    assert (row["kind"], row["kind_raw"], row["section"]) == ("press_release", "Press Release", "politics")
    assert row["published_offset"] == "+05:30"
    assert (row["language"], row["language_declared"], row["language_source"]) == ("en", "en", "declared")


ODD = ["101", "\u202e", "&amp;lt;", "2025-12-12T19:00:00+05:30", "\x00"]
ANYTHING = st.none() | st.text(max_size=8) | st.sampled_from(ODD)
TEXTS = ("site_article_id", "url", "canonical_url", "title", "summary", "source", "attribution", "language")
HOSTILE = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(TEXTS, ANYTHING)
    | {
        "body": st.none() | st.lists(ANYTHING, max_size=3),
        "site_tags": st.none() | st.lists(ANYTHING, max_size=3),
        "published": st.none() | st.lists(st.builds(witness, ANYTHING, ANYTHING, precision=ANYTHING), max_size=3),
        "fetched_at": ANYTHING,
        "run_id": ANYTHING,
        "site": st.sampled_from(["planet", None, ""]),
    },
)


@given(st.lists(HOSTILE, max_size=4))
@settings(deadline=None, max_examples=40)
def test_every_record_becomes_one_row_or_one_reject(changes):
    frame = records(*(record(**each) for each in changes))
    kept, refused = observations(frame, SITES), rejected_records(frame)
    check_counts(frame, kept, refused)
    as_arrow(kept, OBSERVATIONS)
    as_arrow(refused, REJECTS)
    assert kept[["article_uid", "title", "run_id", "observed_at", "content_hash"]].notna().all(axis=None)


@given(st.permutations(range(4)))
@settings(deadline=None, max_examples=8)
def test_a_row_depends_on_its_record_alone(order):
    rows = [
        record(site_article_id=str(number), title=f"Title {number}", archive_offset=number + 1, published=published)
        for number, published in enumerate([[], [witness()], [witness(), witness("m", None)], None])
    ]
    whole = observations(records(*(rows[position] for position in order)), SITES)
    single = pd.concat([observations(records(rows[position]), SITES) for position in order], ignore_index=True)
    pd.testing.assert_frame_equal(whole, single)
