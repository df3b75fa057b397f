"""The flow `replay`: reads the archived pages again with today's code, and publishes what differs."""

from __future__ import annotations

from datetime import date  # Prefect reads the types of the parameters
from typing import Annotated, Any

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows import fan_out
from flows.fields import Site
from flows.healing import crash_dead_runs
from flows.ingest import is_worth_another_try, prepare_warehouse
from flows.interrupts import heeding_interrupts
from flows.progress import in_words
from flows.replaying import REPLAY, Replayed, publish_replay, read_again
from flows.reporting import Tally, reported
from flows.settings import Settings, read_settings
from spiders.site import names


def run_name() -> str:
    """The site, or that it is all of them."""
    return f"{REPLAY}-{runtime.flow_run.get_parameters().get('site') or 'all-sites'}"


@flow(name=REPLAY, flow_run_name=run_name)
def replay(
    site: Site | None = None,
    start: Annotated[date | None, Field(description="the first day of publication, in the site's zone")] = None,
    end: Annotated[date | None, Field(description="the last day of publication")] = None,
    dry_run: Annotated[bool, Field(description="only show what would change")] = False,  # noqa: FBT002
) -> list[dict[str, Any]]:
    """Reads archived pages again with today's code and publishes what differs, one run for each site. Fetches nothing.

    Args:
        site: the site's name; empty: all sites
        start: the first day of publication, in the site's zone; empty: from the beginning
        end: the last day of publication; empty: to the end
        dry_run: only show what would change

    Returns:
        One row per site: site, pages, articles (that change), changes (rows of field, articles, examples), verdicts
        (pages that are something else now) and run (the row of the run published; null if nothing was).

    Raises:
        PublishRefused: a check stopped the run of a site. Any other error of one site, too: after the others are done.
    """
    settings = read_settings()
    prepare_warehouse(settings)
    results: list[dict[str, Any]] = []
    failure: Exception | None = None
    with reported(settings) as tally, fan_out.over(settings.dask_address):
        for name in [site] if site else names():
            try:
                with heeding_interrupts():
                    results.append(_replay_site(settings, name, (start, end), tally, dry_run=dry_run))
            except Exception as error:  # noqa: BLE001  # raised below: the other sites do not wait for it
                get_run_logger().error("The replay of %s failed: %s", name, error)  # raised below
                failure = error
    crash_dead_runs()
    if failure is not None:
        raise failure
    return results


def _replay_site(
    settings: Settings, site: str, days: tuple[date | None, date | None], tally: Tally, *, dry_run: bool
) -> dict[str, Any]:
    found = read_pages_again(settings, site, *days)
    table = found.table()
    create_table_artifact(
        key=f"replay-{site}".replace("_", "-"),  # Prefect takes no other sign
        table=table,
        description=f"{found.pages} pages of {site} read again: {found.articles} articles would change",
    )
    run = None
    if table and not dry_run:
        tally.tried.append(found.run_id)
        run = publish(settings, found)
        tally.published += [run] if run else []
    return {
        "site": site,
        "pages": found.pages,
        "articles": found.articles,
        "changes": table,
        "verdicts": dict(found.verdicts),
        "run": run,
    }


@task(name="Read pages again", task_run_name="Read pages of {site} again", cache_policy=NO_CACHE)
def read_pages_again(settings: Settings, site: str, start: date | None, end: date | None) -> Replayed:
    """Reads and compares; writes nothing."""
    found = read_again(settings, site, start, end)
    verdicts = f"; of the other pages {in_words(found.verdicts)}" if found.verdicts else ""
    get_run_logger().info("%d pages of %s: %d articles differ%s", found.pages, site, found.articles, verdicts)
    return found


@task(
    name="Publish the replay",
    retries=3,
    retry_delay_seconds=2,
    retry_condition_fn=is_worth_another_try,
    cache_policy=NO_CACHE,
)
def publish(settings: Settings, found: Replayed) -> dict[str, Any] | None:
    """Commits what differs in one transaction."""
    done = publish_replay(settings, found)
    return done.row() if done is not None else None
