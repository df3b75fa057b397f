"""The flow `backfill`: fills in the past of one site, by a plan and in chunks that can be interrupted anywhere."""

from __future__ import annotations

from datetime import date  # Prefect reads the types of the parameters
from typing import TYPE_CHECKING, Annotated, Any, cast

from prefect import flow, get_run_logger
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from pydantic import Field

import warehouse
from flows import fan_out
from flows.backfill_target import read_target
from flows.backfill_work import CrawlWork, ImportWork
from flows.backfilling import BACKFILL
from flows.errors import CannotBeDone, CrawlFailed, FlowsError
from flows.fields import BaseUrl, Site
from flows.healing import crash_dead_runs
from flows.ingest import pick_up_unfinished, prepare_warehouse, publish_all, waiting_runs
from flows.landings import site_lock
from flows.location import location
from flows.progress import report
from flows.reporting import Tally, reported
from flows.settings import read_settings

if TYPE_CHECKING:
    from uuid import UUID

    from flows.settings import Settings

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
        pages still to do), reason (why it ended before all was done, else null), gone (addresses that the site
        says are not there) and not_read (a sentence for each WARC file that was not read to its end).

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
    work = ImportWork(settings, target) if target.warc is not None else CrawlWork(settings, target)
    rows, estimate = work.look()
    create_table_artifact(key="backfill-plan", table=rows, description=f"What there is of {site}. {estimate}")
    get_run_logger().info("Plan of %s: %s", site, estimate)
    for remark in target.remarks():
        get_run_logger().info("Not asked for: %s", remark)
    for each in work.not_read:
        get_run_logger().error("%s", each)
    told: dict[str, Any] = {"plan": rows, "estimate": estimate, "not_read": work.not_read}
    if dry_run:
        return {**told, "runs": [], "left": work.left, "reason": None, "gone": 0}
    with reported(settings) as tally, fan_out.over(settings.dask_address):
        reason = _work_off(settings, site, work, tally)
    crash_dead_runs()
    if reason is not None:
        get_run_logger().warning("Ended early, with %d still to do: %s", work.left, reason)
    gone = _gone(settings, [row["run_id"] for row in tally.published])
    get_run_logger().info("%d addresses of %s are gone", gone, site)
    return {**told, "runs": tally.published, "left": work.left, "reason": reason, "gone": gone}


def _gone(settings: Settings, run_ids: list[str]) -> int:
    """Of how many addresses the runs learned that they are not there."""
    with warehouse.connect(location(settings)) as connection:
        ((count,),) = connection.execute(
            "SELECT count(DISTINCT url) FROM fetches"
            " WHERE outcome IN ('gone', 'missing') AND list_contains(?::VARCHAR[], run_id)",
            [run_ids],
        ).fetchall()
    return int(count)


def _work_off(settings: Settings, site: str, work: CrawlWork | ImportWork, tally: Tally) -> str | None:
    """Does chunk after chunk, each under the site's lock; returns why it ended too early."""
    passed: Exception | None = None
    reason: str | None = None
    total = work.left
    artifact = cast("UUID", create_progress_artifact(0.0, key="backfill-progress", description=f"Backfill of {site}"))
    while True:
        with site_lock(settings, site, holder=BACKFILL, wait_s=WAIT_S):
            tally.tried += pick_up_unfinished(settings, site)
            passed = publish_all(settings, waiting_runs(settings, site), tally) or passed
            unpublished = waiting_runs(settings, site)
            work.look()
            total = max(total, work.left)  # site maps and days in between name more
            report(BACKFILL, {work.unit: total - work.left, "asked_for": total})
            update_progress_artifact(artifact, progress=100.0 * (total - work.left) / max(total, 1))
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


def _chunk(work: CrawlWork | ImportWork, tally: Tally) -> FlowsError | None:
    try:
        work.do_chunk()
    except (CrawlFailed, CannotBeDone) as error:
        tally.tried += pick_up_unfinished(work.settings, work.target.site.name)
        return error
    return None
