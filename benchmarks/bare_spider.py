"""A bare Scrapy spider: downloads the addresses in a file and yields them. A peer for benchmarks/crawl.py.

`python -m benchmarks.bare_spider {ours|default} BASE_URL FILE`: with our settings, less our own middlewares and lazily
fed, or as Scrapy comes, asking for its start URLs as Scrapy does.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess

from spiders.crawl_request import CrawlRequest
from spiders.settings import crawl_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response


class BareSpider(scrapy.Spider):
    name = "bare"

    def parse(self, response: Response) -> Iterator[dict[str, str]]:
        yield {"url": response.url}


class LazilyFedSpider(BareSpider):
    name = "lazily_fed"

    async def start(self) -> AsyncIterator[Any]:
        """As Scrapy's documentation of start requests has it, a hundred at a time."""
        number = 0
        async for request in super().start():
            yield request
            number += 1
            if number % 100 == 0 and self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)


def our_settings(base_url: str) -> dict[str, Any]:
    request = CrawlRequest(
        run_id="bare", flow="benchmark", site="bare", user_agent="wirehouse/benchmark", code_version="benchmark"
    )
    settings = crawl_settings(request, base_url)
    settings["DOWNLOADER_MIDDLEWARES"] = {
        name: order for name, order in settings["DOWNLOADER_MIDDLEWARES"].items() if not name.startswith("spiders.")
    }
    return settings


def main() -> None:
    setup, base_url, url_file = sys.argv[1:]
    process = AsyncCrawlerProcess(our_settings(base_url) if setup == "ours" else {})
    urls = Path(url_file).read_text(encoding="utf-8").split()
    process.crawl(LazilyFedSpider if setup == "ours" else BareSpider, start_urls=urls)
    process.start()


if __name__ == "__main__":
    main()
