"""A byline is taken apart into links, names, places and dates."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from spiders.reading.byline import Byline, read_byline


def byline(markup: str, **options) -> Byline:
    node = LexborHTMLParser(f"<main>{markup}</main>").css_first("main")
    assert node is not None
    return read_byline(node, ("Updated", "Created"), **options)


DATES = {"updated": "12-12-2025 19:00 IST", "created": "12-12-2025 18:00 IST"}
STATED = "Updated: 12-12-2025 19:00 IST | Created: 12-12-2025 18:00 IST"


@pytest.mark.parametrize(
    ("markup", "links", "texts"),
    [
        (f"<a href=/pti>PTI</a> | <span>New Delhi</span> | <span>{STATED}</span>", [("PTI", "/pti")], ["New Delhi"]),
        (f"<span>A Wire</span><span>|</span>New Delhi|{STATED}", [], ["A Wire", "New Delhi"]),
        (
            f"By <a href=/p>PTI</a> <b class=list-divider></b> Pune <i class=x-divider></i> {STATED}",
            [("PTI", "/p")],
            ["By", "Pune"],
        ),
        (f'<div class="share-links">SHARE | <a href=#>Facebook</a></div>{STATED}', [], []),
        (f"<a href=/x><img src=/a.png></a><a href=/y> Y <img></a>{STATED}", [("Y", "/y")], []),
        ("<p>Updated: 12-12-2025 19:00 IST</p><p>Created: 12-12-2025 18:00 IST</p>", [], []),
        ("<span>Updated: 12-12-2025 19:00 IST</span><span>created : 12-12-2025 18:00 IST</span>", [], []),
    ],
)
def test_the_parts_of_a_byline_are_told_apart(markup, links, texts):
    assert byline(markup) == Byline(links, texts, DATES)


@pytest.mark.parametrize(
    ("markup", "links"),
    [
        (
            f"<a href=/p>PTI</a> | <a href=/t>Pune</a> | {STATED} | <a href=/c>Comments</a>",
            [("PTI", "/p"), ("Pune", "/t")],
        ),
        (f"A Wire | {STATED} | <a href=/c>Comments</a>", []),
        (f"{STATED} | <a href=/p>PTI</a>", [("PTI", "/p")]),
    ],
)
def test_links_behind_the_dates_count_only_where_nothing_is_named_ahead_of_them(markup, links):
    assert byline(markup).links == links


def test_elements_named_by_the_site_are_passed_by():
    assert byline("<em class=live>LIVE</em> Pune", skipped_classes=["live"]).texts == ["Pune"]


def test_a_byline_without_dates_has_none():
    assert byline("<a href=/p>PTI</a> | Pune") == Byline([("PTI", "/p")], ["Pune"], {})
    assert byline("") == Byline([], [], {})
