"""The walk through a site's doors ends, whatever they do, and sees each edition as its readers do."""

from __future__ import annotations

import email.utils
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from spiders.agenda import SiteClock
from spiders.middlewares import http_date
from spiders.site import load
from tests.replica import Replica
from tests.spiders.crawls import SITE, Answer, ScriptedSite, article_page, crawl
from tests.spiders.test_faults import assert_archive_agrees

if TYPE_CHECKING:
    from pathlib import Path

FRAGMENTS = "/Home/GetNewsItems?sector=&region=&country=&tag=&cat=&label=&page="


def listing(*numbers: int) -> Answer:
    links = "".join(f"<li><a href=/article/politics/{number}-a-story>Story</a>" for number in numbers)
    return Answer(body=f"<html><body><ul>{links}</ul></body></html>".encode())


def asked_pages(site: ScriptedSite) -> list[str]:
    """The pages of the main listing that were asked for, but for page 0, which is a door of its own."""
    pages = [path.removeprefix(FRAGMENTS) for _, path in site.asked if path.startswith(FRAGMENTS)]
    return [page for page in pages if page != "0"]


@pytest.mark.parametrize("walk_fully", [True, False])
def test_a_listing_that_repeats_itself_for_ever_is_left(tmp_path: Path, *, walk_fully: bool) -> None:
    with ScriptedSite() as site:
        for number in (1, 2, 3):
            site.article(number)
        for page in range(1, 40):
            site.answers[FRAGMENTS + str(page)] = listing(1, 2, 3)
        crawled = crawl(tmp_path, site.base_url, walk_fully=walk_fully)
        assert asked_pages(site) == ["1", "2", "3"]
    assert len(crawled.landed) == 3


def test_a_full_walk_goes_on_through_articles_that_are_all_known(tmp_path: Path) -> None:
    with ScriptedSite() as site:
        for page in range(1, 7):
            site.answers[FRAGMENTS + str(page)] = listing(page)
            site.article(page)
        first = crawl(tmp_path, site.base_url)
        site.asked.clear()
        crawl(tmp_path, site.base_url, done_ids=first.landed)
        assert asked_pages(site) == ["1", "2", "3", "4", "5", "6", "7", "8"]


def test_one_empty_page_does_not_end_a_listing_and_makes_the_run_partial(tmp_path: Path) -> None:
    with ScriptedSite() as site:
        for page in (1, 2, 4):
            site.answers[FRAGMENTS + str(page)] = listing(page)
            site.article(page)
        site.answers[FRAGMENTS + "3"] = Answer()
        crawled = crawl(tmp_path, site.base_url)
        assert [path for _, path in site.asked if "4-a-story" in path]
    assert crawled.summary.state == "partial"
    assert "page 3 of" in (crawled.summary.reason or "")


def test_a_run_cut_short_by_its_limit_is_not_complete(tmp_path: Path) -> None:
    with ScriptedSite() as site:
        site.answers[FRAGMENTS + "1"] = listing(1, 2, 3)
        for number in (1, 2, 3):
            site.article(number)
        cut = crawl(tmp_path, site.base_url, limit=2)
        whole = crawl(tmp_path, site.base_url, limit=400)
    assert (len(cut.rows["records"]), cut.summary.state) == (2, "partial")
    assert "limit of 2 articles" in (cut.summary.reason or "")
    assert (len(whole.rows["records"]), whole.summary.state) == (3, "complete")


def test_each_edition_is_looked_at_once_a_run_and_shows_its_own_trending(tmp_path: Path) -> None:
    with Replica(articles=60, seed=5) as site:
        truth = site.truth()["sidebars"]
        crawled = crawl(tmp_path, site.base_url)
        asked = [(entry["path"], entry["edition"]) for entry in site.requests() if entry["edition"]]
    names = [edition for edition in load("devdiscourse").editions.values() if edition is not None]
    assert sorted(asked) == sorted((f"/{name}", name) for name in names)
    seen = {row["edition"] or "": row["sidebars"] for row in crawled.rows["sidebars"]}
    assert seen.keys() == {"", *names}
    for edition, entries in seen.items():
        trending = [(each["rank"], each["site_article_id"]) for each in entries if each["section"] == "trending"]
        assert trending == [(each["rank"], each["site_article_id"]) for each in truth[edition]["trending"]]
    assert len({str(seen[name]) for name in names}) > 1


def test_a_range_of_ids_is_walked_downward_and_each_is_accounted_for(tmp_path: Path) -> None:
    with ScriptedSite() as site:
        here = load("devdiscourse")
        for number in (101, 103):
            site.answers[here.address_of(number)] = Answer(body=article_page())
        crawled = crawl(tmp_path, site.base_url, ids=[100, 103])
        asked = [path for _, path in site.asked if path != "/robots.txt"]
    # No door is opened and no link followed: just what was named, the newest first.
    assert sorted(asked) == [here.address_of(number) for number in range(100, 104)]
    named = [row["url"].removeprefix(site.base_url) for row in crawled.rows["urls"]]
    assert named == [here.address_of(number) for number in (103, 102, 101, 100)]
    assert len(crawled.rows["records"]) == 2
    assert {row["discovered_by"] for row in crawled.rows["urls"]} == {"ids"}
    fetched = [row for row in crawled.rows["fetches"] if row["purpose"] == "article"]
    assert len(crawled.rows["urls"]) == len(fetched) == 4


def site_map(site: ScriptedSite, *numbers: int) -> bytes:
    """A site map of new articles, each with the time of its last change, which are there to be fetched."""
    now = datetime.now(UTC).isoformat()
    entries = "".join(f"<url><loc>{site.article(each)}</loc><lastmod>{now}</lastmod></url>" for each in numbers)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


def test_a_site_that_writes_dates_as_mails_have_them_is_read_like_any_other(tmp_path: Path) -> None:
    """Python's own `email.utils.formatdate` gives the zone as -0000."""
    with ScriptedSite() as site:
        headers = {"Date": email.utils.formatdate(time.time()), "Content-Type": "application/xml"}
        site.answers[SITE.news_sitemaps[0]] = Answer(body=site_map(site, 1, 2, 3), headers=headers)
        crawled = crawl(tmp_path, site.base_url)
    assert headers["Date"].endswith("-0000")
    assert len(crawled.landed) == 3
    assert "Traceback" not in crawled.log
    assert_archive_agrees(crawled)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Fri, 12 Dec 2025 13:30:01 GMT", datetime(2025, 12, 12, 13, 30, 1, tzinfo=UTC)),
        ("Fri, 12 Dec 2025 13:30:01 -0000", datetime(2025, 12, 12, 13, 30, 1, tzinfo=UTC)),
        ("Fri, 12 Dec 2025 13:30:01", datetime(2025, 12, 12, 13, 30, 1, tzinfo=UTC)),
        ("Fri, 12 Dec 2025 13:30:01 +0530", datetime(2025, 12, 12, 8, 0, 1, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_in_a_header_is_a_moment_in_utc_or_none(text: str, moment: datetime | None) -> None:
    found = http_date(text)
    assert found == moment
    assert found is None or found.tzinfo is UTC


def test_a_site_whose_clock_is_at_the_end_of_time_is_no_error() -> None:
    clock = SiteClock()
    clock.note_date(datetime.max.replace(tzinfo=UTC))
    clock.note_story(datetime(2025, 12, 12, tzinfo=UTC))
    assert clock.now() == datetime(2025, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize("broken", ["read_sitemap", "DoorWalk._note_date"])
def test_a_door_that_we_fail_to_read_has_failed_and_the_run_says_so(tmp_path: Path, broken: str) -> None:
    """Before its line is written and after: each answer has one."""
    with ScriptedSite() as site:
        site.answers[SITE.news_sitemaps[0]] = Answer(body=site_map(site, 1, 2))
        site.answers[FRAGMENTS + "1"] = listing(2, 3)
        site.article(3)
        crawled = crawl(
            tmp_path, site.base_url, meddling=f"import spiders.door_walk\nspiders.door_walk.{broken} = None"
        )
    assert crawled.summary.state == "partial"
    assert f"{SITE.news_sitemaps[0]} (TypeError: 'NoneType' object is not callable)" in (crawled.summary.reason or "")
    assert_archive_agrees(crawled)
    assert crawled.landed == (["2", "3"] if broken == "read_sitemap" else [])


@pytest.mark.parametrize(
    ("target", "words"), [(None, "max redirections"), ("http://ads.example.com/", "OffSiteRequest")]
)
def test_a_door_that_leads_round_in_circles_or_off_the_site_makes_the_run_partial(
    tmp_path: Path, target: str | None, words: str
) -> None:
    door = SITE.news_sitemaps[0]
    with ScriptedSite() as site:
        site.answers["/news"] = listing()
        site.answers[door] = Answer(302, headers={"Location": target or door})
        crawled = crawl(tmp_path, site.base_url, walk_fully=False)
        url = site.base_url + door
    assert crawled.summary.state == "partial"
    assert crawled.summary.reason is not None
    assert (
        f"1 doors did not answer or could not be read, the next run walks them again: {url} (" in crawled.summary.reason
    )
    assert words in crawled.summary.reason
    assert_archive_agrees(crawled)


def test_a_door_that_robots_txt_closes_has_not_failed(tmp_path: Path) -> None:
    with ScriptedSite() as site:
        site.answers["/robots.txt"] = Answer(body=f"User-agent: *\nDisallow: {SITE.news_sitemaps[0]}\n".encode())
        site.answers["/news"] = listing()
        crawled = crawl(tmp_path, site.base_url, walk_fully=False)
    assert (crawled.summary.state, crawled.summary.reason) == ("complete", None)
