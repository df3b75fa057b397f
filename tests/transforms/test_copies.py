"""Pairs of texts and what they say of articles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import transforms
from transforms.components import components

STORY = (
    "The council of the harbour town voted on Monday to close the old ferry dock for repairs after inspectors found"
    " cracks in three of its pillars and said that the passenger pier could carry the traffic until spring"
)
MARKET = (
    "The central bank entered the market to arrange {0} billion of customer repurchase agreements, a spokesman said."
    " Dealers said funds were trading at {1} percent when the bank began its temporary supply of reserves to banks."
)


def compare(*texts, title=None):
    frame = pd.DataFrame(
        {
            "article_uid": [f"s:{number}" for number in range(len(texts))],
            "title": title,
            "body": texts,
            "published_at": pd.Timestamp("2026-01-01", tz="UTC"),
        }
    )
    made = transforms.copy_texts(frame)
    candidates = transforms.copy_candidates(made.keys, made.keys.iloc[:0])
    return transforms.copy_pairs(candidates, made.texts), made


def test_an_edited_text_is_a_near_copy_and_its_similarity_is_the_jaccard_index():
    pairs, _ = compare(STORY, STORY.replace("spring", "autumn"))
    size = len(STORY.split()) - 2
    assert pairs["relation"].tolist() == ["near", "near"]
    assert pairs["similarity"].tolist() == [round((size - 1) / (size + 1), 4)] * 2
    assert set(zip(pairs["text_hash"], pairs["other_hash"], strict=True)) == set(
        zip(pairs["other_hash"], pairs["text_hash"], strict=True)
    )


def test_stories_of_one_template_are_no_copies_and_a_correction_of_a_number_is():
    report = (
        MARKET
        + " A year ago it had arranged 3.2 billion on 12 March, when funds were at 5.1, and 4 billion in May 2024."
    )
    first = report.format("1.5", "6.25")
    assert compare(MARKET.format("1.5", "6.25"), MARKET.format("2.7", "5.75"))[0].empty
    assert not compare(first, report.format("2.5", "6.25"))[0].empty


def test_a_text_inside_a_longer_one_is_found_and_said_from_both_sides():
    more = " ".join(f"unrelated{number}" for number in range(90))
    pairs, _ = compare(STORY, f"{more} {STORY} {more}")
    assert sorted(pairs["relation"]) == ["holds", "inside"]
    assert set(pairs["similarity"]) == {1.0}


@pytest.mark.parametrize("body", [None, "", " — ", "..."])
def test_an_article_without_words_is_not_compared(body):
    _, made = compare(body, body, title="The same headline over nothing at all")
    assert made.articles["text_hash"].isna().all()
    assert made.texts.empty


def test_frames_without_rows_give_frames_without_rows():
    pairs, made = compare()
    assert pairs.empty
    assert made.keys.empty
    assert transforms.copies(made.articles, pairs).empty


@given(edges=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14), seed=st.permutations(range(12)))
def test_components_are_those_that_walking_finds(edges, seed):
    left, right = (np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))
    expected = list(range(12))
    for _ in range(12):
        for a, b in edges:
            expected[a] = expected[b] = min(expected[a], expected[b])
    assert components(left, right, 12).tolist() == expected
    renamed = components(np.array(seed)[left], np.array(seed)[right], 12)
    assert len(set(renamed.tolist())) == len(set(expected))
