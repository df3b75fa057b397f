"""A page is parsed once, and not at all when parsing it would stop the crawl."""

from __future__ import annotations

import time

import pytest

from spiders.reading.document import MAX_BYTES, Document, UnreadableDocument

URL = "https://www.example.com/news/page?x=1"


def test_the_head_goes_on_behind_a_noscript_and_gives_the_first_of_each_name():
    page = Document(
        b'<html lang="en-IN"><head><noscript><img src="/p"></noscript><title> A&amp;B </title>'
        b'<meta name="Keywords" content="a, b"><meta property="og:title" content="T">'
        b'<meta name="keywords" content="c">'
        b'<meta itemprop="datePublished" content="2025">'
        b'<link rel="Canonical" href="/c"><link rel="canonical" href="/d">',
        URL,
    )
    assert page.meta == {"keywords": "a, b", "og:title": "T", "datepublished": "2025"}
    assert page.links == {"canonical": "https://www.example.com/c"}
    assert (page.title, page.language) == ("A&B", "en-IN")


def test_a_meta_element_outside_of_the_head_is_found_by_its_name():
    page = Document(b'<head><meta name="a" content="1"></head><p><meta itemprop="dateModified" content="2"><p>', URL)
    assert [page.meta_content(name) for name in ("a", "datemodified", "b")] == ["1", "2", None]


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/a", "https://www.example.com/a"),
        ("b", "https://www.example.com/news/b"),
        ("?y", "https://www.example.com/news/page?y"),
        ("//other.example/c", "https://other.example/c"),
        (" https://other.example/d ", "https://other.example/d"),
        ("http://[bad", "http://[bad"),
        ("//[bad", "//[bad"),
    ],
)
def test_links_become_absolute_and_nonsense_stays(link, address):
    assert Document(b"<p>", URL).absolute(link) == address


@pytest.mark.parametrize("body", [b"", b" ", b"\0", b"<", b"<!--", b"\xff\xfe\x00", b"plain text"])
def test_any_bytes_are_a_document(body):
    page = Document(body, URL)
    assert page.first("article") is None
    assert page.all("article") == []
    assert (page.meta, page.links, page.json_ld) == ({}, {}, [])


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 400_000,
        b"<ul><li>" * 100_000,
        b"<div>" * 50_000 + b"</div>" * 50_000,
        b"".join(b"<b a=%d><p>" % number for number in range(20_000)),
        b"".join(b"<p><I a=%d>" % number for number in range(5_000)) + b"</i></p>" * 5_000,
        b" " * (MAX_BYTES + 1),
    ],
    ids=["divs", "lists", "balanced", "formatting", "formatting-balanced", "large"],
)
def test_a_page_that_would_take_the_parser_down_is_refused_at_once(body):
    started = time.perf_counter()
    with pytest.raises(UnreadableDocument):
        Document(body, URL)
    assert time.perf_counter() - started < 5


def test_a_long_page_of_ordinary_markup_is_read():
    rows = b"".join(b"<tr><td><b>%d</b><br><a href=/x>x</a><p>y" % number for number in range(20_000))
    assert len(Document(b"<table>" + rows + b"</table>", URL).all("tr")) == 20_000
