"""A disk that is full: what is there stays whole, the crawl ends at once and says why, and what is lost is said."""

from __future__ import annotations

import contextlib
import resource
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from spiders.archive import ArchiveWriter, intact_length, read_answers
from spiders.archive_check import compare_with_archive
from spiders.errors import DiskError
from spiders.landing import LandingRun
from spiders.landing_writer import LandingWriter
from spiders.recovery import recover_run
from spiders.warc_records import Exchange
from tests.spiders.crawls import Answer, ScriptedSite, article_page, crawl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: No file of the crawl's process grows past so many bytes: written are those that fit, then there is an error.
FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, resource.RLIM_INFINITY))"


@contextlib.contextmanager
def room_up_to(most: int) -> Iterator[None]:
    """Files of this process cannot grow past so many bytes."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def exchange(number: int) -> Exchange:
    url = f"https://www.devdiscourse.com/article/politics/{number}-a-story"
    return Exchange(url, datetime.now(UTC), "GET", [], 200, [(b"Content-Encoding", b"br")], bytes(3000))


def test_an_exchange_that_does_not_fit_leaves_nothing_behind_and_the_next_one_is_whole(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "run", software="test")
    kept = [writer.write(exchange(1))]
    file = tmp_path / writer.names[0]
    size = file.stat().st_size
    with room_up_to(size + 1500), pytest.raises(DiskError, match=r"00000\.warc\.gz failed.*free space"):
        writer.write(exchange(2))
    assert file.stat().st_size == size
    kept.append(writer.write(exchange(3)))
    writer.close()
    assert intact_length(file) == file.stat().st_size
    assert [answer.position for answer in read_answers(file)] == kept


def test_a_file_that_cannot_be_begun_is_said_and_the_next_one_is_whole(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "run", software="test")
    with room_up_to(100), pytest.raises(DiskError, match=r"00000\.warc\.gz failed"):
        writer.write(exchange(1))
    kept = writer.write(exchange(2))
    writer.close()
    assert [answer.position for answer in read_answers(tmp_path / kept.file)] == [kept]


def test_a_line_that_does_not_fit_is_an_error_and_does_not_swallow_the_next(tmp_path: Path) -> None:
    run = LandingRun(tmp_path)
    told: list[DiskError] = []
    with LandingWriter(run, site="devdiscourse", software="test", on_failure=told.append) as landing:
        landing.add_url("https://x.example/1", site_article_id="1", discovered_by="feed")
        room = run.path("urls").stat().st_size + 50
        with room_up_to(room), pytest.raises(DiskError, match=r"urls\.jsonl failed"):
            landing.add_url("https://x.example/2", site_article_id="2", discovered_by="feed")
        landing.add_url("https://x.example/3", site_article_id="3", discovered_by="feed")
    assert [row["site_article_id"] for row in run.lines("urls")] == ["1", "3"]
    assert len(told) == 1


def test_a_run_whose_files_cannot_be_forced_to_the_disk_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> None:
        raise OSError("the disk is gone")

    run = LandingRun(tmp_path)
    left = LandingWriter(run, site="devdiscourse", software="test")
    left.__enter__()
    left.add_exchange(exchange(1))
    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", fails)
        with pytest.raises(OSError, match="disk is gone"):
            left.__exit__()
    with run.locked():
        pass


def test_a_damaged_line_among_others_is_not_passed_over_in_silence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = LandingRun(tmp_path)
    run.path("urls").write_bytes(b'{"url": 1}\n{"ur{"url": 3}\n{"url": 4}\n{"u')
    assert [row["url"] for row in run.lines("urls")] == [1, 4]
    assert [record.message.partition(" of ")[0] for record in caplog.records] == ["Passing over line 2"]


@pytest.mark.parametrize("first_full", ["the archive", "the records", "the addresses"])
def test_a_crawl_that_cannot_write_on_asks_for_nothing_more_and_is_completed_when_there_is_room(
    tmp_path: Path, first_full: str
) -> None:
    page, articles, most = {
        "the archive": (article_page(), 200, 100_000),
        "the records": (article_page().replace(b"</p>", b" and so on" * 5_000 + b"</p>", 1), 200, 100_000),
        "the addresses": (article_page(), 1000, 100_000),
    }[first_full]
    with ScriptedSite() as site:
        urls = [site.article(number, Answer(body=page)) for number in range(1, articles + 1)]
        crawled = crawl(tmp_path, site.base_url, meddling=FULL.format(most=most), completes=False, urls=urls)
        asked = len(site.asked)
    run = crawled.run
    assert "free space or repair the disk" in crawled.log.splitlines()[-1]
    assert "Traceback" not in crawled.log
    listed_before, noted_before = list(run.lines("fetches")), list(run.lines("urls"))

    summary = recover_run(run)
    assert summary.state == "recovered"
    assert "could not write on ([Errno 27] File too large)" in (summary.reason or "")
    fetches = list(run.lines("fetches"))
    agreement = compare_with_archive(fetches, [run.warc_directory / name for name in summary.warc_files])
    assert (agreement.disagreements, agreement.listed) == ([], len(fetches))
    # But for what was under way then, which is sixteen requests at most.
    assert asked <= len(fetches) + 17
    assert asked < articles / 2
    assert bool(asked) == (first_full != "the addresses")
    assert fetches[: len(listed_before)] == listed_before
    assert list(run.lines("urls")) == noted_before
    articles_read = [row for row in fetches if row["verdict"] == "article"]
    assert len(articles_read) == len(list(run.lines("records")))
