"""Whatever a server sends, reading it ends, in time, with a verdict and plain data."""

from __future__ import annotations

import dataclasses
import json
import time
import typing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spiders.records import PageReading
from spiders.site import load
from tests.spiders.test_page_objects import cases

SITE = load("devdiscourse")
URL = "https://www.devdiscourse.com/article/politics/3731000-diplomatic-dance"
VERDICTS = set(typing.get_args(typing.get_type_hints(PageReading)["verdict"]))
PAGES = [case.page for case in cases("devdiscourse") if len(case.page) > 1000]

#: Pieces that the page objects look for, so that what is made of them gets far into the reading.
PIECES = [
    *(
        "<article>",
        "</article>",
        '<h1 class="title">',
        "</h1>",
        '<div class="metadata">',
        "</div>",
        "<span>",
        "</span>",
    ),
    *('<section class="article-cont">', "</section>", "<p>", "</p>", "<br>", "<ul>", "<li>", '<li class="fg-orange">'),
    *('<a class="tag" href="/x">', "</a>", '<h2 class="section-title3">TRENDING', "</h2>", '<div class="media">'),
    *('<a href="/article/x/1-y" title="t">', '<h4 class="trend-title">', '<span class="trend-number">', "²", "٣"),
    *(
        '<figure class="figure">',
        '<img src="data:x" data-src="//[">',
        '<figcaption class="fig-caption">',
        "<table><tr><td>",
    ),
    *(
        '<script type="application/ld+json">',
        '{"@type": "NewsArticle", "headline": "',
        "</script>",
        "<b>",
        "<i class=x>",
    ),
    *(
        "Updated: 12-12-2025 19:00 IST",
        "Created: 99-99-9999 99:99 XXX",
        " | ",
        "READ MORE ON:",
        "&amp;amp;",
        "&#xD800;",
    ),
    *(
        '<em class="live">',
        '<div class="news-meta">',
        '<section class="article-desc">',
        '<div id="post_1">',
        "\0",
        "\ufffd",
    ),
    *(
        '<meta itemprop="datePublished" content="0001-01-01T00:00:00">',
        '<link rel="canonical" href="http://[">',
        "<template>",
    ),
    *(
        "(With inputs from agencies.)",
        "ALSO READ",
        '<video id="my-video"><source src="',
        "<svg><p>",
        "<math><mi>",
        "<!--",
        "-->",
    ),
]


def check(reading: PageReading) -> None:
    assert reading.verdict in VERDICTS
    assert (reading.record is not None) == (reading.verdict == "article")
    assert reading.reason if reading.verdict == "unknown" else True
    json.dumps(dataclasses.asdict(reading), ensure_ascii=False).encode("utf-8")
    assert all(SITE.article_id(link) for link in reading.links)
    for finding in reading.record.findings if reading.record else []:
        assert finding.field in reading.record.__slots__
        assert len(finding.detail) <= 200


@given(st.binary(max_size=2000), st.none() | st.text(max_size=40))
def test_any_bytes_with_any_content_type(body, content_type):
    check(SITE.read_page(body, URL, content_type=content_type))


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=60))
def test_any_order_of_the_pieces_of_a_page(pieces):
    check(SITE.read_page("".join(pieces).encode("utf-8", "surrogatepass"), URL))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.data())
def test_saved_pages_with_something_cut_out_or_put_in(data):
    page = data.draw(st.sampled_from(PAGES))
    start = data.draw(st.integers(0, len(page)))
    end = data.draw(st.integers(start, min(len(page), start + 4000)))
    put_in = data.draw(st.binary(max_size=20) | st.sampled_from(PIECES).map(lambda piece: piece.encode()))
    check(SITE.read_page(page[:start] + put_in + page[end:], URL))


@given(
    st.sampled_from(PAGES), st.sampled_from(["utf-16", "utf-16-le", "cp1252", "koi8-r", "shift_jis", "utf-7", "cp037"])
)
def test_saved_pages_sent_in_another_encoding_than_declared(page, encoding):
    check(SITE.read_page(page.decode().encode(encoding, "replace"), URL, content_type="text/html; charset=utf-8"))


@given(st.text(max_size=60))
def test_any_address(address):
    SITE.article_id(address)
    SITE.article_label(address)
    SITE.plain_address(address)
    check(SITE.read_page(PAGES[0], address))


BODY = (
    b'<article><h1 class="title">T</h1><div class="metadata">%s</div>'
    b'<section class="article-cont">%s</section></article>'
)


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 600_000,
        BODY % (b"x | " * 300_000, b"<p>y"),
        BODY % (b"", b"<br>" * 700_000),
        BODY % (b"", b"<p>(With inputs from " * 200_000),
        BODY % (b"", b"( " * 1_000_000),
        BODY % (b"", b"&amp;lt;" * 300_000),
        BODY % (b"", b"<b " * 700_000),
        BODY % (b'<span class="x-divider"></span>' * 100_000, b""),
        BODY % (b"", b"") + b'<div class="media">' * 1900 + b'<a class="tag">' * 400,
        b'<h2 class="section-title3">TRENDING</h2>' + b'<div class="media"><a href="/article/1-x">y</a></div>' * 60_000,
        b'<em class="live"><section class="article-desc">' + b'<div id="post_1">' * 1900 + b"x",
        b"<title>" + b"page not " * 300_000 + b"</title>",
        b'<script type="application/ld+json">' + b'{"headline": "' * 200_000 + b"</script>",
        b"<h1>" + b"<a href=/article/1-x>" * 200_000,
        b"\0" * 3_000_000,
        bytes(range(256)) * 10_000,
        b"<a href='/article/" + b"x" * 3_000_000 + b"'>y</a>",
        b"\xff\xfe" + b"<p>" * 500_000,
    ],
    ids=range(18),
)
def test_megabytes_made_to_take_long_take_seconds_at_most(body):
    started = time.perf_counter()
    check(SITE.read_page(body, URL))
    assert time.perf_counter() - started < 20
