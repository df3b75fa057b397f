"""A body becomes the paragraphs a reader would count, and nothing else."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from spiders.reading.paragraphs import read_paragraphs, split_attribution


def paragraphs(markup: str, **options) -> list[str]:
    root = LexborHTMLParser(f"<main>{markup}</main>", scripting=True).css_first("main")
    assert root is not None
    return read_paragraphs(root, **options)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a</p><p>b</p>", ["a", "b"]),
        ("a<br>b<br/><br>c", ["a", "b", "c"]),
        ("<p>a<br>b</p>", ["a b"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("<div>a<br>b</div>", ["a", "b"]),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", ["a", "b", "c"]),
        ("<ol><li><p>a</p><p>b</p></li></ol>", ["a", "b"]),
        ("<blockquote>a<br>b</blockquote>", ["a b"]),
        ("<blockquote><p>a</p><footer>b</footer></blockquote>", ["a", "b"]),
        ("<h2>a</h2>b", ["a", "b"]),
        ("a <b>b</b><i>c</i> d", ["a bc d"]),
        ("<p>a</p>b<p>c</p>", ["a", "b", "c"]),
        ("<span><p>a</p></span>", ["a"]),
        ("<dl><dt>a</dt><dd>b</dd></dl>", ["a", "b"]),
        ("<p>a<p>b", ["a", "b"]),
        ("<p>&nbsp;</p><p> </p>", []),
        ("", []),
        ("a<hr>b", ["a", "b"]),
    ],
)
def test_each_innermost_block_or_bare_line_is_a_paragraph(markup, expected):
    assert paragraphs(markup) == expected


def test_a_table_row_is_a_paragraph_of_its_cells():
    table = (
        "<table><caption>Deaths</caption><tr><th>Year</th><th>No.</th></tr>"
        "<tr><td>2024</td><td><p>7</p><p>8</p></td></tr></table>"
    )
    assert paragraphs(table) == ["Deaths", "Year | No.", "2024 | 7 8"]


@pytest.mark.parametrize(
    "markup",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<noscript><p>x</p></noscript>",
        "<iframe>x</iframe>",
        "<figure><img alt=x><figcaption>x</figcaption></figure>",
        "<video controls><p>x</p></video>",
        "<form><p>x</p></form>",
        "<button>x</button>",
        '<blockquote class="twitter-tweet"><p>x</p></blockquote>',
        '<blockquote class="instagram-media"><p>x</p></blockquote>',
        '<div class="advertisement-area"><p>x</p></div>',
        '<ul class="share-button-list"><li>x</li></ul>',
        '<a class="btn social-btn">x</a>',
        "<p hidden>x</p>",
        '<p style="display:none">x</p>',
        "<p>Advertisement</p>",
        "<p>ADVERTISEMENT</p>",
        "<p>POST / READ COMMENTS</p>",
        "<p>SHARE</p>",
        "<p>Share on Facebook</p>",
        "<p>READ MORE ON:</p>",
        '<p>ALSO READ: <a href="/x">x</a></p>',
        '<p>Also Read | <a href="/x">x</a></p>',
        '<p>ALSO READ</p><ul><li><a href="/x">x</a></li><li><a href="/y">y</a></li></ul>',
        '<p><b>Also read:</b></p><p><a href="/x">x</a></p>',
        "<!-- x -->",
    ],
)
def test_what_is_not_text_of_the_story_is_left_out(markup):
    assert paragraphs(f"<p>before</p>{markup}<p>after</p>") == ["before", "after"]


@pytest.mark.parametrize(
    "text",
    [
        "Also read at the ceremony was a letter.",
        "Share prices rose.",
        "Share this year's prize, they said.",
        "Advertisement spending fell.",
    ],
)
def test_sentences_that_only_begin_like_it_stay(text):
    assert paragraphs(f"<p>{text}</p>") == [text]


def test_a_linked_paragraph_stays_where_no_heading_says_also_read():
    assert paragraphs('<p><a href="/x">The report</a></p>') == ["The report"]


def test_classes_of_the_site_can_be_left_out():
    assert paragraphs('<p>a</p><div class="Also-Container x"><p>b</p></div>', skipped_classes=["also-container"]) == [
        "a"
    ]


def test_depth_is_no_danger():
    assert paragraphs("<div>" * 5000 + "deep") == ["deep"]


WHOLE = re.compile(r"\(With inputs.*\)|With inputs from agencies\.", re.IGNORECASE)
TAIL = re.compile(r"\s*(\(With inputs[^()]*\))$", re.IGNORECASE)


@pytest.mark.parametrize(
    ("body", "rest", "attribution"),
    [
        (["a", "(With inputs from agencies.)"], ["a"], "(With inputs from agencies.)"),
        (["a (With inputs from agencies.)"], ["a"], "(With inputs from agencies.)"),
        (["a", "With inputs from agencies."], ["a"], "With inputs from agencies."),
        (["(With inputs from agencies.)"], [], "(With inputs from agencies.)"),
        (["(With inputs from A.)", "b"], ["(With inputs from A.)", "b"], None),
        (["a", "(With inputs from A.)", "(With inputs from B.)"], ["a"], "(With inputs from A.) (With inputs from B.)"),
        ([], [], None),
    ],
)
def test_the_attribution_is_taken_off_the_end_only(body, rest, attribution):
    assert split_attribution(body, WHOLE, TAIL) == (rest, attribution)
