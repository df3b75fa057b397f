"""WARC files of others: what is whole is read as it is, what is damaged or another's is passed over and counted."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b32encode
from collections import Counter
from pathlib import Path

import pytest

from spiders.archive import StoredPage, read_answers, read_page
from spiders.archive_check import compare_with_archive
from spiders.crawl_request import CrawlRequest
from spiders.land_page import read_stored
from spiders.landing import LandingRun
from spiders.site import load
from spiders.warc_import import find_pages, import_pages, read_exchange
from tests.spiders.crawls import article_page

SITE = load("devdiscourse")
PAGE = article_page()
FRENCH = PAGE.replace(b" the ", b" th\xe9 ")
URL = "http://devdiscourse.com/article/health/3714001-a-story?utm_source=feed"
PLAIN = "https://www.devdiscourse.com/article/health/3714001-a-story"


def sha1(content: bytes) -> str:
    return f"sha1:{b32encode(hashlib.sha1(content).digest()).decode()}"


def record(
    url: str = URL,
    body: bytes = PAGE,
    *,
    head: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n",
    kind: str = "response",
    at: str = "2025-12-01T10:20:30Z",
    more: str = "",
    digest: str | None = None,
) -> bytes:
    """A record as Common Crawl's news crawl writes it: WARC 1.0, a gzip member of its own."""
    block = head.encode() + b"\r\n" + body
    fields = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{hashlib.md5(block).hexdigest()}>\r\n"
        f"WARC-Date: {at}\r\nWARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"WARC-Payload-Digest: {digest or sha1(body)}\r\n{more}Content-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(fields.encode() + block + b"\r\n\r\n")


def warcinfo() -> bytes:
    text = b"software: another crawler\r\n"
    fields = (
        "WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:0>\r\nWARC-Date: 2025-12-01T00:00:00Z\r\n"
        f"Content-Type: application/warc-fields\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return gzip.compress(fields.encode() + text + b"\r\n\r\n")


def found_in(path: Path) -> tuple[list[str], Counter[str]]:
    found: Counter[str] = Counter()
    pages = list(find_pages(SITE, SITE.base_url, [path], found, {}))
    for page in pages:
        assert read_exchange(page).status == 200
    return [f"{page.fetched_at:%H:%M:%S} {page.url}" for page in pages], found


def chunked(body: bytes) -> bytes:
    parts = (body[at : at + 10_000] for at in range(0, len(body), 10_000))
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def test_pages_of_the_site_are_found_among_those_of_others(tmp_path: Path) -> None:
    path = tmp_path / "news.warc.gz"
    refers = (
        "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest\r\n"
        f"WARC-Refers-To-Target-URI: {URL}\r\n"
    )
    path.write_bytes(
        warcinfo()
        + record(url="https://other.example/article/health/3714001-a-story")
        + record(url="https://www.devdiscourse.com/news")
        + record()
        + record(body=b"", kind="revisit", at="2025-12-02T10:20:30Z", more=refers, digest=sha1(PAGE))
        + record(body=b"", kind="revisit", at="2025-12-03T10:20:30Z", more=refers, digest=sha1(b"elsewhere"))
        + record(head="HTTP/1.1 404 Not Found\r\n", at="2025-12-04T10:20:30Z")
    )
    pages, found = found_in(path)
    assert pages == [f"10:20:30 {PLAIN}"] * 2
    assert found == {
        "other addresses": 2, "pages": 2, "answers 404": 1, "revisits of pages that are not in these files": 1,
    }  # fmt: skip


def test_what_is_damaged_is_passed_over_and_counted(tmp_path: Path) -> None:
    whole = record()
    path = tmp_path / "hostile.warc.gz"
    huge = record(body=b"x" * 17_000_000, at="2025-12-01T00:00:01Z")
    wrong = record(digest=sha1(b"another page"), at="2025-12-01T00:00:02Z")
    silent = record(head="no answer at all\r\n", at="2025-12-01T00:00:03Z")
    timeless = record(at="yesterday")
    path.write_bytes(huge + wrong + silent + timeless + whole + record(at="2025-12-05T00:00:00Z")[:-400])
    pages, found = found_in(path)
    assert pages == [f"10:20:30 {PLAIN}"]
    assert found["records that are too large"] == 1
    assert found["records that are damaged"] >= 2
    assert found["pages"] == 1


def test_files_that_are_not_read_to_their_end_are_named_with_the_reason(tmp_path: Path) -> None:
    contents = {
        "whole": warcinfo() + record(),
        "nothing of ours": warcinfo(),
        "torn": record() + b"\x00no record" * 99 + record(at="2025-12-05T00:00:00Z"),
        "empty": b"",
        "no WARC": b"this is not a WARC file",
        "noise": bytes(range(256)) * 12,
    }
    paths = [tmp_path / f"{name}.warc.gz" for name in [*contents, "away"]]
    for path, content in zip(paths, contents.values(), strict=False):
        path.write_bytes(content)
    found, unread = Counter[str](), dict[Path, str]()
    assert len(list(find_pages(SITE, SITE.base_url, paths, found, unread))) == 2
    reasons = {path.name.removesuffix(".warc.gz"): reason for path, reason in unread.items()}
    assert reasons.pop("torn").startswith("is damaged and was read up to there: ")
    assert reasons.pop("away") == "cannot be read: No such file or directory"
    assert reasons == dict.fromkeys(("empty", "no WARC", "noise"), "holds no WARC record")
    assert (found["files that are no WARC files"], found["files that cannot be read"]) == (3, 1)
    assert found["files that cannot be read to their end"] == 1


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Type: text/html\r\n", PAGE),
        ("", PAGE),
        ("Content-Encoding: gzip\r\n", gzip.compress(PAGE)),
        # Unpacked by the crawler, which left the header; and with the chunks of the transfer still in it.
        ("Content-Encoding: gzip\r\n", PAGE),
        ("Transfer-Encoding: chunked\r\n", chunked(PAGE)),
        ("Transfer-Encoding: chunked\r\n", PAGE),
        ("Content-Type: text/html; charset=koi8-r\r\nContent-Type: text/html; charset=windows-1252\r\n", FRENCH),
    ],
    ids=["plain", "no headers", "packed", "unpacked", "in chunks", "joined", "two types"],
)
def test_a_page_is_copied_into_the_archive_so_that_it_can_be_read_there(tmp_path: Path, head: str, body: bytes) -> None:
    path = tmp_path / "news.warc.gz"
    path.write_bytes(warcinfo() + record(body=body, head=f"HTTP/1.1 200 OK\r\n{head}"))
    places = list(find_pages(SITE, SITE.base_url, [path], Counter(), {}))
    run = LandingRun(tmp_path / "20260101T000000Z-devdiscourse-000000")
    request = CrawlRequest(run_id=run.run_id, flow="backfill", site=SITE.name, user_agent="x", code_version="0")
    summary = import_pages(run, request, SITE, places)
    assert (summary.state, summary.counts["articles"], summary.counts["fetched"]) == ("complete", 1, 1)
    file = run.warc_directory / summary.warc_files[0]
    (answer,) = read_answers(file)
    assert read_page(file, answer.position.offset).body == (body if body == FRENCH else PAGE)
    assert not compare_with_archive(run.lines("fetches"), [file]).disagreements
    (fetch,), (line,), (found,) = (list(run.lines(kind)) for kind in ("fetches", "records", "urls"))
    assert fetch["fetched_at"] == line["fetched_at"] == found["discovered_at"] == "2025-12-01T10:20:30.000000+00:00"
    assert (fetch["url"], fetch["archive_offset"]) == (PLAIN, answer.position.offset)
    assert found["discovered_by"] == "warc"
    again = read_stored(SITE, StoredPage(file, answer.position.offset, PLAIN)).record
    assert again is not None
    assert (again.title, again.body) == (line["title"], line["body"])
