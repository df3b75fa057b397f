"""Copies are the same rows whatever the order and the batches in which their articles came."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import transforms
import warehouse
from flows.matching import match
from flows.publishing import to_arrow, to_removals
from warehouse import rebuilding

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = (
    "the river rose above its banks on tuesday night after three days of rain and families left the lower town for the"
    " school on the hill where the council had put up beds while boats brought those who had stayed too long and the"
    " mayor asked the army for help with the bridge that carries the only road to the north of the district before"
    " morning came and the water fell again"
).split()
OTHER = (
    "parliament passed the budget by four votes late on friday when two members of the small farmers party changed"
    " sides in return for a promise of cheaper seed and the minister of finance said that the deficit would shrink"
    " within a year if exports of tin held up and no new hospital was begun before the summer recess of the house"
).split()


def edited(words: list[str], *places: int) -> str:
    return " ".join(f"edit{place}" if place in places else word for place, word in enumerate(words))


#: Texts that repeat one another in every way there is, and some that do not.
TEXTS = {
    "original": " ".join(WORDS),
    "near": edited(WORDS, 20),
    "next": edited(WORDS, 20, 50),
    "far": edited(WORDS, 20, 50, 5),
    "shouted": " ".join(WORDS).upper() + "!",
    "part": " ".join(WORDS[:40]),
    "roundup": " ".join(WORDS[:45]) + " " + " ".join(OTHER),
    "other": " ".join(OTHER),
    "other part": " ".join(OTHER[5:50]),
    "short": "Details are awaited.",
    "none": "",
}


def article(number: int, text: str, hour: float | None) -> dict[str, Any]:
    at = None if hour is None else pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(hours=hour)
    return {"article_uid": f"s:{number}", "title": f"Headline {number}", "body": TEXTS[text], "published_at": at}


articles = st.lists(
    st.tuples(st.sampled_from(sorted(TEXTS)), st.one_of(st.none(), st.integers(0, 4))), min_size=1, max_size=12
).map(lambda rows: [article(number, *row) for number, row in enumerate(rows)])


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    names = tuple(each.name for each in warehouse.COPY_INDEX_TABLES)
    with duckdb.connect() as made, rebuilding.rebuilding(made, names):
        made.execute("SET TimeZone = 'UTC'")
        yield made


def emptied(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    for each in warehouse.COPY_INDEX_TABLES:
        connection.execute(f"DELETE FROM rebuilt.{each.name}")
    return connection


def add(connection: duckdb.DuckDBPyConnection, batch: list[dict[str, Any]]) -> int:
    matched = match(warehouse.CopyIndex(connection, "rebuilt"), pd.DataFrame(batch))
    rebuilding.write(
        connection,
        {name: to_arrow(name, frame) for name, frame in matched.appends.items()},
        {name: to_arrow(name, frame) for name, frame in matched.replaces.items()},
        {name: to_removals(frame) for name, frame in matched.removes.items()},
    )
    return matched.newly


def found(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute("FROM rebuilt.copies ORDER BY article_uid").fetchall()


def labels(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    return {uid: (canonical, relation) for uid, canonical, relation, *_ in found(connection)}


def from_scratch(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """All pairs of all texts compared, and no index."""
    made = transforms.copy_texts(pd.DataFrame(rows))
    hashes = sorted(made.texts["text_hash"])
    candidates = pd.DataFrame(list(itertools.combinations(hashes, 2)), columns=["text_hash", "other_hash"])
    pairs = transforms.copy_pairs(candidates.astype("int64"), made.texts)
    return list(transforms.copies(made.articles, pairs).itertuples(index=False, name=None))


few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@few
@given(rows=articles, data=st.data())
def test_any_order_any_batches_and_repeats_give_what_all_pairs_give(connection, rows, data) -> None:
    emptied(connection)
    order = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(rows)), max_size=3)) | {0, len(rows)})
    batches = [order[start:end] for start, end in itertools.pairwise(cuts)]
    repeated = data.draw(st.sampled_from(batches))
    for batch in [*batches, repeated]:
        add(connection, batch)
    assert found(connection) == from_scratch(rows)


@few
@given(before=articles, data=st.data())
def test_corrected_articles_move_with_their_texts(connection, before, data) -> None:
    emptied(connection)
    add(connection, before)
    changed = data.draw(st.lists(st.sampled_from(before), min_size=1, unique_by=lambda each: each["article_uid"]))
    after = [each | {"body": TEXTS[data.draw(st.sampled_from(sorted(TEXTS)))]} for each in changed]
    add(connection, after)
    now = {each["article_uid"]: each for each in [*before, *after]}
    assert found(connection) == from_scratch(list(now.values()))


def test_a_late_older_original_takes_the_place_of_the_canonical_article(connection) -> None:
    emptied(connection)
    assert add(connection, [article(1, "original", 5), article(2, "shouted", 6)]) == 1
    assert labels(connection) == {"s:2": ("s:1", "exact")}
    assert add(connection, [article(3, "near", 1)]) == 1
    assert labels(connection) == {"s:1": ("s:3", "near"), "s:2": ("s:3", "near")}


def test_a_correction_splits_a_group(connection) -> None:
    emptied(connection)
    add(connection, [article(1, "original", 1), article(2, "near", 2), article(3, "next", 3)])
    assert set(labels(connection)) == {"s:2", "s:3"}
    add(connection, [article(1, "other", 1)])
    assert labels(connection) == {"s:3": ("s:2", "near")}


def test_an_article_between_two_merges_them_and_they_part_when_it_is_corrected(connection) -> None:
    emptied(connection)
    add(connection, [article(1, "original", 1), article(2, "far", 2)])
    alone = labels(connection)
    add(connection, [article(3, "next", 3)])
    assert {canonical for canonical, _ in labels(connection).values()} == {"s:1"}
    assert set(labels(connection)) == {"s:2", "s:3"}
    add(connection, [article(3, "other", 3)])
    assert labels(connection) == alone


def test_a_roundup_does_not_glue_together_what_it_is_made_of(connection) -> None:
    emptied(connection)
    add(connection, [article(1, "part", 1), article(2, "other part", 2), article(3, "roundup", 3)])
    assert {uid for uid, (canonical, _) in labels(connection).items()} <= {"s:3"}
    emptied(connection)
    add(connection, [article(3, "roundup", 1), article(1, "part", 2), article(2, "other part", 3)])
    assert labels(connection) == {"s:1": ("s:3", "contained"), "s:2": ("s:3", "contained")}


def test_the_evidence_is_said_in_words(connection) -> None:
    emptied(connection)
    add(connection, [article(1, "original", 1), article(2, "near", 2), article(3, "part", 3)])
    evidence = {row[0]: row[-1] for row in found(connection)}
    size = len(WORDS) - 2
    assert evidence["s:2"] == f"s:1: {size - 3} of {size + 3} word triples are in both"
    assert evidence["s:3"].endswith("word triples are in that text")


def test_articles_without_a_text_are_no_copies(connection) -> None:
    emptied(connection)
    assert add(connection, [article(1, "none", 1), article(2, "none", 2)]) == 0
    assert labels(connection) == {}


def test_a_few_words_count_with_their_headline(connection) -> None:
    emptied(connection)
    same = article(3, "short", 3) | {"title": "Headline 1"}
    add(connection, [article(1, "short", 1), article(2, "short", 2), same])
    assert labels(connection)["s:3"] == ("s:1", "exact")
