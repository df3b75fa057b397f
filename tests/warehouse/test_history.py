from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from tests.warehouse.conftest import copy_of
from tests.warehouse.rows import NOON, articles, at, revisions, rows, run
from tests.warehouse.test_publish import ask

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


def publish(location: warehouse.Location, run_id: str, published_at: dt.datetime, **tables: pa.Table) -> None:
    replaces = {name: tables.pop(name) for name in ("articles",) if name in tables}
    warehouse.publish(
        location, run_id, {"runs": run(run_id, published_at=published_at), **tables}, replaces, check=False
    )


def revision(number: int, seen: float, known: float, **facts: Any) -> dict[str, Any]:
    return {"revision": number, "observed_at": at(seen), "recorded_at": at(known), **facts}


@pytest.fixture(scope="module")
def edited(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> warehouse.Location:
    """Article a is published at 0 h, seen at 1 h, edited at 2 h (it says so), seen so at 5 h; then edited in silence.

    An old capture of it, from 0.5 h, is learned at 20 h.
    """
    location = copy_of(empty_warehouse, tmp_path_factory.mktemp("edited"))
    history = [
        revision(2, 1, 1.1, title="first", published_at=at(0), updated_at=at(0)),
        revision(3, 5, 5.1, title="second", published_at=at(0), updated_at=at(2)),
        revision(4, 9, 9.1, title="third", published_at=at(0), updated_at=at(2)),
        revision(1, 0.5, 20, title="draft", published_at=at(0), updated_at=at(0)),
    ]
    for number, facts in enumerate(history):
        run_id = f"run-{number}"
        publish(
            location,
            run_id,
            facts["recorded_at"],
            revisions=revisions(run_id, ["a"], **facts),
            articles=articles(run_id, ["a"], title="third", revision=4, first_seen_at=at(0.5), last_seen_at=at(9)),
        )
    publish(
        location,
        "run-again",
        at(12),
        fetches=rows(
            "fetches", {"run_id": "run-again", "article_uid": "a", "outcome": "unchanged", "fetched_at": at(11)}
        ),
    )
    return location


def test_a_revision_is_superseded_when_the_next_was_seen(edited: warehouse.Location) -> None:
    found = ask(edited, "SELECT title, superseded_at FROM revisions ORDER BY observed_at")
    assert found == [("draft", at(1)), ("first", at(5)), ("second", at(9)), ("third", None)]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (1.0, []),
        (1.2, [("first", 2, at(1), at(1))]),
        (5.0, [("first", 2, at(1), at(1))]),
        (5.2, [("second", 3, at(1), at(5))]),
        (10, [("third", 4, at(1), at(9))]),
        (13, [("third", 4, at(1), at(11))]),
        (30, [("third", 4, at(0.5), at(11))]),
    ],
)
def test_articles_as_of_is_what_the_warehouse_knew(
    edited: warehouse.Location, hours: float, expected: list[tuple[Any, ...]]
) -> None:
    sql = f"SELECT title, revision, first_seen_at, last_seen_at FROM articles_as_of('{at(hours).isoformat()}')"
    assert ask(edited, sql) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (-0.1, []),
        (0, [("draft", at(0))]),
        (0.9, [("draft", at(0))]),
        (1.5, [("first", at(1))]),
        (2, [("second", at(2))]),
        (8.9, [("second", at(2))]),
        (9, [("third", at(9))]),
    ],
)
def test_articles_site_as_of_is_what_the_site_said(
    edited: warehouse.Location, hours: float, expected: list[tuple[Any, ...]]
) -> None:
    sql = f"SELECT title, said_from_at FROM articles_site_as_of('{at(hours).isoformat()}')"
    assert ask(edited, sql) == expected


def test_a_text_is_not_older_than_our_sight_of_the_one_before_nor_newer_than_our_sight_of_it(
    location: warehouse.Location,
) -> None:
    for number, facts in enumerate(
        [
            revision(1, 1, 1, title="first", updated_at=at(0)),
            revision(2, 2, 2, title="backdated", updated_at=at(0.5)),
            revision(3, 3, 3, title="postdated", updated_at=at(50)),
        ]
    ):
        publish(
            location,
            f"run-{number}",
            facts["recorded_at"],
            revisions=revisions(f"run-{number}", ["a"], **facts),
            articles=articles(f"run-{number}", ["a"]),
        )
    for hours, title in [(0.7, "first"), (1, "first"), (1.001, "backdated"), (2.999, "backdated"), (3, "postdated")]:
        assert ask(location, f"SELECT title FROM articles_site_as_of('{at(hours).isoformat()}')") == [(title,)]


def test_the_columns_of_an_article_as_of_are_those_of_articles(edited: warehouse.Location) -> None:
    with warehouse.connect(edited) as connection:
        now = connection.execute("FROM articles").to_arrow_table().schema
        then = connection.execute("FROM articles_as_of(now())").to_arrow_table().schema
        said = connection.execute("SELECT * EXCLUDE (said_from_at) FROM articles_site_as_of(now())").to_arrow_table()
    assert {f.name: f.type for f in then} == {f.name: f.type for f in now} == {f.name: f.type for f in said.schema}


def entry(minutes: float, rank: int, uid: str | None, **facts: Any) -> dict[str, Any]:
    seen = {"observed_at": at(minutes / 60), "rank": rank, "article_uid": uid, "section": "trending", "site": "s"}
    return {**seen, "title": f"about {uid}", "page_uid": f"page-{minutes}", **facts}


def test_trending_is_the_rank_over_time_per_edition(location: warehouse.Location) -> None:
    seen = [
        *(entry(0, 1, "a"), entry(0, 2, "b")),
        *(entry(0.4, 1, "a"), entry(0.4, 2, "b")),
        *(entry(15, 1, "b"), entry(15, 2, "a")),
        entry(15, 1, "a", edition="south-asia", page_uid="page-elsewhere"),
        entry(15, 3, None, url="https://x.example/live", title="Live", page_uid="page-15"),
        entry(15, 1, "c", section="latest", page_uid="page-15"),
    ]
    publish(location, "run-1", NOON, sidebars=rows("sidebars", *seen))
    found = ask(location, "SELECT edition, observed_at, rank, rank_change, title, pages FROM trending ORDER BY ALL")
    assert found == [
        ("south-asia", at(0.25), 1, None, "about a", 1),
        (None, at(0.4 / 60), 1, None, "about a", 2),
        (None, at(0.4 / 60), 2, None, "about b", 2),
        (None, at(0.25), 1, 1, "about b", 1),
        (None, at(0.25), 2, -1, "about a", 1),
        (None, at(0.25), 3, None, "Live", 1),
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_of_sights_at_the_same_time_the_same_one_counts_in_any_order(location: warehouse.Location, order: int) -> None:
    sights = [entry(0, 1, "a", page_uid="one"), entry(0, 2, "a", page_uid="two"), entry(0, 3, "a", page_uid="two")]
    for number, sight in enumerate(sights[::order], 1):
        publish(location, f"run-{number}", at(number), sidebars=rows("sidebars", sight))
    assert ask(location, "SELECT rank, pages FROM trending") == [(2, 2)]


def publish_revision(location: warehouse.Location, number: int, facts: dict[str, Any]) -> None:
    """A run that finds this revision of the article a."""
    publish(
        location,
        f"run-{number}",
        at(number),
        revisions=revisions(f"run-{number}", ["a"], **revision(number, number, number), **facts),
        articles=articles(f"run-{number}", ["a"], revision=number),
    )


def test_what_a_revision_did_to_each_paragraph_can_be_asked(
    empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    location = copy_of(empty_warehouse, tmp_path_factory.mktemp("paragraphs"))
    changes = {"paragraphs_added": ["New."], "paragraphs_removed": ["Old."]}
    changes |= {"paragraphs_before": ["One."], "paragraphs_after": ["Two."]}
    untouched = dict.fromkeys(changes, None) | {"change_kind": "first"}
    for number, facts in enumerate((untouched, changes | {"change_kind": "correction"}), 1):
        publish_revision(location, number, facts)
    found = ask(location, "SELECT revision, change_kind, change, before, after FROM paragraph_changes ORDER BY change")
    assert found == [
        (2, "correction", "added", None, "New."),
        (2, "correction", "edited", "One.", "Two."),
        (2, "correction", "removed", "Old.", None),
    ]


def test_word_changes_say_which_words_a_revision_removed_and_added(location: warehouse.Location) -> None:
    texts = [
        {"title": "Ten die in flood", "body": "Rain fell. Ten people died, the police said."},
        {
            "title": "Twelve die in flood",
            "body": "The police said: twelve people, two of them children, died. Rain fell.",
        },
        {"title": "TWELVE die in flood", "body": None},
    ]
    for number, text in enumerate(texts, 1):
        publish(
            location,
            f"run-{number}",
            at(number),
            revisions=revisions(
                f"run-{number}", ["a"], **revision(number, number, number), **text, is_content_change=number > 1
            ),
            articles=articles(f"run-{number}", ["a"], revision=number),
        )
    found = ask(
        location, "SELECT revision, field, removed, added FROM word_changes WHERE article_uid = 'a' ORDER BY ALL"
    )
    assert found == [
        (2, "body", ["Ten"], ["twelve", "two", "of", "them", "children"]),
        (2, "title", ["Ten"], ["Twelve"]),
        (3, "body", "The police said twelve people two of them children died Rain fell".split(), []),
    ]


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ("A b a end.", "A c a b a end.", "", "c a"),
        ("Rain fell.\n\nPolice said so.", "Police said: rain fell.\n\nPolice said so.", "", "Police said"),
        ("One fell. The police came.", "The police saw: one fell. The police came.", "", "The police saw"),
        ("x police came; y; z police left", "x police police came; y; z police of India left", "", "police of India"),
        ("Israel approves", "UPDATE 1-Israel approves", "", "UPDATE 1"),
        ("COVID-19 and an ex-mayor", "Covid-20 and an ex-mayor", "COVID-19", "Covid-20"),
        ("five\u00adfold", "5-year-old F-16", "five fold", "5 year-old F-16"),
        ("same, text", "Same text!", None, None),
        ("", "all new", "", "all new"),
        ("all gone", "", "all gone", ""),
        ("a b c", "a b c a b c", "", "a b c"),
    ],
)
def test_of_a_word_said_twice_the_one_that_changed_is_named_in_its_place(
    location: warehouse.Location, before: str, after: str, removed: str | None, added: str | None
) -> None:
    for number, text in enumerate((before, after), 1):
        facts = {"body": text or None, "is_content_change": number > 1}
        publish_revision(location, number, facts)
    found = ask(location, "SELECT removed, added FROM word_changes WHERE field = 'body'")
    assert found == ([] if removed is None or added is None else [(removed.split(), added.split())])
