"""The dashboard of 100,000 articles: how large it is, how long it takes to make, and to open in a browser.

Made up: two sites, ninety days, 31 agencies, 180 countries, 25,000 stories, 3,300 corrections, and a trending list of
ten for each of twelve editions every quarter of an hour. Time to open: from the address to the last chart, in headless
Chromium, where it is on the machine.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import warehouse
from benchmarks.results import Row
from tests.browser import Browser
from tests.needs import NEEDS
from warehouse.dashboard import assemble, gather

ARTICLES = 100_000
SQL = Path(__file__).with_suffix(".sql")


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        location = warehouse.Location(f"sqlite:{home / 'catalog.sqlite'}", f"{home / 'lake'}/")
        fill(location, ARTICLES)
        began, used = time.perf_counter(), time.process_time()
        facts = gather(location)
        gathered = time.perf_counter()
        page = home / "dashboard.html"
        page.write_text(assemble({"made_at": int(time.time()), "left_lying": [], **facts}), encoding="utf-8")
        made, used = time.perf_counter(), time.process_time() - used
        whole = page.stat().st_size / 1e6
        rows = [
            Row("size", whole, "MB", "target at most 5"),
            Row("of which charts' libraries", sum(each.stat().st_size for each in _libraries()) / 1e6, "MB"),
            Row("to ask the warehouse", gathered - began, "s"),
            Row("to put the page together", made - gathered, "s"),
            Row("processor time of both", used, "s"),
        ]
        return rows + _opened(home, page)


def fill(location: warehouse.Location, articles: int) -> None:
    """Makes the warehouse."""
    warehouse.create(location)
    with warehouse.connect(location, read_only=False) as connection:
        text = SQL.read_text(encoding="utf-8").replace("$articles", str(articles))
        for statement in connection.extract_statements(text):
            connection.execute(statement)


def _libraries() -> list[Path]:
    return list((Path(warehouse.__file__).parent / "dashboard" / "page" / "vendor").glob("*.js"))


def _opened(home: Path, page: Path) -> list[Row]:
    program = NEEDS["chromium"].path()
    if program is None:
        return [Row("to open it", float("nan"), "ms", "not measured: there is no Chromium here")]
    times = []
    with Browser(program, home) as browser:
        for _ in range(5):
            browser.open(page.as_uri())
            times.append(browser.run("performance.getEntriesByName('drawn')[0].startTime"))
        filtered = browser.run(
            "(() => { const began = performance.now(); const box = document.querySelector('#filters [name=topic]');"
            " box.value = 'sport'; box.dispatchEvent(new Event('change', {bubbles: true}));"
            " return performance.now() - began; })()"
        )
    return [
        Row("to open it", sorted(times)[2], "ms", "median of 5"),
        Row("to draw it anew for a filter", filtered, "ms"),
    ]
