"""Two passes over a replica of 600 articles, an hour of its time between: the share of values equal to the truth.

The replica (`tests/replica`) was written from a description of the site, without sight of the page objects. Pages it
calls clean have none of the markup traps that site is known for; the others have at least one.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections import Counter
from pathlib import Path

import warehouse
from benchmarks.results import Row
from flows import crawling, publishing
from flows.settings import Settings
from tests.replica import Replica
from tests.truth import Comparison, compare

ARTICLES = 600
SEEDS = (7, 101, 2025)


def run() -> list[Row]:
    total = Comparison()
    clean: Counter[bool] = Counter()
    revisions_expected = revisions_found = 0
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder, Replica(articles=ARTICLES, seed=seed) as site:
            settings = Settings(home=Path(folder))
            warehouse.create(publishing.location(settings))
            _ingest(settings, site.base_url)
            before = site.now()
            site.advance(hours=1)
            _ingest(settings, site.base_url)
            truth, changes = site.truth(), site.changes(before)
            with warehouse.connect(publishing.location(settings)) as connection:
                found = compare(connection, truth)
                revised = {
                    each
                    for (each,) in connection.execute(
                        "SELECT site_article_id FROM revisions WHERE revision = 2"
                    ).fetchall()
                }
        total.compared += found.compared
        total.right += found.right
        total.wrong += found.wrong
        wrong_ids = {each[0] for each in found.wrong}
        clean.update(
            article_id not in wrong_ids for article_id, article in truth["articles"].items() if article["clean"]
        )
        known = revised & set(truth["articles"])
        revisions_expected += len(changes["revised"])
        revisions_found += len(known & set(changes["revised"])) - len(known - set(changes["revised"]))
    for miss in total.wrong:
        sys.stdout.write(f"  {miss}\n")
    rows = [
        Row(f"field: {name}", 100 * total.right[name] / count, "%", f"{total.right[name]} of {count}")
        for name, count in total.compared.items()
    ]
    rows.append(
        Row("clean pages wholly right", 100 * clean[True] / clean.total(), "%", f"{clean[True]} of {clean.total()}")
    )
    rows.append(
        Row(
            "revisions found", revisions_found, "articles", f"of {revisions_expected} that changed, false ones deducted"
        )
    )
    return rows


def _ingest(settings: Settings, base_url: str) -> None:
    run = crawling.crawl_site(
        settings, "devdiscourse", flow="benchmark", base_url=base_url, since=None, limit=None, log=logging.getLogger()
    )
    publishing.publish_landing(settings, run)
