"""A run over a site that has not changed asks for no article, and none ever for what leads to no article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import warehouse
from flows import publishing
from flows.settings import Settings
from spiders.site import load
from tests.flows.crawled import crawl
from tests.replica import Replica

if TYPE_CHECKING:
    from pathlib import Path

SITE = load("devdiscourse")


def test_a_second_run_over_an_unchanged_site_fetches_no_article(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    warehouse.create(publishing.location(settings))
    with Replica(articles=60, seed=11) as site:
        first = publishing.publish_landing(settings, crawl(settings, site.base_url))
        asked = len(site.requests())
        second = publishing.publish_landing(settings, crawl(settings, site.base_url))
        later = [entry["path"] for entry in site.requests()[asked:]]
        everything = [entry["path"] for entry in site.requests()]
        assert site.disallowed() == 0
        truth = site.truth()["sidebars"]
    assert first.counts["new"] > 0
    assert [path for path in later if SITE.article_id(path)] == []
    assert (second.counts["new"], second.counts["revised"], second.counts["unchanged"]) == (0, 0, 0)
    # The traps: listings by tag have no end, AMP pages and other addresses of an article are no articles of their own.
    assert [path for path in everything if path.startswith("/news?tag=") or "?amp" in path] == []
    with warehouse.connect(publishing.location(settings)) as connection:
        seen = connection.execute(
            "SELECT edition, list(article_uid ORDER BY rank) FROM sidebars WHERE section = 'trending'"
            " AND run_id = ? GROUP BY edition",
            [second.run_id],
        ).fetchall()
        (editions,) = connection.execute("SELECT count(DISTINCT edition) FROM trending").fetchall()[0]
    expected = {
        name or None: [f"devdiscourse:{entry['site_article_id']}" for entry in lists["trending"]]
        for name, lists in truth.items()
    }
    assert dict(seen) == expected
    assert editions == len(truth) - 1
