"""Devdiscourse's articles in markup that differs from what is usual there, one difference at a time."""

from __future__ import annotations

import pytest

from spiders.records import ArticleRecord
from spiders.site import load

URL = "https://www.devdiscourse.com/article/health/123-head"
DATES = "<span>Updated: 05-12-2025 19:00 IST | Created: 05-12-2025 18:00 IST</span>"
BYLINE = f"<a href=/pti-stories>PTI</a> | <span>Pune</span> | {DATES}"
INPUTS = "(With inputs from agencies.)"
TAGS = "<p>READ MORE ON: <a class=tag>a</a>, <a class=tag>b</a></p>"


def page(
    *,
    byline: str = BYLINE,
    body: str = "<p>Text.</p>",
    ahead: str = "",
    around: tuple[str, str] = ("", ""),
    after: str = "",
) -> str:
    """A page of one article; `around` goes around its content, `ahead` and `after` outside of it."""
    return (
        f"<!doctype html><html lang=en><head><title>Head</title><link rel=canonical href={URL}></head><body>{ahead}"
        "<ul class=article-breadcrumb><li>Home<li>News<li><a href=/news/health>Health</a><li>Article</ul>"
        f"<article>{around[0]}<h1 class=title>Head</h1><div class=metadata>{byline}</div>"
        f"<section class=article-cont>{body}</section>{around[1]}</article>{after}</body></html>"
    )


def read(markup: str) -> ArticleRecord:
    record = load("devdiscourse").read_page(markup.encode(), URL, content_type="text/html; charset=utf-8").record
    assert record is not None
    return record


def missing(record: ArticleRecord) -> set[str]:
    return {finding.field for finding in record.findings if finding.problem == "missing"} - {"sidebars"}


@pytest.mark.parametrize(
    ("byline", "named"),
    [
        (f"<a href=/x>PTI</a> | <span><a href='/news?tag=Pune'>Pune</a></span> | {DATES}", ("PTI", None, "Pune")),
        (f"<a href=/x>PTI</a> | {DATES} | <a href=#c>Comments</a>", ("PTI", None, None)),
        (f"A Wire | Pune | {DATES} | <a href=#c>Comments</a>", ("A Wire", None, "Pune")),
        (
            f"<a href=/x>PTI</a> | <a href=/AuthorArticles?1>A. Roy</a>, <a href=/AuthorArticles?2>B Das</a> | {DATES}",
            ("PTI", "A. Roy", None),
        ),
    ],
)
def test_a_link_ahead_of_the_dates_that_is_nobody_is_the_place(byline, named):
    record = read(page(byline=byline))
    assert (record.source, record.author, record.place) == named


@pytest.mark.parametrize(
    ("around", "kind"),
    [
        (("<section><span class=infocus-badge>Event</span>", "</section>"), "event"),
        (("<ul><li><span class=infocus-badge>LiveBlog</span></li></ul>", ""), "liveblog"),
        (("", "<a href=/x><span class=infocus-badge>Event</span>x</a>"), "news"),
        (("", "<div class=media><span class=infocus-badge>Event</span></div>"), "news"),
        (("", "<ul><li class=also-title><span class=infocus-badge>Event</span></li></ul>"), "news"),
        (
            ("", "<section><h2 class=section-title3>TRENDING</h2><p><span class=infocus-badge>Event</span></section>"),
            "news",
        ),
    ],
)
def test_a_badge_of_the_article_tells_its_kind_and_those_of_other_articles_do_not(around, kind):
    assert read(page(around=around)).kind == kind


FIGURE = "<figure class=figure><img src=/a.jpg></figure>"


@pytest.mark.parametrize(
    ("parts", "image"),
    [
        ({"around": (FIGURE, "")}, "https://www.devdiscourse.com/a.jpg"),
        ({"ahead": FIGURE}, "https://www.devdiscourse.com/a.jpg"),
        ({"ahead": f"<header>{FIGURE}</header>"}, None),
        ({"after": FIGURE}, None),
        ({"after": f"<footer>{FIGURE}</footer>"}, None),
    ],
)
def test_a_picture_elsewhere_on_the_page_is_not_the_articles(parts, image):
    assert read(page(**parts)).image_url == image


@pytest.mark.parametrize(
    ("classes", "parser"), [(("metadata", "article-cont"), "article"), (("news-meta", "article-desc"), "live")]
)
def test_headline_and_summary_of_the_page_around_are_not_the_articles(classes, parser):
    markup = page(ahead="<header><h1 class=title>Devdiscourse</h1><h2 class=sub-title>News</h2></header>")
    record = read(markup.replace("metadata", classes[0]).replace("article-cont", classes[1]))
    assert record.parser.startswith(f"devdiscourse.{parser}@")
    assert (record.title, record.summary) == ("Head", None)


def test_a_live_page_needs_no_article_element():
    markup = page(after="<h2 class=section-title3>TRENDING</h2>").replace("article>", "main>")
    assert read(markup.replace("metadata", "news-meta")).title == "Head"


@pytest.mark.parametrize("closing", [INPUTS, f"{INPUTS} .", f"{INPUTS}."])
@pytest.mark.parametrize("behind", ["", TAGS, "<p>READ MORE ON:</p><div><a class=tag>a</a>, <a class=tag>b</a></div>"])
def test_the_attribution_is_found_ahead_of_tags_in_the_body(closing, behind):
    record = read(page(body=f"<p>Text.</p><p>{closing}</p>{behind}"))
    assert (record.body, record.attribution) == (["Text."], closing)
    assert record.site_tags == (["a", "b"] if behind else [])


@pytest.mark.parametrize(
    ("parts", "reported"),
    [
        ({"body": f"<p>Text.</p><p>{INPUTS}</p>"}, set()),
        ({"after": TAGS}, set()),
        ({}, {"site_tags", "attribution"}),
        ({"byline": BYLINE.replace("PTI", "A Wire")}, {"site_tags"}),
    ],
)
def test_tags_are_missed_only_where_the_attribution_is_too(parts, reported):
    assert missing(read(page(**parts))) == reported
