"""A site is its file; an article is its id, whatever the address."""

from __future__ import annotations

import pytest

from spiders.errors import SiteError
from spiders.reading.page import is_same_headline
from spiders.site import Site, _remembered_identity, load, names

SITE = load("devdiscourse")
HOME = "https://www.devdiscourse.com"


def test_every_file_of_the_sites_declares_the_site_of_its_name():
    assert "devdiscourse" in names()
    assert [load(name).name for name in names()] == names()


def test_an_unknown_site_is_refused_with_the_names_of_the_known_ones():
    with pytest.raises(SiteError, match="devdiscourse"):
        load("no_such_site")


@pytest.mark.parametrize("site", [load(name) for name in names()], ids=names())
def test_a_site_speaks_of_addresses_within_itself(site: Site):
    for path in (*site.news_sitemaps, *site.sitemaps, *site.feeds, *site.editions, *site.listings, *site.deep_listings):
        assert path.startswith("/")
    assert site.base_url.partition("://")[2] in site.hosts
    assert not site.base_url.endswith("/")


@pytest.mark.parametrize(
    "address",
    [
        f"{HOME}/article/politics/3731000-diplomatic-dance",
        f"{HOME}/article/headlines/3731000-another-slug",
        f"{HOME}/article/agency-wire/3731000-diplomatic-dance",
        f"{HOME}/article/politics/3731000",
        f"{HOME}/article/politics/3731000-diplomatic-dance/",
        f"{HOME}/article/politics/3731000-diplomatic-dance?amp",
        f"{HOME}/article/politics/3731000-diplomatic-dance?utm_source=x&amp=1#comments",
        f"{HOME}/Article/3731000-diplomatic-dance",
        f"{HOME}/politics/article/3731000-diplomatic-dance",
        "http://devdiscourse.com/article/politics/3731000-diplomatic-dance",
        "http://127.0.0.1:8000/article/politics/3731000-diplomatic-dance",
        "/article/politics/3731000-diplomatic-dance",
        f"{HOME}/live-discourse/3731000-diplomatic-dance#post_17",
    ],
)
def test_all_addresses_of_an_article_have_its_id(address):
    assert SITE.article_id(address) == "3731000"


@pytest.mark.parametrize(
    "address",
    [
        "", "/", HOME, f"{HOME}/news/politics", f"{HOME}/news?tag=3731000-x", f"{HOME}/live-discourse",
        f"{HOME}/blogs/opinion", f"{HOME}/article/politics", f"{HOME}/article/politics/slug-3731000",
        f"{HOME}/videos/embedmedia/3731000",
        "https://www.facebook.com/sharer?u=https://www.devdiscourse.com/article/politics/1-x", "javascript:void(0)",
        "#post_3731000", "mailto:x@example.com",
    ],
)  # fmt: skip
def test_other_addresses_have_none(address):
    assert SITE.article_id(address) is None


def test_an_address_too_long_for_an_articles_is_none_and_is_not_remembered():
    longest = "/article/politics/1-" + "x" * 1_980
    SITE.article_key(longest)
    before = _remembered_identity.cache_info()
    assert SITE.article_key(longest) == "1"
    assert SITE.article_key(longest + "x") is None
    assert _remembered_identity.cache_info() == before._replace(hits=before.hits + 1)


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("/article/law-order/1-x", "law-order"),
        ("/law-order/article/1-x", "law-order"),
        ("/Article/1-x", None),
        ("/x", None),
    ],
)
def test_the_label_is_read_from_the_address(address, label):
    assert SITE.article_label(address) == label


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        (f"{HOME}/article/politics/1-x?amp#top", f"{HOME}/article/politics/1-x"),
        (f"{HOME}/article/politics/1-x", f"{HOME}/article/politics/1-x"),
        (f"{HOME}/news?tag=x#top", f"{HOME}/news?tag=x"),
        ("http://[bad/article/politics/1-x?amp", "http://[bad/article/politics/1-x"),
    ],
)
def test_a_plain_address_has_neither_fragment_nor_an_articles_query(address, plain):
    assert SITE.plain_address(address) == plain


def test_amp_addresses_are_known():
    assert SITE.is_amp(f"{HOME}/article/politics/1-x?amp")
    assert SITE.is_amp(f"{HOME}/article/politics/1-x?a=b&amp=1")
    assert not SITE.is_amp(f"{HOME}/article/politics/1-amp?lamp")


@pytest.mark.parametrize(
    ("stated", "same"),
    [
        ("Votes counted in three states", True),
        ("Votes counted in three states | Politics", True),
        ("Opinion: Votes counted in three states | Politics", True),
        ("VOTES COUNTED in three  states!", True),
        ("Votes counted in three st", True),
        ("Votes", False),
        ("Votes lost in three states | Politics", False),
    ],
)
def test_headlines_are_compared_leniently(stated, same):
    assert is_same_headline("Votes counted in three states", stated) is same
