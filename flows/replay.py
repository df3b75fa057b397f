"""The flow `replay`: reads the archived pages again with today's code, and publishes what differs."""

from __future__ import annotations

from datetime import date  # Prefect reads the types of the parameters
from typing import Annotated, Any

from prefect import flow, get_run_logger, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows import dashboard, fan_out
from flows.fields import Site
from flows.healing import crash_dead_runs
from flows.ingest import is_worth_another_try, prepare_warehouse
from flows.progress import in_words
from flows.replaying import REPLAY, Replayed, publish_replay, read_again
from flows.reporting import report_runs
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
    """
    settings = read_settings()
    prepare_warehouse(settings)
    results: list[dict[str, Any]] = []
    with fan_out.over(settings.dask_address):
        for name in [site] if site else names():
            found = read_pages_again(settings, name, start, end)
            table = found.table()
            create_table_artifact(
                key=f"replay-{name}",
                table=table,
                description=f"{found.pages} pages of {name} read again: {found.articles} articles would change",
            )
            run = publish(settings, found) if table and not dry_run else None
            results.append(
                {
                    "site": name,
                    "pages": found.pages,
                    "articles": found.articles,
                    "changes": table,
                    "verdicts": dict(found.verdicts),
                    "run": run,
                }
            )
    if published := [each["run"] for each in results if each["run"]]:
        dashboard.refresh(settings, get_run_logger())
        report_runs(settings, published, [each["run_id"] for each in published])
    crash_dead_runs()
    return results


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
    if done is None:
        return None
    return {"run_id": done.run_id, "state": done.state, "reason": done.reason, **done.counts}
