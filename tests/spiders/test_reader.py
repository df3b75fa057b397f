"""The reader process: same readings, in order; a page that kills or hangs it is given up, the others are read."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from spiders.land_page import Page, read_page
from spiders.reader import PageReader
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
        reader = PageReader("devdiscourse", time_limit_s=0.5)
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
