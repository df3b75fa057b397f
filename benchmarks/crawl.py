"""A whole crawl, every page archived and every field read, beside a bare Scrapy spider that downloads the same pages.

Both run as processes of their own against one server on loopback, which answers from memory; the order alternates and
the medians are compared. The bare spider has our own settings (lazily fed, uvloop, the same middlewares but the
archive's) and yields the URL of each page.
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
            ours, bare = [], []
            for number in range(ROUNDS):
                ours.append(_time_ours(home, base_url, urls, number))
                bare.append(_time_bare(home, base_url, urls))
        finally:
            server.terminate()
            server.wait()
    ratios = [b / o for o, b in zip(ours, bare, strict=True)]
    return [
        Row("whole crawl", PAGES / statistics.median(ours), "pages/s", f"{PAGES} pages of {PAGE_BYTES // 1000} KB"),
        Row("bare spider", PAGES / statistics.median(bare), "pages/s", "same pages, same settings"),
        Row("whole crawl / bare spider", statistics.median(ratios), "ratio", f"of {ROUNDS} pairs; target at least 0.5"),
    ]


def _time_ours(home: Path, base_url: str, urls: list[str], number: int) -> float:
    run = LandingRun(home / f"20260101T000000Z-devdiscourse-{number:06x}")
    request = CrawlRequest(
        run_id=run.run_id, flow="benchmark", site="devdiscourse", user_agent="wirehouse/benchmark",
        code_version="benchmark", base_url=base_url, urls=urls,
    )  # fmt: skip
    request.write(run)
    seconds = _timed([sys.executable, "-m", "spiders.crawl", str(run.directory)])
    if run.summary().counts["articles"] != len(urls):
        raise RuntimeError(f"the crawl read {run.summary().counts} of {len(urls)} pages; see {run.directory}")
    return seconds


def _time_bare(home: Path, base_url: str, urls: list[str]) -> float:
    url_file = home / "urls.txt"
    url_file.write_text("\n".join(urls), encoding="utf-8")
    return _timed([sys.executable, "-m", "benchmarks.bare_spider", base_url, str(url_file)])


def _timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began
