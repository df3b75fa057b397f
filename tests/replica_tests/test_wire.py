"""The replica speaks HTTP well, breaks it on demand, and remembers who asked for what."""

from __future__ import annotations

import http.client
import zlib
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.replica import Replica, ReplicaError
from tests.replica_tests.reading import AGENT, read_page


def test_validators_save_unchanged_pages_and_the_site_lives_in_its_own_time(own: Replica) -> None:
    with httpx.Client(base_url=own.base_url, headers={"User-Agent": AGENT}, trust_env=False) as client:
        before = own.now()
        pages = {n: client.get(a["url"]) for n, a in own.truth()["articles"].items()}
        assert {page.headers["date"] for page in pages.values()} == {"Fri, 12 Dec 2025 14:00:00 GMT"}
        own.advance(hours=1)
        found = own.changes(before)
        for number, page in pages.items():
            conditions = {"If-None-Match": page.headers["etag"]}
            status = client.get(str(page.url), headers=conditions).status_code
            assert status == (200 if number in found["revised"] or number in found["touched"] else 304)
        own.settings(validators=False)
        assert "etag" not in client.get(str(page.url)).headers


def test_pages_are_compressed_for_whoever_asks(get: httpx.Client) -> None:
    assert get.get("/news", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in get.get("/news", headers={"Accept-Encoding": "identity"}).headers


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("cut", http.client.IncompleteRead),
        ("long_length", http.client.IncompleteRead),
        ("hang", http.client.RemoteDisconnected),
    ],
)
def test_broken_answers_break_on_the_wire(
    site: Replica, get: httpx.Client, kind: str, failure: type[Exception]
) -> None:
    site.faults.set(kind=kind, path="^/news$", seconds=0.01)
    line = http.client.HTTPConnection(urlsplit(site.base_url).netloc, timeout=10)
    line.request("GET", "/news")
    with pytest.raises(failure):
        line.getresponse().read()
    line.close()
    assert site.faults.done() == {kind: 1}
    assert get.get("/news/health").status_code == 200


def test_faults_are_seeded_counted_and_heal(site: Replica, truth: dict[str, Any], get: httpx.Client) -> None:
    urls = [a["url"] for a in list(truth["articles"].values())[:80]]
    rounds = []
    for _ in range(2):
        site.faults.set(kind="503", share=0.3, times=1, seconds=7)
        rounds.append([get.get(url).status_code for url in urls])
        assert {get.get(url).status_code for url in urls} == {200}
    assert rounds[0] == rounds[1]
    assert 10 < rounds[0].count(503) < 40
    site.faults.set(kind="429", seconds=9)
    assert get.get(urls[0]).headers["retry-after"] == "9"
    with pytest.raises(ReplicaError):
        site.faults.set(kind="no such thing")


def test_poisoned_pages(site: Replica, truth: dict[str, Any], get: httpx.Client) -> None:
    url = next(iter(truth["articles"].values()))["url"]
    site.faults.set({"kind": "consent"})
    assert "We value your privacy" in get.get(url).text
    site.faults.set({"kind": "empty"})
    assert get.get(url).content == b""
    site.faults.set({"kind": "redirect_loop"})
    with pytest.raises(httpx.TooManyRedirects):
        get.get(url, follow_redirects=True)
    site.faults.set({"kind": "redirect_offsite"})
    assert urlsplit(get.get(url).headers["location"]).netloc == "ads.example.com"
    site.faults.set({"kind": "charset_header"})
    assert get.get(url).headers["content-type"].endswith("iso-8859-1")
    site.faults.set({"kind": "rewrite", "old": "article-cont", "new": "story-body"})
    assert read_page(get.get(url).text)["body"] == []


def test_the_gzip_bomb_is_small_on_the_wire(site: Replica, get: httpx.Client) -> None:
    site.faults.set(kind="gzip_bomb", path="^/news$")
    with get.stream("GET", "/news") as answer:
        packed = b"".join(answer.iter_raw())
    assert len(packed) < 4_000_000
    assert zlib.decompressobj(wbits=31).decompress(packed, 12) == b"<html><body>"


def test_the_log_counts_what_robots_forbids(site: Replica, get: httpx.Client) -> None:
    site.forget_requests()
    for path in ("/robots.txt", "/news", "/news?tag=India", "/search?q=x", "/news"):
        get.get(path)
    assert site.count_by_path()["/news"] == 2
    assert site.disallowed() == 2
    last = site.requests()[-1]
    assert (last["path"], last["status"], last["user_agent"]) == ("/news", 200, AGENT)
