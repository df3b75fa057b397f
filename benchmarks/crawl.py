"""A whole crawl, every page archived and every field read, beside bare Scrapy spiders that download the same pages.

All run as processes of their own against one server on loopback, which answers from memory; start and end of the
process count. They take turns; rates are medians, ratios medians of the ratios of each round. The bare spiders yield
the URL of each page: one has our own settings (lazily fed, uvloop, no needless middlewares; ours are left out), the
other is Scrapy as it comes. The plain client is aiohttp, sixteen requests at once: the floor.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.page_object import PAGE_BYTES, article_pages
from benchmarks.results import Row
from spiders.crawl import CrawlRequest
from spiders.landing import LandingRun

PAGES = 3000
ROUNDS = 3


def run() -> list[Row]:
    seconds: dict[str, list[float]] = {"ours": [], "bare": [], "default": [], "plain": []}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        page_file = home / "page.html"
        page_file.write_bytes(min((page for page, _ in article_pages()), key=lambda page: abs(len(page) - PAGE_BYTES)))
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.page_server", str(page_file)], stdout=subprocess.PIPE, text=True
        )
        try:
            base_url = (server.stdout.readline() if server.stdout else "").strip()
            urls = [f"{base_url}/article/politics/{3_000_000 + number}-a-page" for number in range(PAGES)]
            url_file = home / "urls.txt"
            url_file.write_text("\n".join(urls), encoding="utf-8")
            for number in range(ROUNDS):
                seconds["ours"].append(_time_ours(home, base_url, urls, number))
                seconds["bare"].append(_timed("bare_spider", "ours", base_url, str(url_file)))
                seconds["default"].append(_timed("bare_spider", "default", base_url, str(url_file)))
                seconds["plain"].append(_timed("plain_client", str(url_file)))
        finally:
            server.terminate()
            server.wait()
    rate = {name: PAGES / statistics.median(each) for name, each in seconds.items()}
    ratio = {
        name: statistics.median(other / ours for ours, other in zip(seconds["ours"], each, strict=True))
        for name, each in seconds.items()
    }
    return [
        Row("whole crawl", rate["ours"], "pages/s", f"{PAGES} pages of {PAGE_BYTES // 1000} KB, {ROUNDS} rounds"),
        Row("bare spider, our settings", rate["bare"], "pages/s", "downloads only"),
        Row("bare spider, Scrapy's settings", rate["default"], "pages/s", "downloads only"),
        Row("plain client", rate["plain"], "pages/s", "aiohttp; downloads only"),
        Row("whole crawl / bare spider, our settings", ratio["bare"], "ratio", "target at least 0.6"),
        Row("whole crawl / bare spider, Scrapy's settings", ratio["default"], "ratio", "target at least 1"),
        Row("whole crawl / plain client", ratio["plain"], "ratio", "the floor"),
    ]


def _time_ours(home: Path, base_url: str, urls: list[str], number: int) -> float:
    run = LandingRun(home / f"20260101T000000Z-devdiscourse-{number:06x}")
    request = CrawlRequest(
        run_id=run.run_id, flow="benchmark", site="devdiscourse", user_agent="wirehouse/benchmark",
        code_version="benchmark", base_url=base_url, urls=urls,
    )  # fmt: skip
    request.write(run)
    seconds = _timed_process("-m", "spiders.crawl", str(run.directory))
    if run.summary().counts["articles"] != len(urls):
        raise RuntimeError(f"the crawl read {run.summary().counts} of {len(urls)} pages; see {run.directory}")
    return seconds


def _timed(peer: str, *arguments: str) -> float:
    return _timed_process("-m", f"benchmarks.{peer}", *arguments)


def _timed_process(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began
