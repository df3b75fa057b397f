"""What it costs to tell a crawl of ten million known addresses: the flow's part, and the crawl's part of listening.

The ledger holds ten million addresses, each of an article that landed, published over ten years: 100,000 of them are
due and some 27,000 are of the last ten days. Every step runs in a process of its own; memory is the most it held, the
interpreter and its libraries included. The first writing happens once, or when the file was lost; all others read what
was written since.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warehouse
from benchmarks.results import Row
from flows import past, publishing
from flows.settings import Settings
from spiders.agenda import Agenda
from spiders.known import KnownArticles
from spiders.ledger import read_ledger
from spiders.site import load

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESSES = 10_000_000
NEW = 1_000
SITE = "devdiscourse"

_URLS = """
INSERT INTO lake.urls BY NAME
SELECT 'devdiscourse' AS site, format('https://www.devdiscourse.com/article/health/{}-a-story', n) AS url,
       n::VARCHAR AS site_article_id, 'devdiscourse:' || n AS article_uid, now() - to_seconds(60 * i) AS discovered_at,
       'listing' AS discovered_by, 'landed' AS state, 1 AS attempts, 0 AS failures, 200 AS last_status,
       now() - to_seconds(30 * i) AS last_tried_at,
       now() + CASE WHEN i % 100 = 0 THEN to_seconds(-3600) ELSE to_seconds(i % 2000000 + 60) END AS next_try_at,
       'run' AS run_id
FROM (SELECT {first} + i AS n, i FROM range({many}) AS numbers(i))
"""
_ARTICLES = """
INSERT INTO lake.articles BY NAME
SELECT 'devdiscourse:' || n AS article_uid, 'devdiscourse' AS site, n::VARCHAR AS site_article_id,
       format('https://www.devdiscourse.com/article/health/{}-a-story', n) AS url, 'news' AS kind,
       now() - to_seconds(32 * i) AS published_at, 'x' AS content_hash, now() AS first_seen_at, now() AS last_seen_at,
       1 AS revision, 'run' AS run_id
FROM (SELECT {first} + i AS n, i FROM range({many}) AS numbers(i))
"""


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        where = publishing.location(settings)
        warehouse.create(where)
        _fill(where, first=1, many=ADDRESSES)
        first = _measured("tell", folder)
        again = _measured("tell", folder)
        _fill(where, first=ADDRESSES + 1, many=NEW)
        grown = _measured("tell", folder)
        heard = _measured("listen", folder)
    return [
        *_rows("known articles, written anew", first, "known"),
        *_rows("known articles, nothing new", again, "known"),
        *_rows(f"known articles, {NEW:,} new", grown, "known"),
        *_rows("addresses due or recent", grown, "ledger", memory=False),
        Row("the crawl opens both files", heard["seconds"], "s", f"{heard['rows']:,} rows; target at most 2 s"),
        Row("memory of the crawl's part", heard["added_mb"], "MB", "added; all 10 million looked up; target 200 MB"),
    ]


def _rows(what: str, told: dict[str, Any], step: str, *, memory: bool = True) -> list[Row]:
    rows = [Row(what, told[step]["seconds"], "s", f"{told[step]['rows']:,} in the file")]
    return [*rows, Row(f"{what}: memory", told[step]["added_mb"], "MB", "added to the process")] if memory else rows


def _fill(where: warehouse.Location, *, first: int, many: int) -> None:
    with warehouse.connect(where, read_only=False) as connection:
        for statement in (_URLS, _ARTICLES):
            connection.execute(statement.replace("{first}", str(first)).replace("{many}", str(many)))


def _measured(step: str, home: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.known_urls", step, home]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def tell(settings: Settings) -> dict[str, Any]:
    """The flow's part."""
    site = load(SITE)
    with warehouse.connect(publishing.location(settings)) as connection:
        known = _timed(lambda: past.update_known(settings, connection, site).stat().st_size // 8)
        ledger = _timed(lambda: len(past.write_ledger(settings, connection, SITE).read_bytes().splitlines()))
    return {"known": known, "ledger": ledger}


def listen(settings: Settings) -> dict[str, Any]:
    """The crawl's part, and then a look at each page of the file."""
    site = load(SITE)
    files = settings.home / "known"

    def opened() -> int:
        with KnownArticles(files / f"{SITE}.bin") as known:
            ledger = read_ledger(files / f"{SITE}.ledger.jsonl")
            agenda = Agenda(site, site.base_url, known=known, ledger=ledger)
            return sum(not agenda.is_new(str(number)) for number in range(1, ADDRESSES, 1_000))

    return _timed(opened)


def _timed(work: Callable[[], int]) -> dict[str, Any]:
    before, began = _peak_mb(), time.perf_counter()
    rows = work()
    return {"seconds": time.perf_counter() - began, "added_mb": _peak_mb() - before, "rows": rows}


def _peak_mb() -> float:
    found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{os.getpid()}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1000 if found else 0.0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    steps = {"tell": tell, "listen": listen}
    sys.stdout.write(json.dumps(steps[sys.argv[1]](Settings(home=Path(sys.argv[2])))))
