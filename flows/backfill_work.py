"""What a backfill does chunk by chunk, and the tasks it does it in: it asks the site, or reads WARC files."""

from __future__ import annotations

from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

import warehouse
from flows import crawling
from flows.backfill_target import Target
from flows.backfilling import BACKFILL, CHUNK_ENDS_WITHIN_S, CHUNK_S, Plan, make_plan
from flows.errors import CannotBeDone
from flows.location import location
from flows.progress import in_words
from flows.settings import Settings
from flows.warc_importing import Imports, find_imports, import_chunk
from spiders.landing import LandingRun

#: A plan is held in memory, with what the ledger knows of its addresses: site maps may not name more than this.
MOST_FOUND = 500_000


class CrawlWork:
    """A backfill that asks the site."""

    unit = "addresses"

    def __init__(self, settings: Settings, target: Target) -> None:
        self.settings = settings
        self.target = target
        self.is_begun = False
        self.problem: str | None = None
        self._found: list[str] = []
        self._asked: frozenset[str] = frozenset()
        self._plan: Plan | None = None

    def look(self) -> tuple[list[dict[str, Any]], str]:
        """Plans anew, by what the warehouse knows now."""
        self._plan = plan_backfill(self.settings, self.target, self._found, is_begun=self.is_begun)
        return self._plan.table(), self._plan.described()

    @property
    def plan(self) -> Plan:
        if self._plan is None:
            self.look()
        return self._plan  # type: ignore[return-value]  # looked at just now

    @property
    def left(self) -> int:
        return len(self.plan.to_ask)

    @property
    def is_done(self) -> bool:
        return self.plan.is_done

    @property
    def is_stuck(self) -> bool:
        """Whether what was asked for last is still to do, all of it."""
        return bool(self._asked) and self._asked <= set(self.plan.to_ask)

    def do_chunk(self) -> None:
        """Looks into the doors, the first time, or asks for the next addresses."""
        plan = self.plan
        if plan.doors or plan.archive_days:
            run_id, self.problem = look_into_doors(
                self.settings, self.target, list(plan.doors), list(plan.archive_days)
            )
            self._found = addresses_found(LandingRun(self.settings.landing_path / run_id))
        else:
            self._asked = frozenset(plan.chunk)
            ask(self.settings, self.target, list(plan.chunk), plan.found_by)
        self.is_begun = True

    @property
    def not_read(self) -> list[str]:
        """It reads no files."""
        return []

    def why_stuck(self, runs: list[dict[str, Any]]) -> str:
        return (runs[-1]["reason"] if runs else None) or f"the last {self.left} addresses brought no answer; see `urls`"


class ImportWork:
    """A backfill that reads WARC files."""

    unit = "pages"

    def __init__(self, settings: Settings, target: Target) -> None:
        self.settings = settings
        self.target = target
        self.problem: str | None = None
        self._imports: Imports | None = None
        self._left_before: int | None = None

    def look(self) -> tuple[list[dict[str, Any]], str]:
        """Finds the pages, the first time, and which of them are in the warehouse now."""
        self._imports = find_pages(self.settings, self.target, self._imports)
        return self._imports.table(self.target.site.timezone), self._imports.described()

    @property
    def left(self) -> int:
        return len(self._imports.to_import) if self._imports else 0

    @property
    def is_done(self) -> bool:
        return self.left == 0

    @property
    def is_stuck(self) -> bool:
        """Whether no page of the last chunk came into the warehouse."""
        return self.left == self._left_before

    def do_chunk(self) -> None:
        """Copies the next pages into the archive and reads them."""
        if self._imports is not None:
            self._left_before = self.left
            import_pages(self.settings, self.target, self._imports)

    @property
    def not_read(self) -> list[str]:
        """A sentence for each file that was not read to its end."""
        return self._imports.not_read() if self._imports else []

    def why_stuck(self, _runs: list[dict[str, Any]]) -> str:
        return f"{self.left} pages could not be imported; see `rejects`"


@task(name="Plan", task_run_name="Plan the backfill", cache_policy=NO_CACHE)
def plan_backfill(settings: Settings, target: Target, found: list[str], *, is_begun: bool) -> Plan:
    """What is there, what is missing, what it takes."""
    with warehouse.connect(location(settings)) as connection:
        return make_plan(connection, target, found, is_begun=is_begun)


@task(name="Look into the doors", retries=1, retry_delay_seconds=5)
def look_into_doors(settings: Settings, target: Target, sitemaps: list[str], days: list[str]) -> tuple[str, str | None]:
    """Notes what site maps and archives by day name; returns the run that did, and why some are missing.

    Asks for no article.
    """
    run = _crawl(settings, target, CHUNK_ENDS_WITHIN_S, sitemaps=sitemaps, days=days)
    return run.run_id, run.summary().reason


def addresses_found(run: LandingRun) -> list[str]:
    """The addresses that a run has noted, each once.

    Raises:
        CannotBeDone: they are too many for a plan.
    """
    found: dict[str, None] = {}
    for row in run.lines("urls"):
        found[row["url"]] = None
        if len(found) > MOST_FOUND:
            raise CannotBeDone(
                f"the site maps name more than {MOST_FOUND:,} addresses, more than a plan can hold; they go to"
                " the ledger: give some of the maps at a time, or the days or ids that are wanted"
            )
    return list(found)


@task(name="Ask for articles", cache_policy=NO_CACHE)
def ask(settings: Settings, target: Target, urls: list[str], found_by: str) -> str:
    """Crawls one chunk in a process of its own."""
    limit = min(settings.crawl_time_limit_s, 2 * CHUNK_S)
    return _noted(_crawl(settings, target, limit, urls=urls, found_by=found_by))


@task(name="Find pages in the WARC files", cache_policy=NO_CACHE)
def find_pages(settings: Settings, target: Target, before: Imports | None) -> Imports:
    """Which pages are there, and which of them the warehouse has."""
    with warehouse.connect(location(settings)) as connection:
        return find_imports(connection, target, before)


@task(name="Import pages", cache_policy=NO_CACHE)
def import_pages(settings: Settings, target: Target, imports: Imports) -> str:
    """Copies one chunk of pages into a landing run and reads them."""
    return _noted(import_chunk(settings, target, imports))


def _crawl(settings: Settings, target: Target, time_limit_s: int, **what: Any) -> LandingRun:
    return crawling.crawl_listed(
        settings,
        target.site.name,
        flow=BACKFILL,
        base_url=target.base_url,
        log=get_run_logger(),
        time_limit_s=time_limit_s,
        **what,
    )


def _noted(run: LandingRun) -> str:
    """Logs what a chunk brought; returns its run."""
    get_run_logger().info("Chunk %s: %s", run.run_id, in_words(run.summary().counts))
    return run.run_id
