"""Archived pages read again after page objects have changed: what the replay shows, and how fast it is.

10,000 archived pages of a replica, 2,500 articles looked at four times each. What the warehouse knows of them is what
worse page objects would have read: of every tenth article no author, of every twentieth a title with the site's name
behind it, every fiftieth not read at all. "Through reading" counts the processor time of the one process that reads:
opening the archive, unpacking, all fields. "Through the whole rebuild" counts all processor time, this process's too:
reading, transforms, comparing, copies, stories, tags, the commit.
"""

from __future__ import annotations

import logging
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import warehouse
from benchmarks.results import Row
from flows import crawling, publishing
from flows.location import location
from flows.replaying import publish_replay, read_again
from flows.settings import Settings
from tests.replica import Replica

if TYPE_CHECKING:
    from spiders.landing import LandingRun

SITE = "devdiscourse"
ARTICLES = 2_500
LOOKS = 4
TARGET = 500
LOG = logging.getLogger(__name__)


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, Replica(articles=ARTICLES, seed=7) as site:
        settings = Settings(home=Path(folder))
        warehouse.create(location(settings))
        urls = [f"{site.base_url}/article/agency-wire/{key}-article" for key in site.truth()["articles"]]
        for _ in range(LOOKS):
            landing = crawling.crawl_listed(
                settings, SITE, flow="benchmark", base_url=site.base_url, log=LOG, time_limit_s=600, urls=urls
            )
            _misread(landing)
            publishing.publish_landing(settings, landing)
        return _replay(settings)


def _replay(settings: Settings) -> list[Row]:
    began, own, others = time.perf_counter(), _seconds(resource.RUSAGE_SELF), _seconds(resource.RUSAGE_CHILDREN)
    found = read_again(settings, SITE, readers=1)
    reading_s = _seconds(resource.RUSAGE_CHILDREN) - others
    done = publish_replay(settings, found)
    whole_s = _seconds(resource.RUSAGE_SELF) - own + reading_s
    wall_s = time.perf_counter() - began
    for row in found.table():
        sys.stdout.write(f"{row['articles']:>6}  {row['field']}: {row['examples'][:150]}\n")
    again_began = time.perf_counter()
    again = read_again(settings, SITE, readers=1)
    again_s = time.perf_counter() - again_began
    fields = ", ".join(f"{row['field']} {row['articles']}" for row in found.table()[:6])
    return [
        Row("through reading", found.pages / reading_s, "pages/s", f"one core; {found.pages} pages; target {TARGET}"),
        Row("through the whole rebuild", found.pages / whole_s, "pages/s", "processor time of all processes"),
        Row("the whole replay", found.pages / wall_s, "pages/s", "on the clock, one reader"),
        Row("articles that differ", found.articles, "articles", fields),
        Row("articles published", done.counts["new"] + done.counts["revised"] if done else 0, "articles", "as one run"),
        Row("articles that differ when replayed again", again.articles, "articles", "target 0"),
        Row(
            "a replay that changes nothing",
            again.pages / again_s,
            "pages/s",
            "on the clock",
        ),
    ]


def _misread(landing: LandingRun) -> None:
    """Makes of the records what worse page objects would have read."""
    rows = []
    lost = set()
    for row in landing.lines("records"):
        number = int(row["site_article_id"])
        if number % 10 == 0:
            row["author"] = None
        if number % 20 == 0:
            row["title"] = f"{row['title']} | Devdiscourse"
        if number % 50 == 49:
            lost.add((row["archive_file"], row["archive_offset"]))
        else:
            rows.append(row)
    landing.rewrite("records", rows)
    _reject(landing, lost)


def _reject(landing: LandingRun, places: set[tuple[str, int]]) -> None:
    fetches = list(landing.lines("fetches"))
    for row in fetches:
        if (row["archive_file"], row["archive_offset"]) in places:
            row["verdict"] = "rejected"
    landing.rewrite("fetches", fetches)


def _seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime
