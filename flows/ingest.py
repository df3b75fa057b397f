"""The flow `ingest`: one scheduled run of one site, from the pages to the warehouse."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from prefect import flow, get_run_logger, runtime, task
from prefect.client.schemas.objects import State
from prefect.states import Completed

import warehouse
from flows import crawling
from flows.backfilling import CHUNK_ENDS_WITHIN_S
from flows.durations import parse_duration
from flows.errors import CrawlFailed, RunInProgress
from flows.fields import BaseUrl, Duration, Limit, Site
from flows.healing import crash_dead_runs
from flows.landings import lies_with_the_run, pick_up, site_lock, unpublished_runs
from flows.location import location
from flows.progress import in_words
from flows.reporting import Tally, reported
from flows.settings import Settings, read_settings
from flows.stopped import publish_or_set_aside
from spiders.landing import LandingRun
from spiders.site import load

if TYPE_CHECKING:
    from prefect.client.schemas.objects import TaskRun
    from prefect.tasks import Task


#: What a run calls itself, in `runs` and in the lock of a site: one does not wait for another.
INGEST = "ingest"


@flow(name=INGEST, flow_run_name="ingest-{site}")
def ingest(
    site: Site,
    base_url: BaseUrl | None = None,
    since: Duration | None = None,
    limit: Limit | None = None,
) -> list[dict[str, Any]] | State[Any]:
    """Crawls a site, turns its pages into tables and publishes them, whole or not at all.

    What an earlier run left unfinished is completed and published first; it is not fetched again.

    Args:
        site: the site's name, a file in spiders/sites
        base_url: where the site is, if not at its own address
        since: how far back known articles are looked at again, such as 2d; empty: by the ledger's schedule alone
        limit: the most articles to ask for

    Returns:
        One row per run published, oldest first: run_id, state, reason and its counts. A run of a deployment that finds
        another run of the site under way does nothing and ends as completed, by the name of Skipped.

    Raises:
        RunInProgress: another run of the site is under way, and this is no run of a deployment.
        CrawlFailed: the crawl failed; what could be kept has been published.
        PublishRefused, TransformError: a run could not be published and is set aside; the others have been. Any other
            error of one run is raised likewise, after the others.
    """
    settings = read_settings()
    load(site)
    back_to = parse_duration(since) if since else None
    try:
        return _ingest(settings, site, base_url, back_to, limit)
    except RunInProgress as error:
        if runtime.deployment.id is None:
            raise
        return _skipped(error)


def _skipped(error: RunInProgress) -> State[Any]:
    """How a run ends whose work another one does: it has not failed, so that nobody is told."""
    get_run_logger().warning("Skipped: %s", error)
    return Completed(name="Skipped", message=str(error))


def _ingest(
    settings: Settings, site: str, base_url: str | None, back_to: timedelta | None, limit: int | None
) -> list[dict[str, Any]]:
    with (
        reported(settings) as tally,
        site_lock(settings, site, holder=INGEST, yields_to=INGEST, wait_s=CHUNK_ENDS_WITHIN_S),
    ):
        prepare_warehouse(settings)
        tally.tried += pick_up_unfinished(settings, site)
        failure: Exception | None = None
        try:
            crawl(settings, site, base_url, back_to, limit)
        except CrawlFailed as error:
            failure = error
            tally.tried += pick_up_unfinished(settings, site)
        stopped = publish_all(settings, waiting_runs(settings, site), tally)
    crash_dead_runs()
    if failure := failure or stopped:
        raise failure
    last = tally.published[-1]
    if last["state"] == "failed":
        raise CrawlFailed(last["reason"] or "the crawl failed")
    return tally.published


@task(name="Prepare the warehouse", retries=3, retry_delay_seconds=2)
def prepare_warehouse(settings: Settings) -> None:
    """Makes the warehouse and any table that is missing."""
    warehouse.create(location(settings))


@task(name="Pick up what earlier runs left")
def pick_up_unfinished(settings: Settings, site: str) -> list[str]:
    """Completes the landing runs of crawls that died; returns the runs it found, those included that it set aside."""
    found = [run.run_id for run in unpublished_runs(settings, site)]
    waiting = [run.run_id for run in pick_up(settings, site)]
    if waiting:
        get_run_logger().info("Picked up %d unfinished run(s): %s", len(waiting), ", ".join(waiting))
    return found


@task(name="Crawl the site", task_run_name="Crawl {site}", retries=1, retry_delay_seconds=5)
def crawl(settings: Settings, site: str, base_url: str | None, since: timedelta | None, limit: int | None) -> str:
    """Crawls in a process of its own. A second attempt goes on where the first one died."""
    run = crawling.crawl_site(
        settings, site, flow=INGEST, base_url=base_url, since=since, limit=limit, log=get_run_logger()
    )
    summary = run.summary()
    get_run_logger().info("Crawl %s is %s: %s", run.run_id, summary.state, in_words(summary.counts))
    return run.run_id


def waiting_runs(settings: Settings, site: str) -> list[str]:
    """The site's complete runs that are not published yet, oldest first."""
    return [run.run_id for run in unpublished_runs(settings, site) if run.is_complete]


def publish_all(settings: Settings, run_ids: list[str], tally: Tally) -> Exception | None:
    """Publishes each run, past those that fail, however they do; returns the last error."""
    stopped: Exception | None = None
    for run_id in run_ids:
        tally.tried.append(run_id)
        try:
            tally.published.append(publish(settings, run_id))
        except Exception as error:  # noqa: BLE001  # raised by the flow, once the others are published
            stopped = error
    return stopped


def is_worth_another_try(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether publishing may succeed the next time: what a check stopped, it stops again."""
    return not lies_with_the_run(state.result(raise_on_failure=False))


@task(
    name="Publish the run",
    task_run_name="Publish {run_id}",
    retries=3,
    retry_delay_seconds=2,
    retry_condition_fn=is_worth_another_try,
)
def publish(settings: Settings, run_id: str) -> dict[str, Any]:
    """Archives the run's pages, builds its tables and commits them in one transaction."""
    published = publish_or_set_aside(settings, LandingRun(settings.landing_path / run_id))
    reason = f" ({published.reason})" if published.reason else ""
    counts = in_words(published.counts)
    get_run_logger().info("Published %s, %s%s: %s", published.run_id, published.state, reason, counts)
    return published.row()
