"""Stories do not depend on the order and the batches that articles come in."""

from __future__ import annotations

import random
from itertools import permutations
from typing import TYPE_CHECKING

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.story_lake import Lake, frame_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DAY = pd.Timestamp("2026-03-02T08:00:00Z")

QUAKE = (
    "The tremor at Kasukabe in Saitama hurt 1,412 people, seismologist Hideo Tanikawa of the Oyamada institute said."
)
FERRY = "The ferry Herald Marlow sank off Zeebrugge with 1,338 aboard, harbourmaster Piet Vandamme of Townsend said."
BUDGET = "Treasurer Imelda Okonkwo presented a budget of 4,512 crowns to the Ruritanian assembly in Strelsau."
#: Long enough to be compared as a text: equal ones are copies, and one edited in two words is a near copy.
REPORT = " ".join(
    f"{QUAKE} Rescuers with dogs looked for the missing in part {part} of the old town." for part in "abcd"
)
TEXTS = (QUAKE, FERRY, BUDGET, REPORT, REPORT.replace("dogs looked", "men asked", 1), "Nothing was said of it.", "")
TITLES = ("Tremor in Kasukabe hurts 1,412", "Ferry Herald Marlow sinks off Zeebrugge", "Okonkwo has a budget", "News")


def article(
    uid: str, text: str, *, title: str = "News", hours: float = 0, source: str = "PTI", has_time: bool = True
) -> dict[str, object]:
    return {
        "article_uid": uid,
        "published_at": DAY + pd.Timedelta(hours=hours) if has_time else None,
        "updated_at": None,
        "title": title,
        "summary": None,
        "body": text,
        "language": "en",
        "source": source,
    }


def published(*runs: Sequence[dict[str, object]]) -> Lake:
    lake = Lake()
    for rows in runs:
        lake.publish(frame_of(rows))
    return lake


def orders(rows: Sequence[dict[str, object]]) -> Iterator[list[list[dict[str, object]]]]:
    """These at once, and one at a time in every order."""
    yield [list(rows)]
    for order in permutations(rows):
        yield [[row] for row in order]


articles = st.lists(
    st.builds(
        article,
        st.sampled_from([f"site:{number}" for number in range(8)]),
        st.lists(st.sampled_from(TEXTS), min_size=1, max_size=2, unique=True).map("\n\n".join),
        title=st.sampled_from(TITLES),
        hours=st.sampled_from([0, 1, 20, 60, 71, 73, 100, 240, 700]),
        source=st.sampled_from(["PTI", "Reuters"]),
        has_time=st.sampled_from([True] * 9 + [False]),
    ),
    min_size=2,
    max_size=12,
)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(articles, st.data())
def test_any_order_and_any_batches_give_the_same_rows(rows: list[dict[str, object]], data: st.DataObject) -> None:
    now = list({row["article_uid"]: row for row in rows}.values())
    at_once = published(now).dump()
    # Earlier texts of some articles first, then what all say now in any order and batches, one of it again.
    earlier = rows[: data.draw(st.integers(0, 4))]
    later = [*data.draw(st.permutations(now)), data.draw(st.sampled_from(now))]
    lake = Lake()
    for part in (earlier, later):
        size = data.draw(st.integers(2, 6))
        for first in range(0, len(part), size):
            lake.publish(frame_of(part[first : first + size]))
    assert lake.dump() == at_once


PTI = article("site:pti", QUAKE, title="Kasukabe tremor hurts 1,412", hours=3)
DESK = article(
    "site:desk",
    "Saitama counts 1,412 people hurt by a tremor at Kasukabe. Mr Hideo Tanikawa at Oyamada expects more of them.",
    title="Tremor shakes Kasukabe",
    hours=5,
    source="Desk",
)
SINKING = article("site:ferry", FERRY, title="Herald Marlow sinks", hours=4)
LATE = article("site:late", QUAKE, title="Tremor at Kasukabe", hours=1, source="Reuters")


def test_what_lies_three_days_and_part_of_a_second_apart_is_compared_in_every_order() -> None:
    both = [article(uid, QUAKE, title=TITLES[0], hours=hours) for uid, hours in (("s:1", 0), ("s:2", 72 + 0.5 / 3600))]
    at_once, *others = [published(*order).dump() for order in orders(both)]
    assert at_once["story_pairs"]
    assert all(each == at_once for each in others)


def test_a_rewrite_is_of_the_story_and_another_event_is_not() -> None:
    assert published([PTI, DESK, SINKING]).stories() == {
        "site:pti": "site:pti",
        "site:desk": "site:pti",
        "site:ferry": "site:ferry",
    }


def test_an_older_original_that_comes_late_gives_the_story_its_name_in_every_order() -> None:
    dumps = [published(*runs).dump() for runs in orders([PTI, DESK, LATE])]
    assert all(dump == dumps[0] for dump in dumps)
    assert {row[0] for row in dumps[0]["story_members"]} == {"site:late"}
    assert [row[0] for row in dumps[0]["stories"]] == ["site:late"]


def test_an_old_name_of_a_story_is_found_through_its_article() -> None:
    lake = published([PTI, DESK])
    name = lake.stories()["site:desk"]
    lake.publish(frame_of([LATE]))
    assert lake.stories()[name] == lake.stories()["site:desk"] == "site:late"


def test_a_correction_that_splits_a_story_leaves_what_would_be_there_without_the_mistake() -> None:
    mistaken = article("site:desk", QUAKE, title="Tremor shakes Kasukabe", hours=5, source="Desk")
    corrected = article("site:desk", FERRY, title="Herald Marlow sinks", hours=5, source="Desk")
    never = published([PTI, corrected]).dump()
    assert len(never["stories"]) == 2
    assert len(published([PTI, mistaken]).dump()["stories"]) == 1
    assert published([PTI, mistaken], [corrected]).dump() == never
    assert published([mistaken], [PTI], [corrected]).dump() == never
    assert published([mistaken], [corrected], [PTI]).dump() == never


def test_a_corrected_time_of_publication_moves_an_article_out_of_its_story() -> None:
    moved = {**DESK, "published_at": DAY + pd.Timedelta(days=40)}
    assert published([PTI, DESK], [moved]).dump() == published([moved, PTI]).dump()


def test_an_article_whose_time_becomes_known_joins_its_story() -> None:
    unknown = {**DESK, "published_at": None}
    assert published([PTI, unknown]).stories()["site:desk"] == "site:desk"
    assert published([PTI, unknown], [DESK]).dump() == published([PTI, DESK]).dump()


def test_an_article_that_merges_two_stories_does_so_in_every_order() -> None:
    # Under headlines of their own these are no copies of one another.
    ends = [
        article("site:w0", QUAKE, title="Tremor at Kasukabe"),
        article("site:w80", QUAKE, title="Kasukabe in pictures after what Monday did to the town", hours=80),
    ]
    between = article("site:between", QUAKE, title="Hundreds are hurt in all Saitama prefecture", hours=40)
    assert len(set(published(ends).stories().values())) == 2
    dumps = [published(*runs).dump() for runs in orders([*ends, between])]
    assert all(dump == dumps[0] for dump in dumps)
    assert {row[0] for row in dumps[0]["story_members"]} == {"site:w0"}


def test_a_new_headline_of_the_earliest_article_is_the_title_of_the_story() -> None:
    renamed = {**PTI, "title": "Kasukabe tremor hurts 1,412 people"}
    assert published([PTI, DESK], [renamed]).dump() == published([renamed, DESK]).dump()


def test_articles_seen_again_unchanged_write_nothing() -> None:
    lake = published([PTI, DESK, SINKING])
    found = lake.publish(frame_of([PTI, SINKING]))
    assert [len(rows) for rows in (*found.replaces.values(), *found.removes.values())] == [0] * 8


def test_a_copy_of_weeks_later_is_of_its_originals_story_in_every_order() -> None:
    first = article("site:first", REPORT, title="Kasukabe tremor hurts 1,412")
    copy = article("site:copy", REPORT, title="From the archive", hours=24 * 30, source="Desk")
    copy_of_copy = article("site:copy2", REPORT, title="From the archive", hours=24 * 300, source="Desk")
    rows = [first, copy, copy_of_copy]
    dumps = [published(*runs).dump() for runs in orders(rows)]
    assert all(dump == dumps[0] for dump in dumps)
    assert {row[0] for row in dumps[0]["story_members"]} == {"site:first"}
    evidence = {row[1]: row[4] for row in dumps[0]["story_members"]}
    assert evidence["site:copy"] == "site:first: repeats it"


def test_what_is_told_with_a_late_copy_is_of_the_originals_story() -> None:
    first = article("site:first", REPORT, title="Kasukabe tremor hurts 1,412")
    copy = article("site:copy", REPORT, title="Kasukabe tremor hurts 1,412", hours=24 * 6)
    later = article("site:later", QUAKE, title="Tremor at Kasukabe", hours=24 * 7)
    dumps = [published(*runs).dump() for runs in orders([first, copy, later])]
    assert all(dump == dumps[0] for dump in dumps)
    assert {row[0] for row in dumps[0]["story_members"]} == {"site:first"}
    assert len(set(published([first, later]).stories().values())) == 2


def test_a_copy_that_is_corrected_leaves_the_story_and_takes_with_it_what_hung_on_it() -> None:
    first = article("site:first", REPORT, title="Kasukabe tremor hurts 1,412")
    copy = article("site:copy", REPORT, title="Kasukabe tremor hurts 1,412", hours=24 * 6)
    later = article("site:later", QUAKE, title="Tremor at Kasukabe", hours=24 * 7)
    corrected = {**copy, "body": FERRY, "title": "Herald Marlow sinks"}
    never = published([first, corrected, later]).dump()
    assert len(never["stories"]) == 3
    assert published([first, copy, later], [corrected]).dump() == never
    assert published([copy, later], [first], [corrected]).dump() == never


def test_an_older_original_that_comes_late_takes_the_copies_with_their_story() -> None:
    first = article("site:first", REPORT, title="Kasukabe tremor hurts 1,412", hours=24 * 10)
    rewrite = article("site:rewrite", QUAKE, title="Kasukabe tremor", hours=24 * 10 + 3, source="Desk")
    oldest = article("site:oldest", REPORT, title="Kasukabe tremor hurts 1,412")
    at_once = published([first, rewrite, oldest])
    assert set(at_once.stories().values()) == {"site:oldest"}
    assert published([first, rewrite], [oldest]).dump() == at_once.dump()


def test_an_article_of_which_only_the_update_is_dated_counts_in_its_story() -> None:
    undated = {**PTI, "published_at": None, "updated_at": PTI["published_at"]}
    one_by_one = published([undated], [DESK])
    assert one_by_one.dump() == published([undated, DESK]).dump()
    assert [row[2:4] for row in one_by_one.dump()["stories"]] == [(2, ["Desk", "PTI"])]


def test_articles_far_apart_in_time_are_looked_for_apart_and_all_found() -> None:
    # Everyday words in another order under every one, so that none is a copy of another.
    everyday = "said also after they were with from that about there when more".split()
    told = [
        article(f"site:{n}", QUAKE, title=" ".join(random.Random(n).sample(everyday, 12)), hours=24 * 20 * (n // 2))
        for n in range(120)
    ]
    lake = published(told[::2], told[1::2])
    assert len(set(lake.stories().values())) == 60
    assert lake.dump() == published(told[1::2], told[::2]).dump()
