"""Whole words, leftmost and longest, as the same search word by word would find them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.matching import Matcher


def plainly(patterns, text):
    """The definition, written out: at each place the longest whole word, then on behind it."""

    def is_part(place):
        if not 0 <= place < len(text):
            return False
        return text[place].isalnum() or unicodedata.category(text[place]).startswith("M")

    found, place = [], 0
    while place < len(text):
        here = [each for each in patterns if text.startswith(each, place) and not is_part(place + len(each))]
        if here and not is_part(place - 1):
            best = max(here, key=len)
            found.append((best, place, place + len(best)))
            place += len(best)
        else:
            place += 1
    return found


def find(patterns, text):
    return [(patterns[number], start, end) for number, start, end in Matcher(patterns).find(text)]


PIECES = st.sampled_from(["a", "b", " ", "-", "é", "\u0301", "𝒜", "A", "'", "\n"])
TEXTS = st.lists(PIECES, max_size=25).map("".join)
PATTERNS = st.lists(st.lists(PIECES, min_size=1, max_size=5).map("".join), min_size=1, max_size=6, unique=True)


@settings(max_examples=400)
@given(PATTERNS, st.lists(TEXTS, max_size=5))
def test_the_same_matches_as_a_search_word_by_word_for_one_text_or_many(patterns, texts):
    matcher = Matcher(patterns)
    together = [
        [(patterns[number], start, end) for number, start, end in found]
        for found in matcher.find_all(texts).by_text(len(texts))
    ]
    assert together == [plainly(patterns, text) for text in texts]
    assert together == [find(patterns, text) for text in texts]


def test_a_name_within_a_word_hides_no_name():
    assert find(["Guinea", "Guinea-Bissau", "Bissau"], "Guinea-Bissaus") == [("Guinea", 0, 6)]
    assert find(["Niger", "Nigeria"], "Nigerians of Niger and Nigeria's") == [("Niger", 13, 18), ("Nigeria", 23, 30)]
    assert find(["Bank of", "of India", "Bank of India"], "Bank of Indiana of India") == [
        ("Bank of", 0, 7),
        ("of India", 16, 24),
    ]


def test_places_are_counted_in_characters():
    assert find(["Paris", "café"], "𝒜 é – Paris’ café") == [("Paris", 6, 11), ("café", 13, 17)]
    assert find(["भारत"], "भारतीय भारत।") == [("भारत", 7, 11)]


@pytest.mark.parametrize("pattern", ["", "a\0b"])
def test_a_pattern_that_cannot_be_searched_for_is_refused(pattern):
    with pytest.raises(ValueError, match="empty or holds"):
        Matcher(["x", pattern])


def test_no_texts_have_no_matches():
    assert list(Matcher(["x"]).find_all([]).by_text(0)) == []
    assert Matcher(["x"]).find("") == []
