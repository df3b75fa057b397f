"""A whole crawl, every page archived and every field read, beside bare Scrapy spiders that download the same pages.

All run as processes of their own against one server on loopback, which answers from memory; start and end of the
process count. They take turns; rates are medians, ratios medians of the ratios of each round. The bare spiders yield
the URL of each page: one has our own settings (lazily fed, uvloop, no needless middlewares; ours are left out), the
other is Scrapy as it comes. The plain client is aiohttp, sixteen requests at once: the floor. Processor time is that of
all processes of one, the reader's included, and depends less than rates on what else the machine does.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.page_object import PAGE_BYTES, article_pages
from benchmarks.results import Row
from spiders.crawl_request import CrawlRequest
from spiders.landing import LandingRun

PAGES = 3000
ROUNDS = 3


class Spent(NamedTuple):
    """What one crawl took: seconds on the clock, and of the processor."""

    seconds: float
    processor_s: float


def run() -> list[Row]:
    spent: dict[str, list[Spent]] = {"ours": [], "bare": [], "default": [], "plain": []}
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
                spent["ours"].append(_time_ours(home, base_url, urls, number))
                spent["bare"].append(_timed("bare_spider", "ours", base_url, str(url_file)))
                spent["default"].append(_timed("bare_spider", "default", base_url, str(url_file)))
                spent["plain"].append(_timed("plain_client", str(url_file)))
        finally:
            server.terminate()
            server.wait()
    rate = {name: PAGES / statistics.median(one.seconds for one in each) for name, each in spent.items()}
    cost = {name: statistics.median(one.processor_s for one in each) * 1000 / PAGES for name, each in spent.items()}
    ratio = {
        name: statistics.median(other.seconds / ours.seconds for ours, other in zip(spent["ours"], each, strict=True))
        for name, each in spent.items()
    }
    return [
        Row("whole crawl", rate["ours"], "pages/s", f"{PAGES} pages of {PAGE_BYTES // 1000} KB, {ROUNDS} rounds"),
        Row("bare spider, our settings", rate["bare"], "pages/s", "downloads only"),
        Row("bare spider, Scrapy's settings", rate["default"], "pages/s", "downloads only"),
        Row("plain client", rate["plain"], "pages/s", "aiohttp; downloads only"),
        Row("whole crawl / bare spider, our settings", ratio["bare"], "ratio", "target at least 0.6"),
        Row("whole crawl / bare spider, Scrapy's settings", ratio["default"], "ratio", "target at least 1"),
        Row("whole crawl / plain client", ratio["plain"], "ratio", "the floor"),
        Row("processor time, whole crawl", cost["ours"], "ms/page", "of two processes"),
        Row("processor time, bare spider, our settings", cost["bare"], "ms/page", ""),
        Row("processor time, bare spider, Scrapy's settings", cost["default"], "ms/page", ""),
        Row("processor time, plain client", cost["plain"], "ms/page", ""),
    ]


def _time_ours(home: Path, base_url: str, urls: list[str], number: int) -> Spent:
    run = LandingRun(home / f"20260101T000000Z-devdiscourse-{number:06x}")
    request = CrawlRequest(
        run_id=run.run_id, flow="benchmark", site="devdiscourse", user_agent="wirehouse/benchmark",
        code_version="benchmark", base_url=base_url, urls=urls,
    )  # fmt: skip
    request.write(run)
    spent = _timed_process("-m", "spiders.crawl", str(run.directory))
    if run.summary().counts["articles"] != len(urls):
        raise RuntimeError(f"the crawl read {run.summary().counts} of {len(urls)} pages; see {run.directory}")
    return spent


def _timed(peer: str, *arguments: str) -> Spent:
    return _timed_process("-m", f"benchmarks.{peer}", *arguments)


def _timed_process(*arguments: str) -> Spent:
    began, before = time.perf_counter(), _children_s()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Spent(time.perf_counter() - began, _children_s() - before)


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
