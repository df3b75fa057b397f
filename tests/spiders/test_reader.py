"""The reader process: same readings, in order; a page that kills or hangs it is given up, the others are read."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import os
import pickle
import signal
import struct
import sys
import time
from pathlib import Path

import pytest

from spiders.doors import MAX_FEED_BYTES, DoorReading, Feed
from spiders.land_page import Page, read_page
from spiders.reader import PageReader, _Connection
from spiders.records import PageReading
from spiders.site import load

CASES = sorted((Path(__file__).parent / "cases" / "devdiscourse").glob("*.html"))[:8]
PAGES = [
    Page(
        f"https://www.devdiscourse.com/article/health/{3_000_000 + number}-a-page", 200, "text/html", file.read_bytes()
    )
    for number, file in enumerate(CASES)
]
#: A reader that starts slowly, and never ends with the pages of an address.
ENDLESS_READER = """#!{python}
import sys, time
time.sleep(1.5)
import spiders.reader
read_page = spiders.reader.read_page
spiders.reader.read_page = lambda site, page: time.sleep(60) if "endless" in page.url else read_page(site, page)
sys.argv = sys.argv[2:]
sys.exit(spiders.reader.main())
"""


def test_the_readings_are_those_of_the_page_objects_in_the_order_asked() -> None:
    async def read_all() -> list[object]:
        reader = PageReader("devdiscourse")
        readings = await asyncio.gather(*(reader.read(page) for page in PAGES))
        await reader.close()
        return readings

    site = load("devdiscourse")
    assert asyncio.run(read_all()) == [read_page(site, page) for page in PAGES]


def test_a_page_is_unpacked_where_it_is_read_and_one_that_cannot_be_is_damaged() -> None:
    page = PAGES[0]
    sent = dataclasses.replace(page, body=gzip.compress(page.body), content_encoding="gzip")
    damaged = dataclasses.replace(page, content_encoding="gzip")

    async def read_both() -> list[PageReading]:
        reader = PageReader("devdiscourse")
        reader.start()
        readings = [await reader.read(each) for each in (sent, damaged)]
        await reader.close()
        return readings

    good, bad = asyncio.run(read_both())
    assert good == read_page(load("devdiscourse"), page)
    assert bad.verdict == "damaged"
    assert "gzip" in (bad.reason or "")


def test_answers_are_put_together_however_the_stream_is_cut() -> None:
    readings = [PageReading("unknown", reason=f"{number}" * number) for number in range(1, 5)]
    messages = [pickle.dumps(each) for each in readings]
    stream = b"".join(struct.pack(">I", len(each)) + each for each in messages)
    for step in (1, 3, 50, len(stream)):
        taken: list[PageReading] = []
        connection = _Connection(lambda: None, taken.append, lambda: None)
        for start in range(0, len(stream), step):
            connection.data_received(stream[start : start + step])
        assert taken == readings


async def read_disturbed(reader: PageReader, pages: list[Page], end: signal.Signals | None, times: int) -> list[str]:
    """Reads the pages by readers of which the first few are stopped, and ended if `end` says so."""
    await reader.read(pages[0])
    asked: list[asyncio.Task[PageReading]] = []
    stopped = None
    for _ in range(times):
        while reader._process is None or reader._process is stopped:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
        stopped = reader._process
        os.kill(stopped.pid, signal.SIGSTOP)
        asked = asked or [asyncio.create_task(reader.read(page)) for page in pages]
        await asyncio.sleep(0.05)
        if end is not None:
            os.kill(stopped.pid, end)
    readings = await asyncio.gather(*asked)
    await reader.close()
    return [reading.reason or "" for reading in readings]


def reasons(pages: list[Page]) -> list[str]:
    return [read_page(load("devdiscourse"), page).reason or "" for page in pages]


def test_pages_whose_reader_is_killed_once_are_read_by_another() -> None:
    read = asyncio.run(read_disturbed(PageReader("devdiscourse"), PAGES, signal.SIGKILL, 1))
    assert read == reasons(PAGES)


def test_a_page_that_ends_its_reader_twice_is_given_up_and_the_others_are_read() -> None:
    first, *others = asyncio.run(read_disturbed(PageReader("devdiscourse"), PAGES, signal.SIGKILL, 2))
    assert first == "reading the page ended the reader"
    assert others == reasons(PAGES[1:])


def test_a_page_whose_reader_was_slow_once_is_read_by_another() -> None:
    reader = PageReader("devdiscourse", time_limit_s=2)
    assert asyncio.run(read_disturbed(reader, PAGES[:2], None, 1)) == reasons(PAGES[:2])


def test_a_page_that_never_ends_is_given_up_after_the_second_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable = tmp_path / "reader"
    executable.write_text(ENDLESS_READER.format(python=sys.executable))
    executable.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(executable))
    endless = dataclasses.replace(PAGES[0], url=PAGES[0].url + "-endless")

    async def read_two() -> list[str]:
        # The readers take longer to start than they may take for a page: that time is not the page's.
        reader = PageReader("devdiscourse", time_limit_s=1)
        readings = await asyncio.gather(reader.read(endless), reader.read(PAGES[1]))
        await reader.close()
        return [reading.reason or "" for reading in readings]

    assert asyncio.run(read_two()) == ["reading the page took too long", *reasons(PAGES[1:2])]


def test_a_page_made_to_take_all_memory_is_given_up_and_the_next_one_is_read() -> None:
    """Each paragraph opens all the formatting elements before it again: without a limit these 28 kB take 1.1 GB."""
    bomb = b"<p>" + b"".join(b"<b a=%d>" % number for number in range(499)) + b"<p>x" * 6_000
    page = dataclasses.replace(PAGES[0], body=bomb)

    async def read_two() -> list[PageReading]:
        reader = PageReader("devdiscourse")
        readings = [await reader.read(each) for each in (page, PAGES[0])]
        await reader.close()
        return readings

    lost, read = asyncio.run(read_two())
    assert (lost.verdict, lost.reason) == ("unknown", "the parser refused the page: Can't parse HTML.")
    assert read == read_page(load("devdiscourse"), PAGES[0])


def test_a_feed_made_to_be_read_for_ever_is_given_up_and_the_crawl_goes_on_meanwhile() -> None:
    """Looking for its encoding takes feedparser the third power of how often the word stands there."""
    hostile = Feed(b"<?" + b"encoding='" * 20_000)
    opened = b"<rss version='2.0'><channel><item><link>"
    nested = Feed(opened + b"<x:" * ((MAX_FEED_BYTES - len(opened)) // 3))

    async def read_all() -> tuple[list[DoorReading], PageReading, float]:
        reader = PageReader("devdiscourse", time_limit_s=1)
        asked = [asyncio.create_task(reader.read_feed(each)) for each in (hostile, nested)]
        page = asyncio.create_task(reader.read(PAGES[0]))
        longest = 0.0
        while not page.done():
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before)
        readings = [await each for each in asked]
        await reader.close()
        return readings, page.result(), longest

    feeds, page, longest = asyncio.run(read_all())
    assert feeds == [DoorReading(problem="reading the page took too long")] * 2
    assert page == read_page(load("devdiscourse"), PAGES[0])
    assert longest < 2
