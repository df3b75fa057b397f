import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.folding import fold, fold_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("\u201cIt\u2019s\u201d \u2014 so", '"it\'s" - so'),
        ("Caf\u00e9 Stra\u00dfe \ufb01n", "cafe strasse fin"),
        ("\u0130stanbul \u0141\u00f3d\u017a \u00c6r\u00f8", "istanbul lodz aero"),
        ("\uff28\uff29 a\u2026", "hi a..."),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940"),
        ("\u039f\u03b4\u03cc\u03c2", "\u03bf\u03b4\u03bf\u03c3"),
        ("ASCII only", "ascii only"),
        ("", ""),
    ],
)
def test_folding_takes_typography_away_and_leaves_letters(text, folded):
    assert fold(text) == folded


def test_texts_that_differ_in_typography_alone_are_equal_words():
    assert fold_words("\u201cRain,\u201d  he said \u2014 again.") == fold_words('"rain" he said, again')
    assert fold_words("Rain fell") != fold_words("Rain falls")
    assert fold_words("!?") == ""


def test_a_number_is_one_word_with_its_separators():
    text = "1,500 of 2\u20133, at 10:30 on 26/11; 5.75%. In 2024, 5-year COVID-19 1-Israel"
    assert fold_words(text).split() == ("1,500 of 2-3 at 10:30 on 26/11 5.75% in 2024 5 year covid 19 1 israel".split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("up 5%", "up 5"),
        ("$5", "5"),
        ("at -5 degrees", "at 5 degrees"),
        ("1.5 million", "15 million"),
        ("up 5.5", "up 5 5"),
        ("won 3-2", "won 3, 2"),
        ("\u0915\u093f", "\u0915\u0940"),
    ],
)
def test_signs_that_change_what_is_said_are_no_typography(one, other):
    assert fold_words(one) != fold_words(other)


@given(st.text(max_size=30))
def test_folded_text_is_stable_whatever_form_it_came_in(text):
    assert fold(fold(text)) == fold(text)
    assert fold_words(fold_words(text)) == fold_words(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
