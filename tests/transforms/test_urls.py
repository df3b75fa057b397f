"""The ledger: every address in exactly one state, one address per article, whatever order things are said in."""

import random
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.ledger import (
    ADDRESSES,
    FIRST,
    IDS,
    MOVED,
    OTHER,
    PLAIN,
    UIDS,
    Ledger,
    at,
    chain,
    found,
    tried,
)
from transforms import ShapeError, touched_addresses, urls
from transforms.schedule import FAILED_TRIES
from transforms.urls import STATES

NOTHING = pd.DataFrame()


def test_an_address_is_pending_until_it_is_asked_for():
    ledger = Ledger()
    ledger.publish(found(5, FIRST, "feed"), found(1, FIRST, "listing"), found(3, PLAIN))
    assert ledger.states() == {FIRST: "pending", PLAIN: "pending"}
    assert ledger.of(FIRST, "discovered_by", "discovered_at", "next_try_at", "attempts") == ("listing", at(1), at(1), 0)
    assert ledger.of(FIRST, "article_uid", "site_article_id") == ("planet:101", "101")
    assert ledger.of(PLAIN, "article_uid") is None


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("new", "landed"),
        ("failed", "failed"),
        ("gone", "gone"),
        ("missing", "gone"),
        ("rejected", "rejected"),
        ("redirect", "pending"),
        ("discovery", "not_article"),
        ("not_modified", "pending"),
    ],
)
def test_the_last_exchange_decides_of_an_address_that_never_landed(outcome, state):
    ledger = Ledger()
    ledger.publish(found(1, FIRST), tried(2, FIRST, outcome))
    assert ledger.of(FIRST, "state", "attempts", "last_tried_at") == (state, 1, at(2))
    is_good = outcome in {"new", "not_modified"}
    assert (ledger.of(FIRST, "last_error") is None) == (is_good or outcome == "failed")
    assert ledger.of(FIRST, "failures") == (0 if is_good else 1)


@pytest.mark.parametrize("decision", ["blocked_by_robots", "off_scope", "not_article"])
def test_what_the_crawl_decides_is_the_state_until_the_address_is_asked_for(decision):
    ledger = Ledger()
    ledger.publish(found(1, FIRST), found(1, FIRST, event=decision))
    ledger.publish(found(60, FIRST))
    assert ledger.of(FIRST, "state", "attempts") == (decision, 0)
    ledger.publish(tried(90, FIRST, "new"))
    assert ledger.of(FIRST, "state") == "landed"
    ledger.publish(found(99, FIRST, event=decision))
    assert ledger.of(FIRST, "state") == "landed"


def test_a_redirect_makes_the_address_asked_for_an_alias_of_the_one_that_answered():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), *chain(2, FIRST, MOVED, outcome="new"))
    assert ledger.states() == {FIRST: "alias", MOVED: "landed"}
    assert ledger.of(MOVED, "discovered_by", "attempts", "site_article_id") == ("redirect", 1, None)
    assert ledger.of(FIRST, "attempts", "failures", "next_try_at", "article_uid") == (2, 0, None, "planet:101")


def test_an_address_that_leads_to_another_article_is_its_alias():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), *chain(2, FIRST, OTHER, outcome="new"))
    assert ledger.states() == {FIRST: "alias", OTHER: "landed"}
    assert ledger.of(FIRST, "article_uid", "site_article_id") == ("planet:202", "101")


def test_an_article_that_now_leads_to_another_one_keeps_its_address():
    ledger = Ledger()
    ledger.publish(tried(1, FIRST, "new"))
    for day in (1, 2, 3):
        ledger.publish(*chain(day * 1440, FIRST, OTHER, outcome="new" if day == 1 else "unchanged"))
        assert ledger.states() == {FIRST: "landed", OTHER: "landed"}
        assert ledger.of(FIRST, "article_uid", "failures") == ("planet:101", day)
        assert ledger.of(FIRST, "last_error") == "leads to another article, planet:202"
    assert ledger.of(FIRST, "next_try_at") is None


def test_when_the_slug_is_edited_the_new_address_lands_and_the_old_one_becomes_an_alias():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), tried(2, FIRST, "new"))
    changed = ledger.publish(found(60, MOVED), tried(61, MOVED, "revised"))
    assert ledger.states() == {FIRST: "alias", MOVED: "landed"}
    assert set(changed["run_id"]) == {"run-2"}
    assert ledger.of(MOVED, "discovered_by", "discovered_at") == ("news_sitemap", at(60))
    assert ledger.of(FIRST, "next_try_at", "attempts") == (None, 1)
    ledger.publish(tried(99, FIRST, "revised"))
    assert ledger.states() == {FIRST: "landed", MOVED: "alias"}


def test_another_address_of_an_article_is_an_alias_also_if_never_asked_for():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), found(1, MOVED), tried(2, FIRST, "new"))
    assert ledger.states() == {FIRST: "landed", MOVED: "alias"}
    ledger = Ledger()
    ledger.publish(found(1, MOVED), tried(1, MOVED, "failed"))
    ledger.publish(tried(30, FIRST, "new"))
    assert ledger.states() == {FIRST: "landed", MOVED: "alias"}
    assert ledger.of(MOVED, "next_try_at") is None
    ledger.publish(found(40, f"{FIRST}-again", site_article_id="101"))
    assert ledger.of(f"{FIRST}-again", "state") == "alias"


def test_a_redirect_that_leads_nowhere_has_failed_on_both_sides():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), *chain(2, FIRST, OTHER, outcome="failed"))
    assert ledger.states() == {FIRST: "failed", OTHER: "failed"}
    assert ledger.of(FIRST, "failures", "attempts", "last_status") == (1, 2, 503)
    ledger = Ledger()
    ledger.publish(found(1, FIRST), *chain(2, FIRST, OTHER, outcome="gone"))
    assert ledger.states() == {FIRST: "gone", OTHER: "gone"}


def test_what_landed_stays_landed_when_its_page_goes_away_or_breaks():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), tried(2, FIRST, "new", etag='"a"'))
    for outcome, status in (("gone", 404), ("rejected", 200), ("failed", 503)):
        ledger.publish(tried(ledger.runs * 1440, FIRST, outcome))
        assert ledger.of(FIRST, "state", "last_status", "failures") == ("landed", status, ledger.runs - 1)
    ledger.publish(tried(9999, FIRST, "not_modified"))
    assert ledger.of(FIRST, "last_status", "failures", "etag", "last_error") == (304, 0, '"a"', None)


def test_repeats_within_a_crawl_are_one_try_and_later_ones_count():
    ledger = Ledger()
    ledger.publish(found(0, FIRST), *(tried(minute, FIRST, "failed") for minute in (1, 2, 3)))
    assert ledger.of(FIRST, "attempts", "failures") == (3, 1)
    ledger.publish(tried(4, FIRST, "failed"), tried(10, FIRST, "failed"))
    assert ledger.of(FIRST, "attempts", "failures") == (5, 2)
    ledger.publish(tried(20, FIRST, "failed"), tried(21, FIRST, "new"))
    assert ledger.of(FIRST, "attempts", "failures", "state") == (7, 0, "landed")


def test_a_page_states_its_validators_and_a_304_may_leave_them_out():
    ledger = Ledger()
    ledger.publish(tried(1, FIRST, "new", etag='"a"', last_modified="then"))
    ledger.publish(tried(2, FIRST, "not_modified"))
    assert ledger.of(FIRST, "etag", "last_modified") == ('"a"', "then")
    ledger.publish(tried(3, FIRST, "not_modified", etag='"b"'), tried(4, FIRST, "failed", etag='"error"'))
    assert ledger.of(FIRST, "etag", "last_modified") == ('"b"', "then")
    ledger.publish(tried(5, FIRST, "unchanged"))
    assert ledger.of(FIRST, "etag", "last_modified") == (None, None)


def test_lastmod_is_what_doors_said_before_the_article_was_read():
    said = [f"2026-01-01T0{hour}:00:00+00:00" for hour in range(9)]
    ledger = Ledger()
    ledger.publish(found(1, FIRST, lastmod=said[1]), found(2, FIRST, "feed", lastmod=said[0]))
    assert ledger.of(FIRST, "lastmod_at") is None
    ledger.publish(
        found(4, FIRST, lastmod=said[1]),
        found(5, FIRST, "feed", lastmod=said[2]),
        tried(6, FIRST, "new"),
        found(7, FIRST, lastmod=said[5]),
    )
    assert ledger.of(FIRST, "lastmod_at") == pd.Timestamp(said[2])
    ledger.publish(found(8, FIRST, lastmod=said[6]), tried(9, FIRST, "failed"))
    assert ledger.of(FIRST, "lastmod_at") == pd.Timestamp(said[2])
    # The door goes on naming the old address.
    ledger.publish(found(10, FIRST, lastmod=said[7]), *chain(11, FIRST, MOVED, outcome="revised"))
    assert ledger.of(MOVED, "lastmod_at") == pd.Timestamp(said[7])


def test_a_mention_alone_changes_nothing():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), tried(2, FIRST, "new"))
    assert ledger.publish(found(30, FIRST)).empty


def test_what_was_given_up_is_due_again_when_a_door_names_it_a_day_later():
    ledger = Ledger()
    ledger.publish(found(0, FIRST), *(tried(minute * 10, FIRST, "failed") for minute in range(FAILED_TRIES)))
    assert ledger.of(FIRST, "state", "next_try_at") == ("failed", None)
    ledger.publish(found(600, FIRST))
    assert ledger.of(FIRST, "next_try_at") is None
    ledger.publish(found(1600, FIRST, "page_link"))
    assert ledger.of(FIRST, "next_try_at") is None
    ledger.publish(found(1601, FIRST))
    assert ledger.of(FIRST, "next_try_at") == at(1601)


def test_older_exchanges_published_later_only_count():
    ledger = Ledger()
    ledger.publish(found(50, FIRST), tried(60, FIRST, "gone"))
    ledger.publish(found(1, FIRST, "feed"), tried(2, FIRST, "failed"), found(3, FIRST, event="off_scope"))
    assert ledger.of(FIRST, "state", "attempts", "failures", "last_tried_at") == ("gone", 2, 1, at(60))
    assert ledger.of(FIRST, "discovered_at", "discovered_by") == (at(1), "feed")
    ledger.publish(tried(4, FIRST, "new"))
    assert ledger.of(FIRST, "state", "last_status") == ("landed", 404)


def test_a_late_look_at_another_address_leaves_the_newest_one_landed():
    ledger = Ledger()
    ledger.publish(tried(60, MOVED, "new"))
    ledger.publish(tried(5, FIRST, "unchanged"))
    assert ledger.states() == {MOVED: "landed", FIRST: "alias"}


def test_a_taken_down_address_is_never_left_to_a_crawl():
    ledger = Ledger()
    ledger.publish(found(1, FIRST), tried(2, FIRST, "failed"))
    ledger.rows[FIRST]["state"] = "taken_down"
    ledger.publish(found(99, FIRST), tried(100, FIRST, "gone"))
    assert ledger.of(FIRST, "state", "next_try_at") == ("taken_down", None)


def test_an_article_whose_address_nobody_logged_is_in_the_ledger_all_the_same():
    ledger = Ledger()
    ledger.publish(tried(2, PLAIN, "new"))
    assert ledger.of(PLAIN, "state", "discovered_by", "discovered_at") == ("landed", "fetch", at(2))


def test_exchanges_about_no_article_are_not_in_the_ledger():
    ledger = Ledger()
    ledger.publish(tried(2, f"{PLAIN}/rss", "discovery", purpose="discovery"), tried(3, PLAIN, "failed", purpose=None))
    assert ledger.rows == {}


def test_lines_that_cannot_be_placed_stop_the_run():
    for broken in ({"url": None}, {"discovered_at": "yesterday"}):
        with pytest.raises(ShapeError, match="1 lines lack an address or a time"):
            urls(NOTHING, pd.DataFrame([found(1, FIRST) | broken]), NOTHING, NOTHING, "r")
    with pytest.raises(ShapeError, match="`articles` lacks them"):
        urls(NOTHING, NOTHING, pd.DataFrame([tried(1, FIRST, "new")]), NOTHING, "r")


def test_the_addresses_touched_are_those_of_both_logs():
    log, made = pd.DataFrame([found(1, FIRST)]), pd.DataFrame(chain(2, PLAIN, OTHER))
    assert touched_addresses(log, made)[["url", "article_uid"]].fillna("").to_numpy().tolist() == [
        [FIRST, "planet:101"],
        [OTHER, "planet:202"],
        [PLAIN, "planet:202"],
        [PLAIN, ""],
    ]


OUTCOMES = st.sampled_from(
    ["unchanged", "unchanged", "failed", "gone", "missing", "rejected", "redirect", "not_modified"]
)
ADDRESS = st.sampled_from(ADDRESSES)
STEP = st.one_of(
    st.tuples(st.just("found"), ADDRESS, st.sampled_from(["page_link", "ledger"])),
    st.tuples(st.just("decided"), ADDRESS, st.sampled_from(["blocked_by_robots", "off_scope", "not_article"])),
    st.tuples(st.just("tried"), st.lists(ADDRESS, min_size=1, max_size=3, unique=True), OUTCOMES),
)
STEPS = st.lists(st.tuples(STEP, st.sampled_from([1, 3, 60, 3000])), min_size=1, max_size=12)


def timeline(steps):
    """The events of the steps, in order; the second of each pair is the time in minutes to the next."""
    events, now = [], 0
    for (what, where, how), gap in steps:
        now += gap
        if what == "tried":
            events += chain(now, *where, outcome=how)
        else:
            # By no door: what doors name is looked at more often, and a run knows only what its own doors named.
            events.append(found(now, where, how) if what == "found" else found(now, where, "page_link", how))
    return events


def check(ledger, events):
    named = {event["url"] for event in events} | {event.get("requested_url", event["url"]) for event in events}
    assert set(ledger.rows) == named
    assert set(ledger.states().values()) <= set(STATES)
    landed = {row["article_uid"]: url for url, row in ledger.rows.items() if row["state"] == "landed"}
    assert landed == {uid: row["url"] for uid, row in ledger.articles.items()}
    assert len(landed) == list(ledger.states().values()).count("landed")
    for url, row in ledger.rows.items():
        made = sum(url in {event["url"], event["requested_url"]} for event in events if "event" not in event)
        assert row["attempts"] == made >= row["failures"]
        assert row["state"] != "alias" or row["article_uid"] in landed
        # Only a redirect that was not followed has been tried and is still to do.
        is_untried = row["failures"] == 0 or str(row["last_error"]).startswith("redirected")
        assert row["state"] != "pending" or (is_untried and pd.notna(row["next_try_at"]))


@given(STEPS, st.sets(st.integers(1, 20), max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_one_run_or_several_in_any_order_of_lines_give_the_same_ledger(steps, cuts, chance):
    events = timeline(steps)
    whole = Ledger()
    whole.publish(*events)
    check(whole, events)
    again = Ledger()
    again.publish(*chance.sample(events, len(events)))
    assert again.facts_but() == whole.facts_but()
    parts = Ledger()
    for start, end in pairwise(sorted({0, len(events)} | {cut for cut in cuts if cut < len(events)})):
        parts.publish(*events[start:end])
    check(parts, events)
    assert parts.facts_but("run_id") == whole.facts_but("run_id")


def test_an_address_that_leads_to_an_unmodified_article_is_its_alias_in_one_run_or_two():
    there, other = (next(each for each in ADDRESSES if each.endswith(end)) for end in ("202-c", "101-b"))
    events = [*chain(1, there, outcome="unchanged"), *chain(2, other, PLAIN, there, outcome="not_modified")]
    whole, parts = Ledger(), Ledger()
    whole.publish(*events)
    parts.publish(events[0])
    parts.publish(*events[1:])
    assert whole.facts_but("run_id") == parts.facts_but("run_id")
    assert whole.rows[other]["article_uid"] == "planet:202"


@given(STEPS, st.integers(0, 2**16))
@settings(max_examples=10)
def test_runs_published_in_any_order_keep_the_counts(steps, seed):
    events = timeline(steps)
    chance = random.Random(seed)
    parts = [events[start : start + 3] for start in range(0, len(events), 3)]
    chance.shuffle(parts)
    ledger = Ledger()
    for part in parts:
        ledger.publish(*part)
    check(ledger, events)


def test_the_examples_are_what_they_seem():
    assert {UIDS[url].partition(":")[2] for url in IDS} == set(IDS.values())
