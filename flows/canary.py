"""The flow `canary`: reads a few pages of a site and says which fields no longer come; the warehouse is not touched."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.events import emit_event

from flows.errors import FieldsLost
from flows.fields import BaseUrl, Limit, Site
from flows.healing import crash_dead_runs
from flows.probing import ProbedField, probe
from flows.settings import read_settings

#: The event of a field that is lost.
FIELD_LOST = "wirehouse.field.lost"


@flow(name="canary", flow_run_name="canary-{site}")
def canary(site: Site, base_url: BaseUrl | None = None, pages: Limit = 5) -> list[dict[str, Any]]:
    """Reads a few pages of a site as it is now, and compares their fields with what usually comes.

    Args:
        site: the site's name, a file in spiders/sites
        base_url: where the site is, if not at its own address
        pages: how many articles to read

    Returns:
        One row per field: field, pages, found, usual_share, is_lost, examples.

    Raises:
        FieldsLost: fields that usually come are on none of the pages.
        CrawlFailed: the crawl crashed or overran.
    """
    probed = read_pages(site, base_url, pages)
    report_fields(site, probed)
    crash_dead_runs()
    if lost := [each.field for each in probed if each.is_lost]:
        raise FieldsLost(
            f"{site}: of {probed[0].pages} pages none has {', '.join(lost)}; the site changed, or refuses us"
        )
    return [asdict(each) for each in probed]


@task(name="Read some pages", retries=2, retry_delay_seconds=60)
def read_pages(site: str, base_url: str | None, pages: int) -> list[ProbedField]:
    """Crawls them into a directory that is removed again."""
    return probe(read_settings(), site, base_url=base_url, pages=pages, log=get_run_logger())


@task(name="Report the fields")
def report_fields(site: str, probed: list[ProbedField]) -> None:
    """Leaves the fields as an artifact, and emits an event for each that is lost."""
    rows = [
        {"field": each.field, "found": f"{each.found} of {each.pages}", "usual": f"{each.usual_share:.2f}",
         "": "lost" if each.is_lost else ""}
        for each in probed
    ]  # fmt: skip
    create_table_artifact(key="canary", table=rows, description=f"Fields on some pages of {site}")
    for each in (each for each in probed if each.is_lost):
        message = (
            f"{site}: {each.field} is on none of {each.pages} pages, usual is a share of {each.usual_share:.2f};"
            f" for example {', '.join(each.examples[:3])}"
        )
        emit_event(
            FIELD_LOST,
            resource={
                "prefect.resource.id": f"wirehouse.field.{site}.{each.field}",
                "prefect.resource.name": f"{site} {each.field}",
                "wirehouse.site": site,
            },
            payload={**asdict(each), "message": message},
        )
