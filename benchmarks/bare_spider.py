"""A bare Scrapy spider: downloads the addresses in a file and yields them. A peer for benchmarks/crawl.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from spiders.crawl import CrawlRequest
from spiders.settings import crawl_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response


class BareSpider(scrapy.Spider):
    name = "bare"
    urls: list[str]

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Response) -> Iterator[dict[str, str]]:
        yield {"url": response.url}


def main() -> None:
    base_url, url_file = sys.argv[1:]
    request = CrawlRequest(
        run_id="bare", flow="benchmark", site="bare", user_agent="wirehouse/benchmark", code_version="benchmark"
    )
    settings = crawl_settings(request, base_url)
    settings["DOWNLOADER_MIDDLEWARES"] = {
        name: order for name, order in settings["DOWNLOADER_MIDDLEWARES"].items() if not name.startswith("spiders.")
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(BareSpider, urls=Path(url_file).read_text(encoding="utf-8").split())
    process.start()


if __name__ == "__main__":
    main()
