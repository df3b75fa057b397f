"""The text of a node is what a reader sees, on one line."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from spiders.reading.text import collapse, is_hidden, leftover_markup, plain, text_of, unescape


def node(markup: str):
    found = LexborHTMLParser(markup, scripting=True).css_first("body > *")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Tom &amp; Jerry</p>", "Tom & Jerry"),
        ("<p>Tom &amp;amp; Jerry</p>", "Tom & Jerry"),
        ("<p>Tom &amp;amp;amp; Jerry</p>", "Tom & Jerry"),
        ("<p>a&nbsp;&#160;\u202f b\n\tc  d</p>", "a b c d"),
        ("<p>&lt;b&gt;Bold&lt;/b&gt; claim</p>", "Bold claim"),
        ("<p>one&lt;br/&gt;two</p>", "one two"),
        ("<h1>one<br>two</h1>", "one two"),
        ("<p>J<b>oh</b>n</p>", "John"),
        ("<div>one<div>two</div>three</div>", "one two three"),
        ("<p>5 &lt; 6 and I &lt;3 you</p>", "5 < 6 and I <3 you"),
        ("<p>AT&amp;T and R&D, Q&amp;notary</p>", "AT&T and R&D, Q&notary"),
        ("<p>text<script>var a;</script><style>b{}</style><noscript>c</noscript> goes on</p>", "text goes on"),
        ("<p>हिन्दी \U0001f600 “quoted” ‘so’</p>", "हिन्दी \U0001f600 “quoted” ‘so’"),
        ("<p><!-- note -->seen</p>", "seen"),
        ("<p> \u00a0 </p>", None),
        ("<p></p>", None),
    ],
)
def test_a_node_reads_as_a_reader_sees_it(markup, text):
    assert text_of(node(markup)) == text


def test_no_node_has_no_text():
    assert text_of(None) is None


def test_depth_is_no_danger():
    assert text_of(node("<div>" * 5000 + "deep" + "</div>" * 5000)) == "deep"


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("&#x27;&#39;&quot;", "''\""),
        ("&amp;nbsp;", "\u00a0"),
        ("&unknown; &", "&unknown; &"),
        ("&#99999999;", "&#99999999;"),
    ],
)
def test_references_are_resolved_only_with_their_semicolon_and_when_they_mean_something(text, resolved):
    assert unescape(text) == resolved


def test_white_space_of_any_kind_collapses():
    assert collapse("\r\n a\u2003b\u3000\u00a0c\t") == "a b c"


def test_tags_of_blocks_part_words_and_others_do_not():
    assert plain("a<p>b</p>c<i>d</i>") == "a b cd"


@pytest.mark.parametrize(
    ("text", "found"),
    [("x <p>y", "<p>"), ("x &nbsp; y", "&nbsp;"), ("a < b > c", None), ("AT&T; R&D", None), ("plain", None)],
)
def test_markup_left_in_a_text_is_found(text, found):
    assert leftover_markup(text) == found


@pytest.mark.parametrize(
    ("markup", "hidden"),
    [
        ("<p hidden>x</p>", True),
        ('<figure class="Hidden figure">x</figure>', True),
        ('<p style="color:red; display : NONE">x</p>', True),
        ('<p class="hidden-xs">x</p>', False),
        ("<p>x</p>", False),
    ],
)
def test_what_is_hidden_is_known_as_such(markup, hidden):
    assert is_hidden(node(markup)) is hidden
