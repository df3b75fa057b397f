"""A crawl is a welcome guest: it asks for nothing that robots.txt forbids, waits when told to, and ends in time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from scrapy.http import Response

from spiders.middlewares import retry_after
from spiders.politeness import MAX_ROBOTS_BYTES, read_robots
from tests.replica import Replica
from tests.spiders.crawls import Answer, ScriptedSite, article_page, crawl, ids_of, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROBOTS = "User-agent: *\nDisallow: /account/\nDisallow: /news?tag=\nDisallow: /*?utm_\n"


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=40, seed=11) as site:
        yield site


@pytest.fixture
def site(replica: Replica) -> Iterator[Replica]:
    """The replica, healthy and with its own rules before and after."""
    rules = replica.settings()["robots"]
    replica.forget_requests()
    yield replica
    replica.faults.clear()
    replica.settings(robots=rules)


def moments(site: Replica, path: str = "") -> list[datetime]:
    """When the replica was asked for paths that contain `path`, in order."""
    return [datetime.fromisoformat(entry["at"]) for entry in site.requests() if path in entry["path"]]


def seconds_between(times: list[datetime]) -> list[float]:
    return [(late - early).total_seconds() for early, late in pairwise(times)]


# -- robots.txt --------------------------------------------------------------------------------------------------------


def test_nothing_that_robots_txt_forbids_is_asked_for_and_refused_articles_are_noted(
    site: Replica, tmp_path: Path
) -> None:
    addresses = {key: path_of(article["url"]) for key, article in site.truth()["articles"].items()}
    label = "headlines"
    forbidden = {key for key, path in addresses.items() if path.startswith(f"/article/{label}/")}
    assert 0 < len(forbidden) < len(addresses)
    site.settings(robots=f"{ROBOTS}Disallow: /article/{label}/\n")
    crawled = crawl(tmp_path, site.base_url)
    assert site.disallowed() == 0
    assert crawled.summary.state == "complete"
    assert crawled.events("blocked_by_robots") == forbidden
    assert crawled.landed == sorted(ids_of(site) - forbidden)
    assert not crawled.rows["rejects"]
    assert crawled.summary.counts["failed"] == 0


def test_the_first_requests_of_a_crawl_all_wait_for_robots_txt_and_heed_it(tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /article/politics/\nAllow: /article/politics/3"
    with ScriptedSite({"/robots.txt": Answer(body=rules)}) as site:
        urls = [site.article(number) for number in range(1, 16)]
        crawled = crawl(tmp_path, site.base_url, urls=urls)
        assert [path for _, path in site.asked] == ["/robots.txt", path_of(urls[2])]
    assert len(crawled.events("blocked_by_robots")) == len(urls) - 1


def test_a_redirect_does_not_lead_past_robots_txt(site: Replica, tmp_path: Path) -> None:
    url = next(each["url"] for each in site.truth()["articles"].values() if each["label"])
    old_form = re.sub(r"/article/[^/]+/", "/Article/", url)
    site.settings(robots="User-agent: *\nDisallow: /article/\n")
    crawled = crawl(tmp_path, site.base_url, urls=[old_form])
    assert site.count_by_path() == {"/robots.txt": 1, path_of(old_form): 1}
    assert site.disallowed() == 0
    assert not crawled.landed
    assert len(crawled.events("blocked_by_robots")) == 1


def test_crawl_delay_is_kept_between_all_requests(site: Replica, tmp_path: Path) -> None:
    urls = [article["url"] for article in list(site.truth()["articles"].values())[:6]]
    site.settings(robots=f"{ROBOTS}Crawl-delay: 0.4\n")
    crawled = crawl(tmp_path, site.base_url, urls=urls)
    gaps = seconds_between(moments(site))
    assert len(crawled.landed) == len(gaps) == 6
    assert min(gaps) >= 0.35  # a timer here and a clock there


def test_who_waits_for_its_turn_does_not_outlive_the_run(site: Replica, tmp_path: Path) -> None:
    urls = [article["url"] for article in list(site.truth()["articles"].values())[:20]]
    site.settings(robots=f"{ROBOTS}Crawl-delay: 0.5\n")
    crawled = crawl(tmp_path, site.base_url, urls=urls, time_limit_s=2)
    assert crawled.summary.state == "partial"
    assert "closespider_timeout" in (crawled.summary.reason or "")
    assert 1 <= len(crawled.landed) <= 5
    assert crawled.seconds < 8


@pytest.mark.parametrize("kind", ["500", "hang"])
def test_without_an_answer_for_robots_txt_nothing_is_asked_for(site: Replica, tmp_path: Path, kind: str) -> None:
    site.faults.set(kind=kind, path="^/robots.txt$", seconds=0.1)
    crawled = crawl(tmp_path, site.base_url)
    assert set(site.count_by_path()) == {"/robots.txt"}
    assert crawled.summary.state == "failed"
    # Nobody refused them: they are not blocked, only not asked for yet.
    assert not crawled.events("blocked_by_robots")


def test_without_a_robots_txt_everything_is_allowed(site: Replica, tmp_path: Path) -> None:
    site.faults.set(kind="404", path="^/robots.txt$")
    crawled = crawl(tmp_path, site.base_url, limit=3)
    assert len(crawled.landed) == 3


def test_rules_that_change_during_a_crawl_hold_from_then_on(tmp_path: Path) -> None:
    before, after = (f"User-agent: *\nCrawl-delay: 0.2\n{rule}\n".encode() for rule in ("", "Disallow: /article/"))
    with ScriptedSite({"/robots.txt": lambda read: Answer(body=after if read else before)}) as site:
        urls = [site.article(number) for number in range(30)]
        crawled = crawl(tmp_path, site.base_url, urls=urls, robots_lifetime_s=1)
        again = site.times_of("/robots.txt")[1]
        # Those that had been let through wait for their turn.
        assert sum(moment > again for moment, path in site.asked if path.startswith("/article/")) <= 16
    blocked = crawled.events("blocked_by_robots")
    assert len(blocked) >= 5
    assert len(blocked) + len(crawled.rows["records"]) == len(urls)


def test_rules_hold_while_they_cannot_be_read_again(tmp_path: Path) -> None:
    rules = Answer(body=b"User-agent: *\nDisallow: /article/politics/7-a-story\nCrawl-delay: 0.1\n")
    with ScriptedSite({"/robots.txt": lambda read: Answer(500) if read else rules}) as site:
        urls = [site.article(number) for number in range(30)]
        crawled = crawl(tmp_path, site.base_url, urls=urls, robots_lifetime_s=1)
        assert len(site.times_of("/robots.txt")) >= 2
    assert crawled.events("blocked_by_robots") == {"7"}
    assert len(crawled.rows["records"]) == len(urls) - 1


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 2.5\n", 2.5),
        ("User-agent: wirehouse\nCrawl-delay: 7\n\nUser-agent: *\nCrawl-delay: 1\n", 7.0),
        ("User-agent: *\nCrawl-delay: soon\n", None),
        ("<html>not found</html>", None),
        ("", None),
    ],
)
def test_crawl_delay_is_read_for_our_name(rules: str, seconds: float | None) -> None:
    assert read_robots(rules.encode()).crawl_delay("wirehouse/1.0 (+https://example.org)") == seconds


def test_of_a_robots_txt_without_end_the_first_500_kib_hold_and_no_half_rule() -> None:
    lines = [b"User-agent: *", *(b"Disallow: /private/%06d" % number for number in range(30_000))]
    rules = b"\n".join(lines)
    cut = rules[:MAX_ROBOTS_BYTES].count(b"\n") - 2
    assert len(rules) > MAX_ROBOTS_BYTES
    assert not rules[:MAX_ROBOTS_BYTES].endswith(b"\n")
    read = read_robots(rules)
    allowed = [
        read.allowed(f"http://x/private/{number:06}", "wirehouse") for number in (0, cut, cut + 1, cut + 2, 29_999)
    ]
    assert allowed == [False, False, True, True, True]
    assert read_robots(b"x" * 600_000).allowed("http://x/", "wirehouse")


# -- waits that were asked for -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "asks"), [(600, False), (-600, True)])
def test_a_long_wait_that_an_earlier_run_was_told_of_is_kept(tmp_path: Path, seconds: int, *, asks: bool) -> None:
    until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    with ScriptedSite() as site:
        site.answers["/rss/website"] = Answer(body=b"<rss version='2.0'><channel></channel></rss>")
        host = site.base_url.partition("//")[2]
        crawled = crawl(tmp_path, site.base_url, quiet_until={host: until})
        assert bool(site.asked) == asks
    assert crawled.summary.state == ("complete" if asks else "partial")
    if not asks:
        assert "asked to be left alone" in (crawled.summary.reason or "")


@pytest.mark.parametrize("status", ["429", "503"])
def test_a_host_that_asks_for_a_pause_gets_it_from_every_request(site: Replica, tmp_path: Path, status: str) -> None:
    urls = [article["url"] for article in site.truth()["articles"].values()]
    site.faults.set(kind=status, path=path_of(urls[3]), times=1, seconds=1)
    crawled = crawl(tmp_path, site.base_url, urls=urls)
    refused, retried = moments(site, path_of(urls[3]))
    # What was on its way when the host said so still arrives, no more.
    assert sum(refused < each < refused + timedelta(seconds=1) for each in moments(site)) <= 16
    assert timedelta(seconds=1) <= retried - refused < timedelta(seconds=4)
    assert len(crawled.landed) == len(urls)
    first, second = crawled.about("fetches", path_of(urls[3]).split("/")[-1].split("-")[0])
    assert (first["verdict"], first["status"], first["retry_after_s"]) == ("error", int(status), 1.0)
    assert (second["verdict"], second["retry_after_s"]) == ("article", None)


def test_a_pause_until_a_date_is_kept_by_the_clock_of_the_server(tmp_path: Path) -> None:
    theirs = datetime(2025, 12, 12, 13, 0, tzinfo=UTC)
    headers = {
        "Date": format_datetime(theirs, usegmt=True),
        "Retry-After": format_datetime(theirs + timedelta(seconds=2), usegmt=True),
    }
    with ScriptedSite() as site:
        url = site.article(1, lambda before: Answer(body=article_page()) if before else Answer(503, b"", headers))
        crawled = crawl(tmp_path, site.base_url, urls=[url])
        refused, retried = site.times_of(url)
    assert 2 <= retried - refused < 5
    assert [row["retry_after_s"] for row in crawled.rows["fetches"]] == [None, 2.0, None]
    assert len(crawled.rows["records"]) == 1


def test_a_pause_too_long_for_the_run_ends_it(tmp_path: Path) -> None:
    with ScriptedSite() as site:
        urls = [site.article(number) for number in range(1, 41)]
        site.article(1, Answer(429, b"", {"Retry-After": "3600"}))
        crawled = crawl(tmp_path, site.base_url, urls=urls)
        assert len(site.times_of(urls[0])) == 1
        # Those on their way at the same time, no more.
        assert len(site.asked) <= 1 + 16
    assert crawled.seconds < 10
    assert crawled.summary.state == "partial"
    assert "asked to be left alone" in (crawled.summary.reason or "")
    (fetch,) = crawled.about("fetches", "1")
    assert (fetch["verdict"], fetch["retry_after_s"]) == ("error", 3600.0)
    # The ledger has the rest.
    assert crawled.events("discovered") == {str(number) for number in range(1, 41)}


def test_each_wait_before_a_retry_is_longer(site: Replica, tmp_path: Path) -> None:
    url = next(iter(site.truth()["articles"].values()))["url"]
    site.faults.set(kind="500", path=path_of(url))
    crawled = crawl(tmp_path, site.base_url, urls=[url])
    waits = seconds_between(moments(site, path_of(url)))
    assert [wait >= least for wait, least in zip(waits, (0.25, 0.5, 1.0), strict=True)] == [True] * 3
    assert crawled.summary.state == "complete"
    assert crawled.summary.counts["failed"] == 4


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Fri, 12 Dec 2025 13:00:30 GMT", 30.0),
        ("Fri, 12 Dec 2025 12:59:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\xb2", None),
        ("Fri, 12 Dec 99999 13:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(said: str, seconds: float | None) -> None:
    headers = {b"Retry-After": said.encode("latin-1"), b"Date": b"Fri, 12 Dec 2025 13:00:00 GMT"}
    assert retry_after(Response("http://site.example/", headers=headers)) == seconds


# -- budget ------------------------------------------------------------------------------------------------------------


def test_a_run_that_has_spent_its_budget_of_requests_ends_and_keeps_what_it_has(site: Replica, tmp_path: Path) -> None:
    crawled = crawl(tmp_path, site.base_url, max_requests=30, walk_fully=False)
    assert len(site.requests()) == 30
    assert len(crawled.rows["fetches"]) == 30
    assert crawled.summary.state == "partial"
    assert "budget_spent" in (crawled.summary.reason or "")
    assert 0 < len(crawled.landed) < 30
    assert len(crawled.events("discovered")) > len(crawled.landed)


def test_of_a_listing_far_beyond_the_budget_all_is_noted_and_no_more_waits_than_can_go_out(tmp_path: Path) -> None:
    links = "".join(f"<li><a href=/article/politics/{number}-a-story>x</a></li>" for number in range(1, 20_001))
    with ScriptedSite({"/news": Answer(body=f"<html><body><ul>{links}</ul></body></html>".encode())}) as scripted:
        crawled = crawl(tmp_path, scripted.base_url, max_requests=40, walk_fully=False)
        assert len(scripted.asked) == 40
    assert (crawled.summary.state, crawled.summary.reason) == ("partial", "the crawl was ended early: budget_spent")
    assert crawled.summary.counts["discovered"] == 20_000
    assert len(crawled.events("discovered")) == 20_000
    assert crawled.log.count("Giving up on") <= 40


def test_what_robots_txt_forbids_does_not_count_against_the_budget(tmp_path: Path) -> None:
    rules = Answer(body=b"User-agent: *\nDisallow: /article/politics/1\n")
    with ScriptedSite({"/robots.txt": rules}) as scripted:
        urls = [scripted.article(number) for number in [*range(1_000, 1_200), *range(2_000, 2_005)]]
        crawled = crawl(tmp_path, scripted.base_url, urls=urls, max_requests=110)
    assert (crawled.summary.state, len(crawled.landed)) == ("complete", 5)
    assert len(crawled.events("blocked_by_robots")) == 200


def test_a_list_cut_short_by_the_budget_is_noted_to_its_end(tmp_path: Path) -> None:
    with ScriptedSite() as scripted:
        urls = [scripted.article(number) for number in range(1, 251)]
        crawled = crawl(tmp_path, scripted.base_url, urls=urls, max_requests=120)
        assert len(scripted.asked) == 120
    assert crawled.events("discovered") == {str(number) for number in range(1, 251)}


def test_a_list_longer_than_what_is_handed_over_at_once_is_fetched_whole(tmp_path: Path) -> None:
    with ScriptedSite() as scripted:
        urls = [scripted.article(number) for number in range(1, 251)]
        crawled = crawl(tmp_path, scripted.base_url, urls=urls)
    assert crawled.summary.state == "complete"
    assert crawled.landed == sorted(str(number) for number in range(1, 251))
