"""From an answer to the landing run: archived pages of years ago are read like those of today."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spiders import archive
from spiders.archive import ArchiveWriter
from spiders.land_page import Page, read_page
from spiders.site import load
from spiders.warc_records import Exchange
from tests.spiders.test_page_objects import cases, differences, without_nothing

SITE = load("devdiscourse")
BYGONE = [
    case for case in cases("devdiscourse") if case.reading.get("record", {}).get("parser", "").endswith("@2023-01")
]
FETCHED = datetime(2023, 3, 2, 11, 50, tzinfo=UTC)


@pytest.mark.parametrize("case", BYGONE, ids=lambda case: case.name)
def test_an_archived_page_in_the_markup_of_then_is_still_read(case, tmp_path: Path) -> None:
    headers = [(b"Content-Type", b"text/html; charset=utf-8")]
    writer = ArchiveWriter(tmp_path, "2023", software="wirehouse/test")
    position = writer.write(Exchange(case.url, FETCHED, "GET", [], 200, headers, case.page))
    writer.close()
    archived = archive.read_page(tmp_path / position.file, position.offset)
    reading = read_page(SITE, Page(archived.url, archived.status, archived.content_type, archived.body))
    assert not differences(without_nothing_of(reading), case.reading)


def without_nothing_of(reading):
    return without_nothing(dataclasses.asdict(reading))


def test_the_version_is_chosen_by_the_markup_and_not_by_date_or_address() -> None:
    case = next(case for case in BYGONE if case.name == "live_2023")
    address = b"/article/politics/2380410-live-cabinet-presents-the-spending-plan"
    moved = case.page.replace(b"2023", b"2026").replace(address, b"/article/politics/3940410-live-again")
    reading = read_page(SITE, Page(f"{SITE.base_url}/article/politics/3940410-live-again", 200, None, moved))
    assert reading.record is not None
    assert reading.record.parser == case.reading["record"]["parser"]
    assert reading.record.site_article_id == "3940410"
    assert (reading.record.published[0].at or "").startswith("2026")


def test_the_newest_version_is_asked_first_and_each_page_of_then_is_left_to_the_version_of_then() -> None:
    dates = [page.name.partition("@")[2] for page in SITE.pages if ".live@" in page.name]
    assert dates == sorted(dates, reverse=True)
    assert len(dates) > 1
    assert len(BYGONE) >= 3
    assert any(b"article-desc" in case.page for case in BYGONE)


def test_a_page_without_its_end_is_no_article() -> None:
    case = BYGONE[0]
    cut = case.page[: case.page.index(b"</article>")]
    reading = read_page(SITE, Page(case.url, 200, None, cut))
    assert (reading.verdict, reading.record) == ("unknown", None)
    assert "cut off" in (reading.reason or "")


@pytest.mark.parametrize(("paragraphs", "verdict"), [(900, "article"), (1_100, "unknown")])
def test_an_article_of_more_than_a_million_characters_is_refused(paragraphs: int, verdict: str) -> None:
    case = next(case for case in cases("devdiscourse") if case.name == "blog")
    page = case.page.replace(b"</p>", b"</p>" + (b"<p>" + b"Words. " * 143 + b"</p>") * paragraphs, 1)
    reading = read_page(SITE, Page(case.url, 200, None, page))
    assert reading.verdict == verdict
    assert verdict == "article" or "1,000,000" in (reading.reason or "")
    assert reading.links
