"""What a crawl costs to start with ten million known articles, and its memory as it grows to fifty thousand pages.

Start-up: from the start of the process to the first request at the server, less the same with nothing known; memory is
the peak of the crawl process. The pages are small, so that what grows is what the crawl itself keeps.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.results import Row
from spiders.crawl_request import CrawlRequest
from spiders.known import KnownArticles
from spiders.landing import LandingRun

KNOWN = 10_000_000
PAGES = (5_000, 50_000)
PAGE = b"<html><body><article><h1 class='title'>A page</h1><div class='metadata'>PTI</div></article></body></html>"


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        page_file = home / "page.html"
        page_file.write_bytes(PAGE)
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.page_server", str(page_file)], stdout=subprocess.PIPE, text=True
        )
        try:
            base_url = (server.stdout.readline() if server.stdout else "").strip()
            known = home / "known.bin"
            np.sort(np.random.default_rng(1).integers(0, 2**63, KNOWN, dtype=np.uint64)).astype(">u8").tofile(known)
            without, small = _crawl(home, base_url, pages=1, known=None)
            with_known, large = _crawl(home, base_url, pages=1, known=known)
            peaks = [_crawl(home, base_url, pages=pages, known=None)[1] for pages in PAGES]
            began = time.perf_counter()
            with KnownArticles(known) as articles:
                found = sum(str(number) in articles for number in range(20_000))
            lookups = 20_000 / (time.perf_counter() - began)
        finally:
            server.terminate()
            server.wait()
    return [
        Row("start-up, nothing known", without, "s", "a whole crawl of one page"),
        Row("start-up, 10 million known", with_known, "s", "the same; target at most 2 s more"),
        Row("peak memory, nothing known", small, "MB"),
        Row("peak memory, 10 million known", large, "MB", "target at most 200 MB"),
        Row("look-ups among 10 million", lookups, "per second", f"{found} found by chance"),
        *(Row(f"peak memory, {pages:,} pages", peak, "MB") for pages, peak in zip(PAGES, peaks, strict=True)),
    ]


def _crawl(home: Path, base_url: str, *, pages: int, known: Path | None) -> tuple[float, float]:
    """Seconds and peak MB of a crawl process."""
    run = LandingRun(home / f"20260101T000000Z-devdiscourse-{time.monotonic_ns() % 16**6:06x}")
    urls = [f"{base_url}/article/politics/{3_000_000 + number}-a-page" for number in range(pages)]
    request = CrawlRequest(
        run_id=run.run_id, flow="benchmark", site="devdiscourse", user_agent="wirehouse/benchmark",
        code_version="benchmark", base_url=base_url, urls=urls, known=str(known) if known else None,
    )  # fmt: skip
    request.write(run)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "spiders.crawl", str(run.directory)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    while process.poll() is None:
        # Not the rusage of wait4: it counts what this process had when it forked.
        peak = max(peak, _peak_kb(process.pid))
        time.sleep(0.02)
    return time.perf_counter() - began, peak / 1000


def _peak_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) if found else 0
