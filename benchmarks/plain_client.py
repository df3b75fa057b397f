"""A plain HTTP client: downloads the addresses in a file, sixteen at once. The floor for benchmarks/crawl.py."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import uvloop

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 16


async def download(urls: Iterator[str]) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def work() -> None:
            # All take from the one iterator.
            for url in urls:
                async with session.get(url) as response:
                    response.raise_for_status()
                    await response.read()

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    uvloop.run(download(iter(Path(sys.argv[1]).read_text(encoding="utf-8").split())))
