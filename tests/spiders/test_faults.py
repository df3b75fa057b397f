"""Whatever a server does wrong costs the page it is done to: it ends as a line with a reason, and the crawl goes on."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from spiders.archive import read_answers, read_page
from spiders.archive_check import compare_with_archive
from spiders.errors import ArchiveError
from tests.replica import Replica
from tests.spiders.crawls import SITE, Answer, Crawl, ScriptedSite, article_page, crawl, ids_of, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: For each fault the verdict, words of the error, and the slug of the reject that the article ends with.
FAILING: dict[str, tuple[str, str | None, str | None]] = {
    "500": ("error", "HTTP 500", None),
    "503": ("error", "HTTP 503", None),
    "403": ("error", "HTTP 403", None),
    "404": ("gone", None, None),
    "cut": ("error", "ResponseDataLossError", None),
    "empty": ("error", "an empty body", None),
    "long_length": ("error", "ResponseDataLossError", None),
    "short_length": ("rejected", None, "not_an_article"),
    "redirect_loop": ("error", "redirected more than 6 times", None),
    "redirect_offsite": ("redirect", None, "off_site"),
    "gzip_bomb": ("error", "decodes to more than", None),
    "huge": ("error", "DownloadCancelledError", None),
    "consent": ("rejected", None, "not_an_article"),
}
PASSING = ("slow", "hang", "charset_header", "charset_bytes")


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=45, seed=3) as site:
        yield site


@pytest.fixture(scope="module")
def victims(replica: Replica) -> dict[str, str]:
    """The id of the article that meets each fault."""
    ids = [key for key, article in replica.truth()["articles"].items() if article["kind"] == "news"]
    return dict(zip([*FAILING, *PASSING], ids, strict=False))


@pytest.fixture(scope="module")
def faulty(replica: Replica, victims: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """One crawl of a site that does everything wrong at once."""
    rules: list[dict[str, Any]] = [{"kind": kind, "path": f"/{key}-", "seconds": 0.2} for kind, key in victims.items()]
    for rule in rules:
        if rule["kind"] == "hang":
            rule |= {"seconds": 30, "times": 1}
    replica.faults.set(*rules)
    # Longer than a busy machine takes to serve a page of 48 MB: a time-out would be a fault of the test.
    crawled = crawl(tmp_path_factory.mktemp("faulty"), replica.base_url, answer_within_s=4)
    assert set(replica.faults.done()) == set(victims)
    replica.faults.clear()
    return crawled


@pytest.mark.parametrize("kind", FAILING)
def test_a_fault_ends_as_a_line_with_a_reason(faulty: Crawl, victims: dict[str, str], kind: str) -> None:
    verdict, error, reject = FAILING[kind]
    *_, last = faulty.about("fetches", victims[kind])
    assert last["verdict"] == verdict
    assert (error or "") in (last["error"] or "")
    rejects = faulty.about("rejects", victims[kind])
    if kind == "redirect_offsite":
        assert [row["url"] for row in faulty.rows["rejects"] if row["reason"] == reject] == [
            f"http://ads.example.com/landing?from={path_of(last['requested_url'])}"
        ]
        assert faulty.events("off_scope") == {victims[kind]}
    else:
        assert [row["reason"] for row in rejects] == ([reject] if reject else [])
        assert all(row["detail"] for row in rejects)


@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_that_can_be_mended_is(replica: Replica, faulty: Crawl, victims: dict[str, str], kind: str) -> None:
    (record,) = faulty.about("records", victims[kind])
    truth = replica.truth()["articles"][victims[kind]]
    assert record["title"] == truth["title"]
    assert record["body"] == truth["body"]


def test_a_page_that_did_not_come_in_time_is_asked_for_again(faulty: Crawl, victims: dict[str, str]) -> None:
    first, second = faulty.about("fetches", victims["hang"])
    assert (first["verdict"], first["status"], first["archive_file"]) == ("error", None, None)
    assert "Timeout" in first["error"]
    assert second["verdict"] == "article"


def test_the_run_is_complete_and_every_other_article_lands_once(
    replica: Replica, faulty: Crawl, victims: dict[str, str]
) -> None:
    assert (faulty.summary.state, faulty.summary.reason) == ("complete", None)
    failing = {victims[kind] for kind in FAILING}
    assert faulty.landed == sorted(ids_of(replica) - failing)
    assert replica.disallowed() == 0
    assert "Traceback" not in faulty.log


def test_a_passing_fault_is_retried_and_a_lasting_one_given_up(faulty: Crawl, victims: dict[str, str]) -> None:
    tries = {kind: len(faulty.about("fetches", key)) for kind, key in victims.items()}
    # Four in a row, and four more at the end of the run.
    for kind in ("500", "503", "cut", "empty", "long_length"):
        assert tries[kind] == 8
    assert tries["redirect_loop"] == 7
    for kind in ("403", "404", "short_length", "redirect_offsite", "gzip_bomb", "huge", "consent", "slow"):
        assert tries[kind] == 1


def test_what_failed_is_tried_once_more_at_the_end_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    with ScriptedSite() as site:
        ends = site.article(1, lambda before: Answer(500) if before < 4 else Answer(body=article_page()))
        site.answers["/news"] = Answer(body=f"<a href={path_of(ends)}>Story</a>".encode())
        crawled = crawl(tmp_path_factory.mktemp("again"), site.base_url)
        assert len(site.times_of(ends)) == 5
    assert len(crawled.rows["records"]) == 1
    assert_archive_agrees(crawled)


def test_a_site_that_fails_for_many_is_not_asked_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    with ScriptedSite() as site:
        urls = [site.article(number, Answer(500)) for number in range(1, 23)]
        links = "".join(f"<li><a href={path_of(url)}>Story</a>" for url in urls)
        site.answers["/news"] = Answer(body=links.encode())
        crawl(tmp_path_factory.mktemp("down"), site.base_url)
        assert {len(site.times_of(url)) for url in urls} == {4}


def test_bombs_and_huge_pages_do_not_cost_memory(faulty: Crawl) -> None:
    assert 10_000_000 < faulty.peak_bytes < 500_000_000


def test_every_answer_is_in_the_archive_where_its_line_says_and_every_record_has_a_line(
    replica: Replica, faulty: Crawl
) -> None:
    assert_archive_agrees(faulty)
    # And the server's own log has no request that is not told of.
    told = Counter(path_of(row["url"]) for row in faulty.rows["fetches"])
    assert told == replica.count_by_path()


def assert_archive_agrees(crawled: Crawl) -> None:
    """Compares the lines of fetches.jsonl with the records of the archive, one by one."""
    lines = {
        (row["archive_file"], row["archive_offset"]): row for row in crawled.rows["fetches"] if row["archive_file"]
    }
    assert len(lines) == sum(row["status"] is not None for row in crawled.rows["fetches"])
    found = {}
    for name in crawled.summary.warc_files:
        with (crawled.run.warc_directory / name).open("rb") as file:
            records = ArchiveIterator(file, check_digests="raise")
            for record in records:
                record.raw_stream.read()  # not decoded: there may be a bomb in it
                if record.rec_type in {"response", "revisit"}:
                    status = int(record.http_headers.get_statuscode())
                    found[name, records.get_record_offset()] = (record.rec_headers["WARC-Target-URI"], status)
    assert found == {place: (row["url"], row["status"]) for place, row in lines.items()}
    for (name, offset), row in lines.items():
        if "decodes to more than" in (row["error"] or ""):
            with pytest.raises(ArchiveError, match="decodes to more than"):
                read_page(crawled.run.warc_directory / name, offset)
        else:
            assert read_page(crawled.run.warc_directory / name, offset).url == row["url"]
    records_at = {(row["archive_file"], row["archive_offset"]) for row in crawled.rows["records"]}
    assert records_at == {place for place, row in lines.items() if row["verdict"] == "article"}


# -- redirects ---------------------------------------------------------------------------------------------------------


def test_no_request_leaves_for_an_address_that_is_not_the_sites_own(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Another port of loopback stands for any other host: it would answer, and counts."""
    with ScriptedSite() as foreign, ScriptedSite() as site:
        foreign.article(1)
        port = site.base_url.rpartition(":")[2]
        targets = [
            foreign.base_url + "/article/politics/1-a-story",
            f"http://localhost:{port}/article/politics/9-a-story",
            f"http://2130706433:{port}/article/politics/9-a-story",
            f"http://reader@127.0.0.1:{port}/article/politics/9-a-story",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "//ads.example.com/article/politics/9-a-story",
            "https://ads.example.com/article/politics/9-a-story",
        ]
        urls = [site.article(100 + at, Answer(302, b"", {"Location": to})) for at, to in enumerate(targets)]
        urls += [site.article(200)]
        crawled = crawl(tmp_path_factory.mktemp("off"), site.base_url, urls=urls)
        assert not foreign.asked
        assert Counter(path for _, path in site.asked) == Counter(map(path_of, urls)) + Counter(["/robots.txt"])
    assert crawled.summary.state == "complete"
    assert Counter(row["reason"] for row in crawled.rows["rejects"]) == {"off_site": len(targets)}
    assert crawled.events("off_scope") == {str(100 + at) for at in range(len(targets))}
    assert len(crawled.rows["records"]) == 1
    assert_archive_agrees(crawled)


def test_what_a_redirect_leads_to_is_retried_as_often_as_any_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    with ScriptedSite() as site:
        target = site.article(2, lambda before: Answer(500) if before < 2 else Answer(body=article_page()))
        moved = Answer(301, b"", {"Location": target})
        url = site.article(1, lambda before: Answer(500) if before < 2 else moved)
        crawled = crawl(tmp_path_factory.mktemp("moved"), site.base_url, urls=[url])
    assert len(crawled.rows["records"]) == 1
    assert_archive_agrees(crawled)


def test_what_is_damaged_in_other_ways_ends_with_a_reason_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = article_page()
    answers = {
        1: (Answer(302), "HTTP 302 without a Location"),
        2: (Answer(301, b"", {"Location": "ftp://127.0.0.1/x"}), "no web address"),
        3: (Answer(301, b"", {"Location": "http://["}), "no web address"),
        4: (Answer(200, page, {"Content-Encoding": "gzip"}), "gzip"),
        5: (Answer(200, gzip.compress(page)[:-2000], {"Content-Encoding": "gzip"}), None),
        7: (Answer(204), "HTTP 204"),
        8: (Answer(418, page), "HTTP 418"),
        9: (Answer(200, b" \n"), None),
        10: (Answer(200, b"\x00\xff" * 5000, {"Content-Type": "image/jpeg"}), None),
        11: (Answer(200, page.replace(b"</html>", b"")), None),
    }
    with ScriptedSite() as site:
        urls = [site.article(number, answer) for number, (answer, _) in answers.items()]
        crawled = crawl(tmp_path_factory.mktemp("odd"), site.base_url, urls=[*urls, site.article(99)])
    assert crawled.summary.state == "complete"
    ends = {number: crawled.about("fetches", str(number))[-1] for number in answers}
    for number, (_, error) in answers.items():
        if error is None:
            assert ends[number]["verdict"] == "rejected", number
            assert len(crawled.about("rejects", str(number))) == 1, number
        else:
            assert ends[number]["verdict"] == "error", number
            assert error in ends[number]["error"], number
    told = Counter(SITE.article_id(row["url"]) for row in crawled.rows["fetches"])
    assert told == Counter([None, *map(str, [*answers, 99])])
    assert len(crawled.rows["records"]) == 1


def test_a_story_from_the_beginning_of_time_does_not_stop_the_clock_or_the_crawl(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    page = re.sub(rb"(Created|Updated): [^|<]* IST", b"", article_page())
    page = page.replace(b"2026-01-05T11:30:12+05:30", b"0001-01-01T00:00:00")
    with ScriptedSite() as site:
        second = site.article(2)
        first = site.article(1, Answer(body=page.replace(b"</body>", f"<a href={second}>x</a></body>".encode())))
        site.answers["/news"] = Answer(body=f"<a href={path_of(first)}>Story</a>".encode())
        crawled = crawl(tmp_path_factory.mktemp("dated"), site.base_url)
    assert crawled.landed == ["1", "2"]
    assert "Traceback" not in crawled.log
    assert_archive_agrees(crawled)


def test_odd_answers_are_kept_so_that_they_can_be_read_or_end_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    page = article_page()
    answers = {
        1: (b"HTTP/1.1 200 OK\r\n\r\n", "article"),
        2: (b"FOO/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "article"),
        3: (b"http/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "article"),
        4: (b"HTTP/1.1 99999 OK\r\nContent-Type: text/html\r\n\r\n", "status 99999"),
        5: (b"HTTP/1.1 -5 OK\r\nContent-Type: text/html\r\n\r\n", "status -5"),
        6: (b"HTTP/1.1 200 OK\r\n" + b"X: %b\r\n" % (b"x" * 8_000) * 10 + b"\r\n", "bytes of headers"),
    }
    with ScriptedSite() as site:
        urls = [site.article(number, Answer(raw=head + page)) for number, (head, _) in answers.items()]
        crawled = crawl(tmp_path_factory.mktemp("heads"), site.base_url, urls=[*urls, site.article(99)])
    assert (crawled.summary.state, "Traceback" in crawled.log) == ("complete", False)
    for number, (_, end) in answers.items():
        (fetch,) = crawled.about("fetches", str(number))
        assert fetch["verdict"] == ("article" if end == "article" else "error"), number
        assert end in (fetch["error"] or "article"), number
    assert_archive_agrees(crawled)
    files = [crawled.run.warc_directory / name for name in crawled.summary.warc_files]
    assert not compare_with_archive(crawled.rows["fetches"], files).disagreements


# -- traps -------------------------------------------------------------------------------------------------------------


def test_each_article_is_asked_for_once_and_the_rest_costs_a_bounded_number_of_requests(
    replica: Replica, tmp_path_factory: pytest.TempPathFactory
) -> None:
    replica.faults.clear()
    replica.forget_requests()
    crawled = crawl(tmp_path_factory.mktemp("whole"), replica.base_url)
    articles = ids_of(replica)
    assert crawled.landed == sorted(articles)
    paths = Counter(replica.count_by_path())
    by_article = Counter(SITE.article_id(path) for path in paths.elements())
    others = by_article.pop(None)
    assert {key: by_article[key] for key in articles} == dict.fromkeys(articles, 1)
    # robots.txt, site map, feed, and the pages of each listing and two past its end.
    listings = [*SITE.listings, *SITE.deep_listings]
    most = [len(articles) / SITE.items_per_listing + 3 if "{page}" in each else 1 for each in listings]
    assert others is not None
    assert others <= 3 + sum(most)
    assert max(paths.values()) == 1
    assert not [path for path in paths if "amp" in path or "tag=" in path.replace("&tag=&", "") or "utm_" in path]
    assert_archive_agrees(crawled)


def test_an_article_under_many_addresses_is_asked_for_once(
    replica: Replica, tmp_path_factory: pytest.TempPathFactory
) -> None:
    replica.forget_requests()
    article = next(each for each in replica.truth()["articles"].values() if each["label"])
    url, key, label = article["url"], article["site_article_id"], article["label"]
    base = replica.base_url
    addresses = [
        url, f"{url}?amp", f"{url}?utm_source=feed", f"{url};jsessionid=1A2B", f"{url}#comments", f"{url}/",
        f"{base}/Article/{key}-old", f"{base}/{label}/article/{key}-x", f"{base}/article/agency-wire/{key}-y",
        *(f"{url}?sid={number}" for number in range(50)),
    ]  # fmt: skip
    crawled = crawl(tmp_path_factory.mktemp("many"), base, urls=addresses)
    assert replica.count_by_path() == {"/robots.txt": 1, path_of(url): 1}
    assert crawled.landed == [key]
    assert {row["url"] for row in crawled.rows["urls"]} == {url}


def test_a_listing_without_end_is_left_when_it_brings_nothing_new(tmp_path_factory: pytest.TempPathFactory) -> None:
    with ScriptedSite() as site:
        links = [site.article(number) for number in range(1, 21)]
        page = Answer(body="".join(f'<a href="{link}?sid=1">a story</a>' for link in links).encode())
        for number in range(1, 200):
            site.answers[SITE.listings[0].format(page=number)] = page
        crawled = crawl(tmp_path_factory.mktemp("endless"), site.base_url, walk_fully=False)
        listings = [path for _, path in site.asked if path.lower().startswith("/home/getnewsitems")]
    assert len(listings) <= 4
    assert len(crawled.rows["records"]) == 20


def test_the_archive_of_a_faulty_crawl_can_be_read_from_end_to_end(faulty: Crawl) -> None:
    files = [faulty.run.warc_directory / name for name in faulty.summary.warc_files]
    answered = [row for row in faulty.rows["fetches"] if row["status"] is not None]
    assert sum(1 for file in files for _ in read_answers(file)) == len(answered)
