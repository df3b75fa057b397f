"""Up to three runs over a replica of 3,000 articles of which one answer in five is broken: is anything lost or doubled?

Every answer but that for robots.txt, of doors and of retries too, is broken with a chance of one in five, whatever came
of the address before: an error (500, or 503 and 429 with a Retry-After of 1 s), late by a second, cut in the middle or
empty. The runs follow one another at once; the ledger's clock is not touched. What a run could not get is due again by
the schedule five minutes later, so what later runs add is what a door that failed had hidden.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import warehouse
from benchmarks.results import Row
from flows import crawling, publishing
from flows.settings import Settings
from tests.replica import Replica

ARTICLES = 3000
RUNS = 3
#: The share of answers that is broken in each way, a fifth in all. After a Retry-After the whole crawl holds still for
#: more than a second: with a sixth of the faults each, waiting would be most of what is measured.
SHARES = {"500": 0.044, "slow": 0.044, "cut": 0.044, "empty": 0.044, "503": 0.012, "429": 0.012}
LANDED_TWICE = """
SELECT count(*) - count(DISTINCT site_article_id) FROM articles
UNION ALL SELECT count(*) - count(DISTINCT article_uid) FROM urls WHERE state = 'landed'
UNION ALL SELECT count(*) - count(DISTINCT (article_uid, revision)) FROM revisions
"""
UNRECONCILED = "SELECT count(*) FROM checks WHERE severity = 'error' AND NOT passed"


def run() -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, Replica(articles=ARTICLES, seed=7) as site:
        settings = Settings(home=Path(folder))
        where = publishing.location(settings)
        warehouse.create(where)
        site.faults.set(*fault_rules())
        expected = set(site.truth()["articles"])
        for number in range(1, RUNS + 1):
            began = time.perf_counter()
            asked_before = len(site.requests())
            landing = crawling.crawl_site(
                settings, "devdiscourse", flow="benchmark", base_url=site.base_url, since=None, limit=None,
                log=logging.getLogger(__name__),
            )  # fmt: skip
            published = publishing.publish_landing(settings, landing)
            seconds = time.perf_counter() - began
            with warehouse.connect(where) as connection:
                landed = {each for (each,) in connection.execute("SELECT site_article_id FROM articles").fetchall()}
            broken = Counter(entry["fault"] is not None for entry in site.requests()[asked_before:])
            note = f"{published.state}, {broken[True]} of {broken.total()} answers broken, {seconds:.0f} s"
            rows.append(
                Row(f"articles landed after run {number}", 100 * len(landed & expected) / len(expected), "%", note)
            )
            if landed >= expected:
                break
        return rows + _ends(where, site.disallowed(), sum(site.faults.done().values()))


def fault_rules() -> list[dict[str, Any]]:
    """Rules that hit all answers but those for robots.txt, each by chance and by itself."""
    rules, left = [], 1.0
    for kind, share in SHARES.items():
        # The first rule that fits decides, so a later one has a part of what is left.
        rules.append({"kind": kind, "path": "^/(?!robots)", "share": share / left, "each_answer": True, "seconds": 1})
        left -= share
    return rules


def _ends(where: warehouse.Location, disallowed: int, broken: int) -> list[Row]:
    with warehouse.connect(where) as connection:
        twice = sum(count for (count,) in connection.execute(LANDED_TWICE).fetchall())
        failed_checks = connection.execute(UNRECONCILED).fetchall()[0][0]
        states = dict(connection.execute("SELECT state, count(*) FROM urls GROUP BY state ORDER BY state").fetchall())
    return [
        Row("articles, addresses or revisions twice", twice, "rows", "target 0"),
        Row("checks of the ledger that failed", failed_checks, "checks", f"the ledger's states: {states}"),
        Row("requests that robots.txt forbids", disallowed, "requests", f"target 0; {broken} answers broken in all"),
    ]
