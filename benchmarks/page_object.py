"""Pages to records: pages per second of processor time of one core, reading every field, beside parsing alone.

The pages are the saved article pages of the tests, padded with menus, styles and scripts to 75 kB each. Every round
measures each of the three once, in turn; medians of the rounds.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
from selectolax.lexbor import LexborHTMLParser

from benchmarks.results import Row
from spiders.site import load

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = Path(__file__).resolve().parent.parent / "tests" / "spiders" / "cases" / "devdiscourse"
PAGE_BYTES = 75_000
ROUNDS = 15
PASSES = 10
TARGET = 600
MENU = b'<div class="row"><div class="col-3"><a href="/news/wash" title="WASH"><span>WASH</span></a></div></div>\n'
STYLE = b".section-title { color: #ff7b00; margin: 0 }\n"
SCRIPT = b"var slot = window.slots.push({ id: 1 });\n"


def run() -> list[Row]:
    site = load("devdiscourse")
    pages = article_pages()
    work: dict[str, Callable[[bytes, str], object]] = {
        "lxml": lambda page, _: lxml.html.document_fromstring(page),
        "lexbor": lambda page, _: LexborHTMLParser(page),
        "page object": site.read_page,
    }
    rates = _rates(work, pages)
    read = rates["page object"]
    mean = sum(len(page) for page, _ in pages) / len(pages)
    return [
        Row("parse with lxml", rates["lxml"], "pages/s", f"{len(pages)} pages of {mean / 1000:.0f} kB"),
        Row("parse with selectolax (lexbor)", rates["lexbor"], "pages/s", ""),
        Row("read every field", read, "pages/s", f"parse included; target {TARGET}"),
        Row("ratio to lxml's parse", read / rates["lxml"], "", ""),
        Row("ratio to lexbor's parse", read / rates["lexbor"], "", ""),
    ]


def article_pages() -> list[tuple[bytes, str]]:
    pages = []
    for expected in sorted(CASES.glob("*.json")):
        case = json.loads(expected.read_text(encoding="utf-8"))
        if case["reading"]["verdict"] == "article":
            pages.append((_padded(expected.with_suffix(".html").read_bytes()), case["url"]))
    return pages


def _padded(page: bytes) -> bytes:
    """The page with a third each of menus, styles and scripts added up to `PAGE_BYTES`."""
    third = max(0, PAGE_BYTES - len(page)) // 3
    styles = b"<style>" + STYLE * (third // len(STYLE)) + b"</style>"
    scripts = b"<script>" + SCRIPT * (third // len(SCRIPT)) + b"</script>"
    page = page.replace(b"</head>", styles + b"</head>", 1).replace(b"</body>", scripts + b"</body>", 1)
    return page.replace(b"<footer>", MENU * (third // len(MENU)) + b"<footer>", 1)


def _rates(work: dict[str, Callable[[bytes, str], object]], pages: list[tuple[bytes, str]]) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, function in work.items():
            start = time.process_time()
            for _ in range(PASSES):
                for page, url in pages:
                    function(page, url)
            found[name].append(PASSES * len(pages) / (time.process_time() - start))
    return {name: statistics.median(rates) for name, rates in found.items()}
