"""The replica's pages say what its truth says, in all the ways the site's description names."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
from selectolax.lexbor import LexborHTMLParser

from tests.replica import Replica
from tests.replica.model import AI_NOTICE
from tests.replica_tests.reading import AGENT, START, read_page, read_trending, sections, squeeze, texts_of

SEED_PATH = "diplomatic-dance-trump-envoy-in-belarus-talks-to-release-hostages"


def differences(site: Replica, client: httpx.Client) -> dict[str, list[str]]:
    """Article id to the fields in which its page and the truth differ."""
    found = {}
    for number, told in site.truth()["articles"].items():
        page = read_page(client.get(told["url"]).text)
        moments = page.pop("dates")
        page["also_read"] = page["also_read"] == [entry["title"] for entry in told.pop("also_read")]
        if (page["image_url"] or "").startswith("/"):
            page["image_url"] = site.base_url + page["image_url"]
        wrong = [name for name, value in page.items() if value != (name == "also_read" or told.get(name))]
        for name, column in (("datePublished", "published_at"), ("dateModified", "updated_at")):
            if moments and datetime.fromisoformat(moments[name]) != datetime.fromisoformat(told[column]):
                wrong.append(column)
        if wrong:
            found[number] = wrong
    return found


def test_every_page_says_what_the_truth_says_and_so_after_the_site_moved_on(own: Replica) -> None:
    with httpx.Client(headers={"User-Agent": AGENT}, trust_env=False) as client:
        assert differences(own, client) == {}
        own.advance(hours=3)
        assert differences(own, client) == {}


def test_the_seed_article_reads_as_the_seed_page(site: Replica, truth: dict[str, Any], get: httpx.Client) -> None:
    (told,) = [a for a in truth["articles"].values() if a["url"].endswith(SEED_PATH)]
    html = get.get(told["url"]).text
    page = read_page(html)
    assert page["title"] == "Diplomatic Dance: Trump Envoy in Belarus Talks to Release 'Hostages'"
    assert page["summary"].startswith("U.S. envoy John Coale met with Belarusian President")
    assert (page["source"], page["place"], page["attribution"]) == (
        "Devdiscourse News Desk",
        None,
        "(With inputs from agencies.)",
    )
    assert page["updated_raw"] == page["published_raw"] == "12-12-2025 19:00 IST"
    assert told["published_at"] == told["updated_at"] == "2025-12-12T13:30:00+00:00"
    assert page["image_caption"] == AI_NOTICE
    assert len(page["body"]) == 3
    bars = sections(LexborHTMLParser(html))
    trending = read_trending(bars["TRENDING"])
    assert [(entry["rank"], entry["country"]) for entry in trending] == [
        (1, "India"),
        (2, "India"),
        (3, "Global"),
        (4, "Russia"),
    ]
    assert trending[0]["title"] == "Odisha Shivers as Cold Wave Hits: Mercury Drops to Season's Low"
    opinion = texts_of(bars["OPINION / BLOG / INTERVIEW"], "a h4")
    assert opinion[0] == "AI lacks clinical readiness despite strong performance claims"
    assert len(opinion) == 4
    assert len(texts_of(bars["Latest News"], "li.also-title a")) == 5
    assert squeeze(bars["DevShots"].text()) == "DevShots"


def test_sidebars_are_those_of_the_edition_and_cut_titles_at_76(
    site: Replica, truth: dict[str, Any], get: httpx.Client
) -> None:
    url = next(iter(truth["articles"].values()))["url"]
    lengths = set()
    for edition, bars in truth["sidebars"].items():
        cookies = f"Edition={edition}" if edition else ""
        html = get.get(url, headers={"Cookie": cookies}).text
        shown = read_trending(sections(LexborHTMLParser(html))["TRENDING"])
        assert [(e["rank"], e["title"], e["country"], e["badge"]) for e in shown] == [
            (e["rank"], e["title"], e["country"], e["badge"]) for e in bars["trending"]
        ]
        lengths |= {len(e["cut"]) for e in shown if len(e["title"]) > 76}
    assert lengths <= {75, 76}
    assert len({json.dumps(bars["trending"]) for bars in truth["sidebars"].values()}) > 3


def test_addresses_lead_to_the_article(site: Replica, truth: dict[str, Any], get: httpx.Client) -> None:
    told = next(a for a in truth["articles"].values() if a["label"] == "international" and a["clean"])
    path, number = urlsplit(told["url"]).path, told["site_article_id"]
    slug = path.rpartition("/")[2]
    for other in (f"/article/agency-wire/{slug}", f"/Article/{slug}"):
        answer = get.get(other)
        assert (answer.status_code, answer.headers["location"]) == (301, path)
    for other in (
        f"/article/health/{slug}",
        f"/article/international/{number}-other",
        f"/international/article/{slug}",
    ):
        answer = get.get(other)
        assert answer.status_code == 200
        assert read_page(answer.text)["canonical_url"] == told["url"]
    amp = get.get(path + "?amp").text
    assert "<html amp" in amp
    assert f'rel="canonical" href="{told["url"]}"' in amp


def test_missing_articles_answer_in_three_ways(site: Replica, truth: dict[str, Any], get: httpx.Client) -> None:
    known = {int(number) for number in truth["articles"]}
    missing = [n for n in range(min(known), max(known)) if n not in known]
    statuses = Counter(get.get(f"/article/health/{n}-gone").status_code for n in missing[:120])
    assert set(statuses) == {404, 200, 302}
    assert statuses[404] > statuses[200] > 0


def test_bots_see_neither_tags_nor_attribution(site: Replica, truth: dict[str, Any], get: httpx.Client) -> None:
    told = next(a for a in truth["articles"].values() if a["site_tags"] and a["attribution"] and a["clean"])
    page = read_page(get.get(told["url"], headers={"User-Agent": "SomeBot/2.0"}).text)
    assert (page["site_tags"], page["attribution"], page["body"]) == ([], None, told["body"])


def test_most_json_ld_is_not_json(site: Replica, truth: dict[str, Any], get: httpx.Client) -> None:
    broken = 0
    for told in list(truth["articles"].values())[:60]:
        html = get.get(told["url"]).text
        block = re.search(r'<script type="application/ld\+json">\n(\{\n"@context".*?)\n</script>', html, re.DOTALL)
        assert block
        try:
            json.loads(block[1])
        except ValueError:
            broken += 1
    assert 20 < broken < 60


def test_listings_are_complete_and_end(site: Replica, truth: dict[str, Any], get: httpx.Client) -> None:
    assert listed(get, "") == set(truth["articles"])
    for name, value in (("sector", "health"), ("label", "business"), ("country", "India"), ("cat", "opinion")):
        column = {"country": "countries", "cat": "kind"}.get(name, name)
        wanted = {n for n, a in truth["articles"].items() if value == a[column] or value in (a[column] or ())}
        assert listed(get, f"&{name}={value}") == wanted


def listed(client: httpx.Client, query: str) -> set[str]:
    found: list[str] = []
    page = 1
    while numbers := re.findall(
        r'news-title"><a href="/article/[^/]+/(\d+)-', client.get(f"/Home/GetNewsItems?page={page}{query}").text
    ):
        assert len(numbers) <= 20
        found += numbers
        page += 1
    assert found == sorted(found, key=int, reverse=True)
    return set(found)


def test_the_news_site_map_holds_two_days_and_the_feed_the_newest(
    site: Replica, truth: dict[str, Any], get: httpx.Client
) -> None:
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
    urls = ElementTree.fromstring(get.get("/rss/googlenews").content).findall("s:url", spaces)
    since = datetime.fromisoformat(START) - timedelta(days=2)
    wanted = {a["url"] for a in truth["articles"].values() if datetime.fromisoformat(a["published_at"]) >= since}
    assert {url.findtext("s:loc", None, spaces) for url in urls} == wanted
    assert all((url.findtext("n:news/n:publication_date", "", spaces)).endswith("+05:30") for url in urls)
    items = ElementTree.fromstring(get.get("/rss/website").content).findall("channel/item")
    assert [item.findtext("guid") for item in items[:5]] == [
        e["site_article_id"] for e in truth["sidebars"][""]["latest"]
    ]
    assert "/article/" not in get.get("/sitemap.xml").text


def test_other_pages_are_there(get: httpx.Client) -> None:
    for path in ("/", "/news", "/news/wash", "/stories/other", "/south-asia", "/blogs", "/blogs/Opinion",
                 "/pti-stories", "/news-source/UN-News", "/press-release", "/live-discourse",
                 "/news?tag=no+such+tag"):  # fmt: skip
        assert get.get(path).status_code == 200, path
    assert get.get("/pacific").headers["set-cookie"].startswith("Edition=pacific")
    talk = re.search(r'href="(/live-discourse/\d+-[^"]+)"', get.get("/live-discourse").text)
    assert talk
    assert 'id="post_1"' in get.get(talk[1]).text
