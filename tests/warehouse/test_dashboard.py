"""The dashboard's facts are true, bounded and of one snapshot, and no text in them can become part of the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from tests.warehouse.rows import NOON, at, rows
from warehouse.dashboard import assemble, gather
from warehouse.dashboard.assembling import escaped_json
from warehouse.dashboard.facts import shown

if TYPE_CHECKING:
    from warehouse import Location


def fill(location: Location, **tables: list[dict[str, Any]]) -> None:
    """Puts rows into the lake as they are."""
    with warehouse.connect(location, read_only=False) as connection:
        for table, facts in tables.items():
            connection.register("given", rows(table, *facts))
            connection.execute(f"INSERT INTO lake.{table} BY NAME FROM given")
            connection.unregister("given")


def unpacked(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer, as the page's script unpacks them."""
    columns = {
        name: column if isinstance(column, list) else [column["of"][i] for i in column["at"]]
        for name, column in answer.items()
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def article(uid: str, hours: float = 0, **facts: Any) -> dict[str, Any]:
    return {
        "article_uid": uid, "site": "s", "url": uid, "title": uid, "section": "sport", "source_agency": "PTI",
        "published_at": at(hours), "last_seen_at": at(1), "run_id": "r", **facts,
    }  # fmt: skip


def test_every_article_is_in_one_cell_of_the_volume(location: Location) -> None:
    ages = [0, 1, 30, 24 * 8, 24 * 31, 24 * 102, 24 * 103]
    fill(location, articles=[article(f"s:{age}", -age) for age in ages])
    cells = unpacked(gather(location)["volume"])
    assert [(each["band"], each["articles"]) for each in cells] == [(4, 2), (3, 1), (2, 1), (1, 1), (0, 1), (0, 1)]


def test_an_article_dated_in_the_future_moves_no_period_and_is_counted(location: Location) -> None:
    fill(location, articles=[article("s:1"), article("s:2", -2), article("s:3", hours=24 * 900)])
    facts = gather(location)
    assert [each["band"] for each in unpacked(facts["volume"])] == [0, 0]
    (site,) = unpacked(facts["sites"])
    assert (site["articles"], site["future"], site["newest_at"]) == (3, 1, NOON.timestamp())


def test_an_article_without_topic_or_agency_is_filed_all_the_same(location: Location) -> None:
    facts = [
        article("s:1", section=None, source_agency=None, syndication="own"),
        article("s:2", section=None, source_agency=None, syndication="unknown"),
    ]
    fill(location, articles=facts)
    cells = unpacked(gather(location)["volume"])
    assert [(each["topic"], each["agency"]) for each in cells] == [
        ("not filed", "Not named"),
        ("not filed", "Own newsroom"),
    ]


def test_agencies_and_texts_are_bounded_however_many_and_long_they_are(location: Location) -> None:
    many = [article(f"s:{i}", source_agency=f"agency {i}", title="long " * 2_000) for i in range(40)]
    story = told([f"s:{i}" for i in range(40)])
    fill(location, **{**story, "articles": many})
    facts = gather(location)
    assert len({each["agency"] for each in unpacked(facts["volume"])}) == 15
    assert {len(each["title"]) for each in unpacked(facts["story_articles"])} == {300}


def told(uids: list[str], **facts: Any) -> dict[str, list[dict[str, Any]]]:
    """A story of these articles, an hour apart."""
    story = {"story_id": uids[0], "articles": len(uids), "first_published_at": NOON, "last_published_at": NOON}
    return {
        "articles": [article(uid, -hour, **facts) for hour, uid in enumerate(uids)],
        "stories": [story],
        "story_members": [{"story_id": uids[0], "article_uid": uid, "published_at": NOON} for uid in uids],
    }


def test_the_biggest_story_of_every_filter_is_there_however_many_are_bigger(location: Location) -> None:
    many = [told([f"s:{story}-{i}" for i in range(3)]) for story in range(40)]
    small = [told([f"s:{name}-0", f"s:{name}-1"], **{column: name}) for column, name in (
        ("site", "small-site"), ("section", "small-topic"), ("source_agency", "small-agency")
    )]  # fmt: skip
    facts = [*many, *small]
    fill(location, **{name: [row for each in facts for row in each[name]] for name in facts[0]})
    answers = gather(location)
    cells, stories = unpacked(answers["story_cells"]), unpacked(answers["stories"])
    for column in ("site", "topic", "agency"):
        of_it = {each["story_id"] for each in cells if each[column] == f"small-{column}"}
        assert of_it == {f"s:small-{column}-0"} <= {each["story_id"] for each in stories}
    assert len(stories) == 33


def test_a_story_is_counted_in_full_and_listed_in_part(location: Location) -> None:
    fill(location, **told([f"s:{i:02}" for i in range(60)]))
    answers = gather(location)
    ((story,), listed) = unpacked(answers["stories"]), unpacked(answers["story_articles"])
    assert (story["articles"], story["last_at"] - story["first_at"]) == (60, 59 * 3600)
    assert sum(each["articles"] for each in unpacked(answers["story_cells"])) == 60
    assert [each["article_uid"] for each in listed] == [f"s:{i:02}" for i in range(59, 9, -1)]


def test_a_place_on_the_trending_list_is_told_where_it_changes(location: Location) -> None:
    def sight(run: int, rank: int) -> dict[str, Any]:
        return {
            "observed_at": at(run), "site": "s", "section": "trending", "rank": rank, "article_uid": "s:1",
            "title": "One", "page_uid": "home", "run_id": f"r{run}",
        }  # fmt: skip

    other = [
        {**sight(run, 9), "article_uid": "s:2", "title": "Two"} for run in range(7)
    ]  # the list is looked at each time
    mine = [sight(0, 3), sight(1, 3), sight(2, 3), sight(3, 1), sight(6, 1)]  # gone at 4 and 5
    fill(location, sidebars=[*other, *mine])
    found = [each for each in unpacked(gather(location)["trending"]) if each["entry"] == "s:1"]
    told = sorted((each["looked_at"] - NOON.timestamp()) // 3600 for each in found)
    assert told == [0, 2, 3, 6]
    assert len({each["stretch"] for each in found}) == 2


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_sights_at_the_same_time_the_same_one_counts_in_any_order(location: Location, order: int) -> None:
    each = {"observed_at": NOON, "site": "s", "section": "trending", "article_uid": "s:1", "run_id": "r"}
    sights = [{**each, "page_uid": "one", "rank": 1}, {**each, "page_uid": "two", "rank": 2}]
    for sight in sights[::order]:
        fill(location, sidebars=[sight])
    (found,) = unpacked(gather(location)["trending"])
    assert found["rank"] == 2


def test_a_correction_is_shown_with_what_it_corrected(location: Location) -> None:
    first = {**article("s:1"), "revision": 1, "title": "Six dead", "observed_at": at(0)}
    second = {
        **article("s:1"), "revision": 2, "title": "Seven dead", "observed_at": at(1), "changed_fields": ["title"],
        "is_content_change": True, "change_kind": "correction",
    }  # fmt: skip
    fill(location, articles=[article("s:1")], revisions=[first, second])
    (change,) = unpacked(gather(location)["changes"])
    assert (change["title_before"], change["title_after"]) == ("Six dead", "Seven dead")


@pytest.mark.parametrize(
    ("kind", "title"),
    [("typographic", "SIX DEAD"), ("reading", "Six dead in fire"), ("addition", "Six dead")],
)
def test_a_change_of_case_or_of_how_we_read_is_no_changed_headline(location: Location, kind: str, title: str) -> None:
    first = {**article("s:1"), "revision": 1, "title": "Six dead"}
    second = {
        **first, "revision": 2, "title": title, "changed_fields": ["body"] if title == "Six dead" else ["title"],
        "is_content_change": True, "change_kind": kind,
    }  # fmt: skip
    fill(location, articles=[article("s:1")], revisions=[first, second])
    assert unpacked(gather(location)["changes"]) == []


def test_a_failed_check_of_an_older_run_is_told_from_one_of_the_newest(location: Location) -> None:
    runs = [{"run_id": f"2025121{i}T000000Z-s-abcdef", "site": "s", "published_at": at(i)} for i in (0, 1)]
    checks = [
        {"run_id": each["run_id"], "check": "small_run", "passed": False, "checked_at": each["published_at"]}
        for each in runs
    ]
    fill(location, runs=runs, checks=checks)
    found = unpacked(gather(location)["checks"])
    assert [(each["run_id"][:8], each["is_newest"]) for each in found] == [("20251211", True), ("20251210", False)]


def test_what_failed_in_the_newest_run_of_a_site_is_shown_however_much_failed_elsewhere(location: Location) -> None:
    quiet = {"run_id": "20251210T000000Z-quiet-abcdef", "check": "small_run", "passed": False, "checked_at": at(0)}
    noisy = [
        {**quiet, "run_id": f"20251210T{hour:02}0000Z-noisy-abcdef", "subject": f"{number}", "checked_at": at(hour)}
        for hour in range(1, 12)
        for number in range(10)
    ]
    fill(location, checks=[quiet, *noisy])
    found = unpacked(gather(location)["checks"])
    assert len(found) == 61
    assert (found[-1]["site"], found[-1]["is_newest"]) == ("quiet", True)


def test_a_run_that_was_stopped_and_is_in_no_runs_shows_its_failed_check(location: Location) -> None:
    check = {"run_id": "20251210T000000Z-my-site-abcdef", "check": "ledger_reconciles", "passed": False}
    fill(location, checks=[check])
    assert [each["site"] for each in unpacked(gather(location)["checks"])] == ["my-site"]


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "a & b", "line\u2028end", '"\\'])
def test_no_text_ends_the_element_it_is_in(text: str) -> None:
    json_text = escaped_json({"title": text})
    assert not set("<>&\u2028\u2029") & set(json_text)
    assert json.loads(json_text) == {"title": text}


def test_text_cannot_steer_the_text_around_it() -> None:
    assert shown("abc\u202etxt.exe\x1b[31m") == "abc\ufffdtxt.exe\ufffd[31m"
    assert shown(["ok\u2066"]) == ["ok\ufffd"]


def test_a_number_that_json_does_not_know_is_none() -> None:
    assert shown(float("nan")) is None


def test_what_is_put_into_the_page_is_no_template(location: Location) -> None:
    fill(location, articles=[article("s:1", source_agency="{{style.css}} %POLICY% %FACTS%")])
    page = assemble({**gather(location), "made_at": 0, "left_lying": []})
    assert page.count("{{style.css}} %POLICY% %FACTS%") == 1
    assert page.count("<style>") == 1


def test_the_libraries_are_the_ones_that_the_licences_name() -> None:
    page = assemble({})
    assert "// https://d3js.org v7.9.2 " in page
    assert "// @observablehq/plot v0.6.17 " in page
