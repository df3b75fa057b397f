"""Completing the run of a crawl that died: every answer that reached the archive is landed, whatever is in it."""

from __future__ import annotations

import gzip
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from spiders.archive_check import compare_with_archive
from spiders.crawl_request import CrawlRequest
from spiders.landing import Fetch, LandingRun, utc_text
from spiders.landing_writer import LandingWriter
from spiders.recovery import recover_run
from spiders.warc_records import Exchange
from tests.spiders.crawls import SITE, article_page

if TYPE_CHECKING:
    from pathlib import Path

    from spiders.archive import ArchivePosition

FETCHED = datetime(2026, 1, 1, 10, 20, 30, tzinfo=UTC)
#: A reader that the pages of an address do not let live.
MORTAL_READER = """#!{python}
import os, sys
import spiders.reader
read_stored = spiders.reader.read_stored
spiders.reader.read_stored = lambda site, page: os._exit(1) if "deadly" in page.url else read_stored(site, page)
sys.argv = sys.argv[2:]
sys.exit(spiders.reader.main())
"""


@pytest.fixture
def run(tmp_path: Path) -> LandingRun:
    """A landing run that was asked for and not begun."""
    run = LandingRun(tmp_path / "20260101T000000Z-devdiscourse-0a1b2c")
    CrawlRequest(run_id=run.run_id, flow="test", site="devdiscourse", user_agent="test", code_version="1").write(run)
    return run


def archived(
    landing: LandingWriter, path: str, body: bytes, encoding: bytes = b"", status: int = 200
) -> ArchivePosition:
    headers = [(b"Content-Type", b"text/html; charset=utf-8")]
    headers += [(b"Content-Encoding", encoding)] if encoding else []
    return landing.archive.write(Exchange(SITE.base_url + path, FETCHED, "GET", [], status, headers, body))


def recovered(run: LandingRun) -> dict[str, dict[str, Any]]:
    """The lines of fetches.jsonl after recovery, by path, which agree with the archive."""
    summary = recover_run(run)
    assert summary.state == "recovered"
    fetches = list(run.lines("fetches"))
    agreement = compare_with_archive(fetches, [run.warc_directory / name for name in summary.warc_files])
    assert (agreement.disagreements, agreement.listed) == ([], agreement.archived)
    return {row["url"].removeprefix(SITE.base_url): row for row in fetches}


def test_an_answer_that_cannot_be_decoded_keeps_the_line_that_the_crawl_wrote(run: LandingRun) -> None:
    path = "/article/politics/1-a-story"
    with LandingWriter(run, site="devdiscourse", software="test") as landing:
        at = archived(landing, path, b"whatever", b"br")
        url = SITE.base_url + path
        fetch = Fetch(url, url, "article", utc_text(FETCHED), "error", status=200, error="damaged, said the crawl")
        fetch.archive_file, fetch.archive_offset = at.file, at.offset
        landing.add_fetch(fetch)
    assert recovered(run)[path]["error"] == "damaged, said the crawl"


def test_answers_that_cannot_be_decoded_are_landed_as_the_crawl_would_have(run: LandingRun) -> None:
    packed = gzip.compress(article_page())
    with LandingWriter(run, site="devdiscourse", software="test") as landing:
        archived(landing, "/article/politics/1-a-story", packed, b"br")
        archived(landing, "/article/politics/2-a-story", packed[:100] + bytes(100) + packed[200:], b"gzip")
        archived(landing, "/article/politics/3-a-story", packed, b"gzip")
        archived(landing, "/article/politics/4-a-story", packed, b"br", status=404)
        archived(landing, "/news", packed, b"br")
        archived(landing, "/", packed, b"br")
        archived(landing, "/robots.txt", b"x", b"br")
    found = recovered(run)
    verdicts = {path: row["verdict"] for path, row in found.items()}
    assert verdicts == {
        "/article/politics/1-a-story": "error",
        "/article/politics/2-a-story": "error",
        "/article/politics/3-a-story": "article",
        "/article/politics/4-a-story": "gone",
        "/news": "error",
        "/": "error",
        "/robots.txt": "robots",
    }
    assert "'br' cannot be decoded" in found["/article/politics/1-a-story"]["error"]
    assert "damaged" in found["/article/politics/2-a-story"]["error"]
    assert found["/article/politics/2-a-story"]["bytes"] == len(packed)
    assert not list(run.lines("sidebars"))


def test_a_page_that_kills_the_parser_costs_that_page_and_not_the_recovery(
    run: LandingRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LandingWriter(run, site="devdiscourse", software="test") as landing:
        for name in ("1-a-story", "2-deadly", "3-a-story"):
            archived(landing, f"/article/politics/{name}", article_page())
    reader = tmp_path / "reader"
    reader.write_text(MORTAL_READER.format(python=sys.executable))
    reader.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(reader))
    verdicts = {path: row["verdict"] for path, row in recovered(run).items()}
    assert list(verdicts.values()) == ["article", "rejected", "article"]
    (reject,) = run.lines("rejects")
    assert reject["url"].endswith("2-deadly")
    assert reject["detail"] == "reading the page ended the reader"
