"""A page that is no article says what it is in its headings, not in the headlines it links to."""

from __future__ import annotations

import pytest

from spiders.reading.document import Document
from spiders.reading.verdicts import keeps_out, says_missing

URL = "https://www.example.com/article/1-x"


def page(markup: str, url: str = URL) -> Document:
    return Document(markup.encode(), url)


@pytest.mark.parametrize(
    "markup",
    [
        "<title>404 Not Found</title>",
        "<title>Page not found | Site</title>",
        "<h1>404</h1>",
        "<h2>Oops!</h2>",
        "<h1>Error</h1>",
        "<p>The article you are looking for is not there.</p>",
        "<p>Sorry, this story is no longer available.</p>",
        "<p>The page you requested could not be found.</p>",
        "<p>This article doesn’t exist.</p>",
        "<p>This page has been removed.</p>",
        "<p>We can't find the page you want.</p>",
        "<h3>No such article</h3>",
        "<p>An error occurred while processing your request.</p>",
    ],
)
def test_a_page_that_only_says_it_is_not_there_is_known(markup):
    assert says_missing(page(f"{markup}<section><a href=/article/2-y><h4>Other news</h4></a></section>"))


@pytest.mark.parametrize(
    "url",
    ["https://www.example.com/Error?x=1", "https://www.example.com/404", "https://www.example.com/x?aspxerrorpath=/y"],
)
def test_an_error_address_is_an_error_page(url):
    assert says_missing(page("<h1>Hello</h1>", url))


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>Top stories</h1><p>All the news.</p>",
        "<a href=/article/2-y><div><h3>Page not found: how a ministry lost its files</h3></div></a>",
        "<h3><a href=/article/2-y>Error in the count, article withdrawn</a></h3>",
        "<title>News</title>",
    ],
)
def test_headlines_of_other_articles_say_nothing_about_the_page(markup):
    assert not says_missing(page(markup))


@pytest.mark.parametrize(
    "markup",
    [
        "<title>Just a moment...</title>",
        "<title>Attention Required! | Cloud</title>",
        "<h1>Access denied</h1>",
        "<h2>Before you continue</h2>",
        "<p>Verifying you are human. This may take a few seconds.</p>",
        '<form action="/captcha/check"></form>',
        '<div class="g-recaptcha"></div>',
    ],
)
def test_a_page_that_keeps_readers_out_is_known(markup):
    assert keeps_out(page(markup))


def test_an_ordinary_page_keeps_nobody_out():
    assert keeps_out(page("<h1>About us</h1><p>We report.</p>")) is None
