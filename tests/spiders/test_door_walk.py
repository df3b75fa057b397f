"""The walk through a site's doors ends, whatever they do, and sees each edition as its readers do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from spiders.site import load
from tests.replica import Replica
from tests.spiders.crawls import Answer, ScriptedSite, article_page, crawl

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
    assert asked[0] == here.address_of(103)
    assert sorted(asked) == [here.address_of(number) for number in range(100, 104)]
    assert len(crawled.rows["records"]) == 2
    assert {row["discovered_by"] for row in crawled.rows["urls"]} == {"ids"}
    fetched = [row for row in crawled.rows["fetches"] if row["purpose"] == "article"]
    assert len(crawled.rows["urls"]) == len(fetched) == 4
