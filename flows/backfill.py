"""The flow `backfill`: fills in the past of one site, by a plan and in chunks that can be interrupted anywhere."""

from __future__ import annotations

from datetime import date  # Prefect reads the types of the parameters
from typing import TYPE_CHECKING, Annotated, Any, cast

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import Field

import warehouse
from flows import crawling, fan_out
from flows.backfill_target import Target, read_target
from flows.backfilling import BACKFILL, CHUNK_ENDS_WITHIN_S, CHUNK_S, Plan, make_plan
from flows.errors import CannotBeDone, CrawlFailed, FlowsError
from flows.fields import BaseUrl, Site
from flows.healing import crash_dead_runs
from flows.ingest import pick_up_unfinished, prepare_warehouse, publish_all, waiting_runs
from flows.landings import site_lock
from flows.location import location
from flows.progress import in_words, report
from flows.reporting import Tally, reported
from flows.settings import Settings, read_settings
from flows.warc_importing import Imports, find_imports, import_chunk
from spiders.landing import LandingRun

if TYPE_CHECKING:
    from uuid import UUID

#: A plan is held in memory, with what the ledger knows of its addresses: site maps may not name more than this.
MOST_FOUND = 500_000
#: Seconds a chunk waits for a run of the site that is under way.
WAIT_S = 3_600.0


@flow(name=BACKFILL, flow_run_name="backfill-{site}")
def backfill(  # they are the fields of a form
    site: Site,
    start: Annotated[date | None, Field(description="the first day of publication, in the site's zone")] = None,
    end: Annotated[date | None, Field(description="the last day of publication, in the site's zone")] = None,
    ids: Annotated[
        str | None, Field(description="instead of days a range of article ids: 3725000-3725100", pattern=r"^\d+-\d+$")
    ] = None,
    urls: Annotated[
        str | None, Field(description="instead of days the path of a list of addresses, or of a site map or its index")
    ] = None,
    warc: Annotated[
        list[str] | None, Field(description="instead of days paths of WARC files, with wildcards: their pages are read")
    ] = None,
    base_url: BaseUrl | None = None,
    dry_run: Annotated[bool, Field(description="only plan: say by day what is there and what is missing")] = False,  # noqa: FBT002
) -> dict[str, Any]:
    """Fills in what is missing of a site's past; what is there is not asked for again.

    Args:
        site: the site's name
        start: the first day of publication, in the site's zone
        end: the last day of publication; one of both alone is a single day
        ids: instead of days a range of article ids, such as 3725000-3725100
        urls: instead of days the path of a list of addresses, or of a site map or an index of them
        warc: instead of days paths of WARC files; nothing is fetched, their pages are read and archived
        base_url: where the site is, if not at its own address
        dry_run: only plan

    Returns:
        plan (rows by day, before), estimate (a sentence), runs (the rows of the runs published), left (addresses or
        pages still to do), reason (why it ended before all was done, else null) and gone (addresses that the site
        says are not there).

    Raises:
        CannotBeDone: what was asked for does not fit together, or too little is known of those days.
        RunInProgress: another run of the site did not end within an hour.
        CrawlFailed: a crawl failed; run it again, it goes on where it stopped.
        PublishRefused, TransformError: a chunk could not be published and is set aside. Any other error of a run, too:
            of one that waited from before, after all chunks are done.
    """
    target = read_target(site, base_url=base_url, start=start, end=end, ids=ids, urls=urls, warc=warc)
    settings = read_settings()
    prepare_warehouse(settings)
    work = _Imports(settings, target) if target.warc is not None else _Crawls(settings, target)
    rows, estimate = work.look()
    create_table_artifact(key="backfill-plan", table=rows, description=f"What there is of {site}. {estimate}")
    get_run_logger().info("Plan of %s: %s", site, estimate)
    if dry_run:
        return {"plan": rows, "estimate": estimate, "runs": [], "left": work.left, "reason": None, "gone": 0}
    with reported(settings) as tally, fan_out.over(settings.dask_address):
        reason = _work_off(settings, site, work, tally)
    crash_dead_runs()
    gone = _gone(settings, [row["run_id"] for row in tally.published])
    get_run_logger().info("%d addresses of %s are gone", gone, site)
    return {
        "plan": rows,
        "estimate": estimate,
        "runs": tally.published,
        "left": work.left,
        "reason": reason,
        "gone": gone,
    }


def _gone(settings: Settings, run_ids: list[str]) -> int:
    """Of how many addresses the runs learned that they are not there."""
    with warehouse.connect(location(settings)) as connection:
        ((count,),) = connection.execute(
            "SELECT count(DISTINCT url) FROM fetches"
            " WHERE outcome IN ('gone', 'missing') AND list_contains(?::VARCHAR[], run_id)",
            [run_ids],
        ).fetchall()
    return int(count)


def _work_off(settings: Settings, site: str, work: _Crawls | _Imports, tally: Tally) -> str | None:
    """Does chunk after chunk, each under the site's lock; returns why it ended too early."""
    passed: Exception | None = None
    reason: str | None = None
    total = max(work.left, 1)
    artifact = cast("UUID", create_progress_artifact(0.0, key="backfill-progress", description=f"Backfill of {site}"))
    while True:
        with site_lock(settings, site, holder=BACKFILL, wait_s=WAIT_S):
            tally.tried += pick_up_unfinished(settings, site)
            passed = publish_all(settings, waiting_runs(settings, site), tally) or passed
            unpublished = waiting_runs(settings, site)
            work.look()
            report(BACKFILL, {"articles": max(0, total - work.left), "asked_for": total})
            update_progress_artifact(artifact, progress=100.0 * max(0, total - work.left) / total)
            if work.is_done or work.is_stuck:
                reason = work.problem if work.is_done else work.why_stuck(tally.published)
                break
            failure: Exception | None = _chunk(work, tally)
            own = [run_id for run_id in waiting_runs(settings, site) if run_id not in unpublished]
            stopped = publish_all(settings, own, tally)
        if failure := failure or stopped:
            raise failure
        if own and "asked_to_wait" in (tally.published[-1]["reason"] or ""):
            work.look()
            reason = tally.published[-1]["reason"]
            break
    if passed is not None:
        raise passed
    return reason


def _chunk(work: _Crawls | _Imports, tally: Tally) -> FlowsError | None:
    try:
        work.do_chunk()
    except (CrawlFailed, CannotBeDone) as error:
        tally.tried += pick_up_unfinished(work.settings, work.target.site.name)
        return error
    return None


class _Crawls:
    """A backfill that asks the site."""

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

    def why_stuck(self, runs: list[dict[str, Any]]) -> str:
        return (runs[-1]["reason"] if runs else None) or f"the last {self.left} addresses brought no answer; see `urls`"


class _Imports:
    """A backfill that reads WARC files."""

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
    run = crawling.crawl_listed(
        settings,
        target.site.name,
        flow=BACKFILL,
        base_url=target.base_url,
        log=get_run_logger(),
        time_limit_s=CHUNK_ENDS_WITHIN_S,
        sitemaps=sitemaps,
        days=days,
    )
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
    run = crawling.crawl_listed(
        settings,
        target.site.name,
        flow=BACKFILL,
        base_url=target.base_url,
        log=get_run_logger(),
        time_limit_s=min(settings.crawl_time_limit_s, 2 * CHUNK_S),
        urls=urls,
        found_by=found_by,
    )
    get_run_logger().info("Chunk %s: %s", run.run_id, in_words(run.summary().counts))
    return run.run_id


@task(name="Find pages in the WARC files", cache_policy=NO_CACHE)
def find_pages(settings: Settings, target: Target, before: Imports | None) -> Imports:
    """Which pages are there, and which of them the warehouse has."""
    with warehouse.connect(location(settings)) as connection:
        return find_imports(connection, target, before)


@task(name="Import pages", cache_policy=NO_CACHE)
def import_pages(settings: Settings, target: Target, imports: Imports) -> str:
    """Copies one chunk of pages into a landing run and reads them."""
    run = import_chunk(settings, target, imports)
    get_run_logger().info("Chunk %s: %s", run.run_id, in_words(run.summary().counts))
    return run.run_id
