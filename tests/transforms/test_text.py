import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.text import clean_list, clean_or_none, clean_text, count_words, encodable

ODDITIES = st.sampled_from(
    ["&", "amp;", "&amp;", "#38;", "&#x26;", "&lt;", "lt;", "&nbsp;", "\u200b", "\u200d", "\u200c", "\ufeff", "\u00a0",
     " ", "\n", "\x00", "\x1f", "\u202e", "e", "\u0301", "\u0915", "\u094d", "\u0937", "\u2764", "\ufe0f", "\U0001f525",
     "\U0001f3f4", "\U000e0067", "\U000e007f", "\ud800", "\u037e", "\u00ad", "\ufffe", "\u06cc", "\u0645", "&#8203;"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "clean"),
    [
        ("plain text", "plain text"),
        ("  two\u00a0\u00a0spaces \t\r\n and a line\u2028break ", "two spaces and a line break"),
        ("cafe\u0301", "café"),
        ("\u201csmart\u201d \u2018quotes\u2019 \u2013 stay", "\u201csmart\u201d \u2018quotes\u2019 \u2013 stay"),
        ("zero\u200bwidth\ufeff, \u202eturned\u202c, soft\u00adhyphen", "zerowidth, turned, softhyphen"),
        ("\x07bell, \x00null, \x9dstring end", "bell, null, string end"),
        ("R&amp;D", "R&D"),
        ("R&amp;amp;amp;D &#38;amp;lt; &quot;x&quot;", 'R&D < "x"'),
        ("a&nbsp;b&#160;c", "a b c"),
        ("?a=1&copy=2&notit;", "?a=1&copy=2&notit;"),
        ("AT&T, Q&A;", "AT&T, Q&A;"),
        ("<b>markup</b> stays", "<b>markup</b> stays"),
        ("a\ud800b", "a\ufffdb"),
    ],
)
def test_clean_text_is_what_a_reader_sees(found, clean):
    assert clean_text(found) == clean


@pytest.mark.parametrize(
    "sequence",
    [
        "\u0915\u094d\u200d\u0937",  # Devanagari half form
        "\u0d28\u0d4d\u200d",  # old Malayalam chillu at the end of a word
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # family
        "\u2764\ufe0f\u200d\U0001f525",  # heart on fire
        "\U0001f3f4\u200d\u2620\ufe0f",  # pirate flag
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England
    ],
)
def test_joiners_that_change_what_is_read_stay(sequence):
    assert clean_text(f"x {sequence} y") == f"x {sequence} y"


@pytest.mark.parametrize("text", ["a\u200db", "a\u200cb", "\u200dab", "a\u200d\u0915b", "ab\U000e0067"])
def test_joiners_and_tags_elsewhere_go(text):
    assert clean_text(text) in {"ab", "a\u0915b"}


@given(st.text() | st.lists(ODDITIES, max_size=12).map("".join))
@settings(deadline=None)
def test_cleaning_clean_text_changes_nothing(text):
    once = clean_text(text)
    assert clean_text(once) == once
    assert once == once.strip()
    assert "  " not in once
    once.encode()


def test_a_chain_of_escapes_takes_no_time():
    assert clean_text("&" + "amp;" * 200_000 + "lt;") == "<"
    assert len(clean_text("&#3&#5" * 20_000)) == 120_000


def test_what_is_no_text_or_has_none_is_null():
    assert clean_or_none(None) is None
    assert clean_or_none(float("nan")) is None
    assert clean_or_none(" \u200b\u00a0") is None
    assert clean_list(["a", " ", None, 3, " b "]) == ["a", "b"]
    assert clean_list(float("nan")) == []


def test_text_as_found_stays_but_for_what_no_file_can_hold():
    assert encodable(" a\u200b\ud83d ") == " a\u200b\ufffd "
    assert encodable(3) is None


def test_what_parts_table_cells_is_no_word() -> None:
    assert count_words("Year | Rate\n\n2024 | 7.5 per cent") == 6
    assert count_words(None) == 0
