"""The reader process: same readings, in order; a page that kills or hangs it is given up, the others are read."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import os
import pickle
import signal
import struct
from pathlib import Path

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
        connection = _Connection(taken.append, lambda: None)
        for start in range(0, len(stream), step):
            connection.data_received(stream[start : start + step])
        assert taken == readings


def test_a_page_that_kills_the_reader_is_given_up_and_the_others_are_read() -> None:
    async def read_all() -> list[str]:
        reader = PageReader("devdiscourse")
        await reader.read(PAGES[0])
        assert reader._process is not None
        os.kill(reader._process.pid, signal.SIGSTOP)
        asked = [asyncio.create_task(reader.read(page)) for page in PAGES]
        await asyncio.sleep(0.05)
        os.kill(reader._process.pid, signal.SIGKILL)
        readings = await asyncio.gather(*asked)
        await reader.close()
        return [reading.reason or "" for reading in readings]

    first, *others = asyncio.run(read_all())
    assert first == "reading the page ended the reader"
    assert first not in others


def test_a_page_that_never_ends_is_given_up_after_the_time_limit() -> None:
    async def read_two() -> list[str | None]:
        # Longer than a busy machine takes to start the process.
        reader = PageReader("devdiscourse", time_limit_s=4)
        await reader.read(PAGES[0])
        assert reader._process is not None
        os.kill(reader._process.pid, signal.SIGSTOP)
        readings = [await reader.read(page) for page in PAGES[:2]]
        await reader.close()
        return [reading.reason for reading in readings]

    assert asyncio.run(read_two()) == [
        "reading the page took too long",
        read_page(load("devdiscourse"), PAGES[1]).reason,
    ]


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
