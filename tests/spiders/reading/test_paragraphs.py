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
        '<div><span>ALSO READ</span><a href="/x">x</a></div>',
        '<p><em>(Also Read: <a href="/x">x</a>)</em></p>',
        '<p>Also read <a href="/x">x</a>, <a href="/y">y</a></p>',
        '<p>[ALSO READ]</p><ul><li>- <a href="/x">x</a></li></ul>',
        '<p>Share: <a href="https://www.facebook.com/sharer.php?u=x">F</a> | <a href="https://twitter.com/share?u=x">T</a></p>',
        '<ul><li><a href="https://x.com/intent/tweet">x</a></li><li><a href="//facebook.com/sharer?u">F</a></li></ul>',
        '<div class=social><a href="whatsapp://send?text=x">WhatsApp</a> <a href="https://wa.me/?text=x">x</a></div>',
        '<p><a href="https://www.linkedin.com/shareArticle?url=x">LinkedIn</a> <a href="https://t.me/share/url?url=x">T</a></p>',
        '<p>Share this on <a href="mailto:?subject=x">e-mail</a></p>',
        '<p>Share: <a href="javascript:void(0)" onclick="window.open(\'https://www.facebook.com/sharer/x\')">x</a></p>',
        '<blockquote><p>x</p>&mdash; Y (@y) <a href="https://twitter.com/y/status/12">May 1, 2025</a></blockquote>',
        '<blockquote><a href="https://www.instagram.com/p/x/">y</a><p>x</p></blockquote>',
        '<div><a href="https://www.instagram.com/p/x/">View this post on Instagram</a></div>',
        "<p>[Advertisement]</p>",
        "<div>Advertisement Remove Ads</div>",
        '<div class="advt">x</div>',
        "<p>POST/READ COMMENTS (0)</p>",
        "<p>READ MORE ON: , ,</p>",
        "<p>* * *</p><div>,</div>",
        "<table><tr><td>-</td><td>-</td></tr></table>",
        "<!-- x -->",
    ],
)
def test_what_is_not_text_of_the_story_is_left_out(markup):
    assert paragraphs(f"<p>before</p>{markup}<p>after</p>") == ["before", "after"]


@pytest.mark.parametrize(
    "text",
    [
        "Also read at the ceremony was a letter.",
        "Also read out was <a href='/x'>a letter</a>.",
        "Advertisements: a history.",
        "Share on share the firms fell.",
        "Write to <a href='mailto:a@b.example'>the desk</a>.",
        "The <a href='/article/x/1-whatsapp-sharer'>sharer</a> of <a href='https://x.com/a/status/1'>a post</a>.",
        "Call <a href='https://wa.me/?phone=15550100'>the clinic</a>.",
        "Share prices rose.",
        "Share this year's prize, they said.",
        "Advertisement spending fell.",
    ],
)
def test_sentences_that_only_begin_like_it_stay(text):
    assert paragraphs(f"<p>{text}</p>") == [re.sub("<[^>]*>", "", text)]


def test_a_linked_paragraph_stays_where_no_heading_says_also_read():
    assert paragraphs('<p><a href="/x">The report</a></p>') == ["The report"]


def test_only_the_innermost_quotation_of_a_post_is_left_out():
    post = '<blockquote>c <a href="https://x.com/y/status/1">May 1</a></blockquote>'
    assert paragraphs(f"<blockquote><p>a</p>{post}<p>b</p></blockquote>") == ["a", "b"]


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
