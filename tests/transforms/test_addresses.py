import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from w3lib.url import canonicalize_url

from transforms.addresses import article_uid, canonical_address, page_address


@pytest.mark.parametrize(
    ("found", "canonical"),
    [
        ("https://www.planet.example/article/law/101-a", "https://www.planet.example/article/law/101-a"),
        ("https://www.planet.example/a?utm_source=x&b=2&a=1&fbclid=3#top", "https://www.planet.example/a?a=1&b=2"),
        ("https://www.planet.example/a?amp", "https://www.planet.example/a"),
        ("https://www.planet.example/a?tag=x&tag=y", "https://www.planet.example/a?tag=x&tag=y"),
        (" HTTPS://WWW.Planet.example/caf\u00e9 ", "https://www.planet.example/caf%C3%A9"),
        ("https://www.planet.example/%7ea%2fb", "https://www.planet.example/~a%2Fb"),
        ("/article/5-x?gclid=1", "https://www.planet.example/article/5-x"),
        ("//www.planet.example/a/../b", "https://www.planet.example/b"),
        ("https://www.planet.example", "https://www.planet.example/"),
        ("http://planet.example/a", "https://planet.example/a"),
        ("http://planet.example:80/a", "https://planet.example/a"),
        ("https://planet.example:443/a", "https://planet.example/a"),
        ("http://planet.example:8080/a", "http://planet.example:8080/a"),
        ("http://127.0.0.1/a", "http://127.0.0.1/a"),
        ("http://localhost:80/a", "http://localhost/a"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("https://planet.example./a", "https://planet.example/a"),
        ("https://caf\u00e9.example/a", "https://xn--caf-dma.example/a"),
        ("https://caf%C3%A9.example/a", "https://xn--caf-dma.example/a"),
        ("https://planet.example/a/amp/", "https://planet.example/a"),
        ("https://planet.example/a/amp", "https://planet.example/a"),
        ("https://planet.example/amp", "https://planet.example/amp"),
        ("https://planet.example/a/ampere", "https://planet.example/a/ampere"),
        ("https://planet-example.cdn.ampproject.org/c/s/planet.example/a?amp=1", "https://planet.example/a"),
        ("https://www.google.com/amp/s/planet.example/a/amp/", "https://planet.example/a"),
        ("https://planet.example/a?id=5&wt_mc=x&at_medium=y&gad_source=1", "https://planet.example/a?id=5"),
        ("https://planet.example/a//b", "https://planet.example/a//b"),
        ("mailto:desk@planet.example", None),
        ("javascript:void(0)", None),
        ("http://[::1", None),
        ("https://x.example/\ud800?a", None),
        ("", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_an_address_has_one_form(found, canonical):
    assert canonical_address(found, "https://www.planet.example/page") == canonical


@given(st.text(alphabet="aB9/.-_~:#?&=%", max_size=20).map(lambda tail: f"https://a.example/{tail}"))
@settings(deadline=None)
def test_plain_addresses_pass_as_w3lib_would_have_them(url):
    found = canonical_address(url)
    if "?" not in url:
        assert found == canonicalize_url(url)
    assert found is not None
    assert canonical_address(found) == found


def test_a_page_that_claims_to_be_the_front_page_is_not_believed():
    read = "https://planet.example/story-one?utm_medium=rss"
    assert page_address("https://planet.example/", read) == "https://planet.example/story-one"
    assert page_address(None, read) == "https://planet.example/story-one"
    assert page_address("/story-1", read) == "https://planet.example/story-1"
    assert page_address(None, None) is None
    assert page_address(None, "https://") is None


def test_identity_is_the_sites_id_and_else_the_address():
    assert article_uid("planet", " 101 ", "https://planet.example/a") == "planet:101"
    assert article_uid("planet", 101, None) == "planet:101"
    assert article_uid("planet", None, "https://planet.example/a") == "planet:fd1641050717cf7f"
    assert article_uid("planet", "", "https://planet.example/a") == "planet:fd1641050717cf7f"
    assert article_uid("planet", None, None) is None
    assert article_uid(None, "101", None) is None
