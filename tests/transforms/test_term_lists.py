from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import term_lists
from transforms.errors import VocabularyError

LISTS = """
= a | first |
3 cup, world cup, city, kill~, WHO, news!
= b | second | a
5 world cup final
0 cup of tea
"""


def found(text, lists=LISTS):
    parsed = term_lists.parse(lists, "test.txt")
    return [(text[start:end], dict(parsed.meanings[term])) for start, end, term in parsed.hits(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cup is full", ["cup"]),
        ("cupboard, hiccup", []),
        ("Two CUPS and three cities", ["CUPS", "cities"]),
        ("a world cup final", ["world cup final"]),
        ("the world. Cup holders", ["Cup"]),
        ("killed, killing, kills, killer", ["killed", "killing", "kills"]),
        ("The city's cup", ["city", "cup"]),
        ("world-cup", ["world-cup"]),
        ("newses", []),
        ("", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_terms_are_whole_words_the_longest_first_in_their_forms(text, words):
    assert [each for each, _ in found(text)] == words


def test_a_term_of_weight_nought_keeps_shorter_ones_from_being_found_and_says_nothing():
    assert found("a cup of tea") == [("cup of tea", {})]


@pytest.mark.parametrize(
    ("text", "words"),
    [("said the WHO", ["WHO"]), ("those who said", []), ("MAN WHO SAID SO", []), ("MAN WHO SAID SO\nThe WHO", ["WHO"])],
)
def test_capitals_are_matched_as_written_and_say_nothing_in_a_line_of_capitals(text, words):
    assert [each for each, _ in found(text)] == words


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ("= a | b\n3 cup", "line 1"),
        ("3 cup", "line 1: terms before the first section"),
        ("= a | b |\ncup, city", "line 2"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(lists, message):
    with pytest.raises(VocabularyError, match=message):
        term_lists.parse(lists, "test.txt")


@given(st.text(), st.text())
def test_offsets_are_those_of_the_text_whatever_its_letters(before, after):
    text = f"{before} world cup {after}"
    assert ("world cup" in {words.lower() for words, _ in found(text)}) or "world cup final" in term_lists.fold(text)


@given(st.text())
def test_folding_keeps_every_place(text):
    assert len(term_lists.fold(text)) == len(text)
