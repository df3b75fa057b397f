"""Texts as sets of shingles: the same words give the same sets, wherever and beside whatever they stand."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.match_keys import match_keys
from transforms.shingles import has_figure, shingles

LETTERS = st.text(alphabet="abcdé 12,.’\n", max_size=60)


def parts(made):
    starts = np.append(0, made.ends[:-1])
    return [made.hashes[start:end].tolist() for start, end in zip(starts, made.ends, strict=True)]


@given(texts=st.lists(LETTERS, max_size=6))
def test_words_shingles_and_phrases_are_those_that_plain_python_counts(texts):
    made = shingles(texts)
    words = [re.findall(r"\w+", text.casefold()) for text in texts]
    assert made.words.tolist() == [len(each) for each in words]
    assert made.sizes().tolist() == [len({tuple(w[i : i + 3]) for i in range(len(w) - 2)}) for w in words]
    assert np.diff(made.phrase_ends, prepend=0).tolist() == [max(len(each) - 7, 0) for each in words]


@given(texts=st.lists(LETTERS, min_size=1, max_size=6))
def test_a_text_has_the_same_hashes_alone_and_in_any_batch(texts):
    together, alone = shingles(texts), [shingles([text]) for text in texts]
    assert parts(together) == [parts(each)[0] for each in alone]
    assert together.fingerprints.tolist() == [each.fingerprints[0] for each in alone]


@given(text=st.text(max_size=80))
def test_any_text_at_all_is_folded_without_failing(text):
    assert len(shingles([text, "and another"])) == 2


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The cat sat, on the mat", "THE CAT — sat on the mat!"),
        ("it’s ‘quoted’ text", "it's 'quoted' text"),
        (
            "caf\u00e9 na\u00efve r\u00e9sum\u00e9",
            unicodedata.normalize("NFD", "caf\u00e9 na\u00efve r\u00e9sum\u00e9"),
        ),
        ("soft\u00adhyphen zero\u200bwidth words", "softhyphen zerowidth words"),
        ("a\u00a0no break space", "a no  break\nspace"),
    ],
)
def test_what_folding_makes_equal(left, right):
    one, other = shingles([left, right]).fingerprints
    assert one == other


def test_the_order_of_words_counts():
    one, other = shingles(["dog bites man today", "man bites dog today"]).fingerprints
    assert one != other


def test_scripts_without_blanks_are_cut_into_characters():
    assert shingles(["東京は晴れ。大阪は雨"]).words.tolist() == [9]


def test_shingles_with_a_number_or_a_date_are_marked():
    made = shingles(["rates rose in april", "rates rose by 25", "rates rose once again"])
    assert [int(has_figure(np.array(each, dtype=np.uint32)).sum()) for each in parts(made)] == [1, 1, 0]


def test_a_text_longer_than_a_chunk_is_hashed_like_any_other():
    long = "word and some more of it " * 50_000
    made = shingles(["before it", long, "after it comes this"])
    assert made.words.tolist() == [2, 300_000, 4]
    assert parts(made)[1] == parts(shingles([long]))[0]


def test_keys_depend_on_the_text_alone():
    text = " ".join(f"word{number}" for number in range(300))
    alone, beside = match_keys(shingles([text])), match_keys(shingles(["something else entirely here", text]))
    assert sorted(alone.keys) == sorted(beside.keys[beside.texts == 1])
    assert len(alone.keys) > 12
