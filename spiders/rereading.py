"""Pages in the archive read again with today's code, by several reader processes, in bounded memory."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from spiders.reader import PageReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.archive import StoredPage
    from spiders.records import PageReading

Row: TypeAlias = dict[str, Any]

#: Pages that are with a reader at once: it never waits for the next, and few readings wait.
_AHEAD = 16


def reread(site: str, pages: Sequence[StoredPage], *, readers: int) -> list[PageReading]:
    """Today's reading of each page, in their order; a page that its reader does not survive is "unknown".

    Args:
        site: the site's name.
        pages: where they are; all readings are held at once, so give some hundreds or thousands.
        readers: how many processes read; one core each.
    """
    # In a thread of its own: whoever calls may have an event loop running.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_reread(site, pages, max(1, readers)))).result()


async def _reread(site: str, pages: Sequence[StoredPage], readers: int) -> list[PageReading]:
    """The readers take turns, so that each has its share and the order is kept."""
    processes = [PageReader(site) for _ in range(min(readers, len(pages)))]
    readings: list[PageReading] = []
    waiting: deque[asyncio.Task[PageReading]] = deque()
    try:
        for number, page in enumerate(pages):
            waiting.append(asyncio.create_task(processes[number % len(processes)].read(page)))
            if len(waiting) >= _AHEAD * len(processes):
                readings.append(await waiting.popleft())
        while waiting:
            readings.append(await waiting.popleft())
    finally:
        for process in processes:
            await process.close()
    return readings


def record_row(
    reading: PageReading, page: StoredPage, *, run_id: str, requested_url: str, fetched_at: str
) -> Row | None:
    """The line that a crawl would write of an article's reading; None where the page is no article.

    Its place is that of the page: the base name of its file, and the offset.
    """
    if reading.verdict != "article" or reading.record is None:
        return None
    row = {each.name: getattr(reading.record, each.name) for each in dataclasses.fields(reading.record)}
    row |= {"run_id": run_id, "requested_url": requested_url, "fetched_at": fetched_at, "edition": None}
    row |= {"archive_file": PurePath(page.path).name, "archive_offset": page.offset}
    plain: Row = orjson.loads(orjson.dumps(row))
    return plain
