"""Reading a few pages of a site as it is now, to see which fields no longer come; nothing is kept of them."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import transforms
import warehouse
from flows import past
from flows.crawl_process import run_crawl
from flows.landings import new_run
from flows.location import location
from flows.settings import CODE_VERSION
from spiders.crawl_request import CrawlRequest

if TYPE_CHECKING:
    import logging

    from flows.settings import Settings
    from spiders.landing import LandingRun

#: What a probe calls itself, in its request and in the lock of a site.
CANARY = "canary"
#: A field is lost when chance would leave it out of as many pages less often than this.
LEAST_CHANCE = 0.02
#: Fields that every article has, for a site that the warehouse knows nothing of.
ALWAYS = {"title": 1.0, "body": 1.0, "published": 1.0}

_USUAL = """
SELECT field, sum(found) / sum(pages) AS share FROM lake.field_coverage
WHERE site = $site AND observed_at >= now() - INTERVAL 56 DAYS
GROUP BY field
"""


@dataclass(frozen=True, slots=True)
class ProbedField:
    """One field: on how many of the pages it was, how often it usually is, and whether it is lost."""

    field: str
    pages: int
    found: int
    usual_share: float
    is_lost: bool
    examples: list[str]


def probe(
    settings: Settings,
    site: str,
    *,
    base_url: str | None,
    pages: int,
    log: logging.Logger | logging.LoggerAdapter[logging.Logger],
) -> list[ProbedField]:
    """Reads the newest pages of a site, and compares their fields with what the warehouse has had in eight weeks.

    The warehouse is only read, and need not be there. What is crawled goes to a directory that is removed. A host that
    asked to be left alone is.

    Returns:
        One for each field that usually comes, lost ones first. Where no page at all could be read, all are lost; where
        the site asked to be left alone, nothing is known and there is none.

    Raises:
        CrawlFailed: the crawl crashed or overran.
    """
    with tempfile.TemporaryDirectory(prefix="wirehouse-canary-") as folder:
        apart = settings.model_copy(update={"home": Path(folder)})
        run = new_run(apart, site)
        usual, quiet_until = _known(settings, site)
        request = CrawlRequest(
            run_id=run.run_id,
            flow=CANARY,
            site=site,
            user_agent=settings.user_agent,
            code_version=CODE_VERSION,
            base_url=base_url,
            limit=pages,
            walk_fully=False,
            quiet_until=quiet_until,
            max_requests=settings.max_requests,
            time_limit_s=settings.crawl_time_limit_s,
        )
        request.write(run)
        summary = run_crawl(run, time_limit_s=settings.crawl_time_limit_s, log=log)
        asked = _articles_asked(run)
        if not asked and "asked_to_wait" in (summary.reason or ""):
            log.warning("No page of %s was read: %s", site, summary.reason)
            return []
        return compare(_coverage(run), usual, asked=asked)


def compare(coverage: pd.DataFrame, usual: dict[str, float], *, asked: int) -> list[ProbedField]:
    """What became of each field that usually comes.

    Args:
        coverage: columns field, pages, found, examples, as `transforms.field_coverage` has them.
        usual: the share of pages that have a field, by field.
        asked: how many articles were asked for; those of which no page could be read lack every field.
    """
    read, has, examples = Counter[str](), Counter[str](), dict[str, list[str]]()
    for row in coverage.to_dict("records"):
        name = str(row["field"])
        read[name] += int(row["pages"])
        has[name] += int(row["found"])
        # Null where every page has the field.
        examples.setdefault(name, []).extend(row["examples"] if isinstance(row["examples"], list) else [])
    probed = []
    for field, share in usual.items():
        found, pages = has[field], max(asked, read[field])
        is_lost = found == 0 and (pages == 0 or (1 - share) ** pages < LEAST_CHANCE)
        probed.append(ProbedField(field, pages, found, share, is_lost, examples.get(field, [])))
    return sorted(probed, key=lambda each: (not each.is_lost, each.field))


def _known(settings: Settings, site: str) -> tuple[dict[str, float], dict[str, str]]:
    """How often each field came in the last eight weeks, and which hosts want to be left alone until when.

    The fields are those of `ALWAYS` where the warehouse does not know.
    """
    try:
        with warehouse.connect(location(settings)) as connection:
            usual = dict(connection.execute(_USUAL, {"site": site}).fetchall())
            return usual or ALWAYS, past.quiet_until(connection, site)
    except warehouse.WarehouseMissing:
        return ALWAYS, {}


def _coverage(run: LandingRun) -> pd.DataFrame:
    return transforms.field_coverage(pd.DataFrame(list(run.lines("records"))))


def _articles_asked(run: LandingRun) -> int:
    return sum(row["purpose"] == "article" and row["status"] == 200 for row in run.lines("fetches"))
