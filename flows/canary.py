"""The flow `canary`: reads a few pages of a site and says which fields no longer come; the warehouse is not touched."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact

from flows.alerts import Alert
from flows.errors import FieldsLost
from flows.fields import BaseUrl, Limit, Site
from flows.healing import crash_dead_runs
from flows.landings import site_lock
from flows.probing import CANARY, ProbedField, probe
from flows.reporting import emit_alert
from flows.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The event of a site whose pages have lost fields.
FIELD_LOST = "wirehouse.field.lost"
#: Seconds to wait for a run of the site that is under way.
WAIT_S = 3_600.0


@flow(name="canary", flow_run_name="canary-{site}")
def canary(site: Site, base_url: BaseUrl | None = None, pages: Limit = 5) -> list[dict[str, Any]]:
    """Reads a few pages of a site as it is now, and compares their fields with what usually comes.

    Args:
        site: the site's name, a file in spiders/sites
        base_url: where the site is, if not at its own address
        pages: how many articles to read

    Returns:
        One row per field: field, pages, found, usual_share, is_lost, examples. None where the site asked to be left
        alone.

    Raises:
        RunInProgress: another run of the site did not end within an hour.
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
    """Crawls them into a directory that is removed again, while no other run of the site asks for pages."""
    settings = read_settings()
    with site_lock(settings, site, holder=CANARY, wait_s=WAIT_S):
        return probe(settings, site, base_url=base_url, pages=pages, log=get_run_logger())


@task(name="Report the fields")
def report_fields(site: str, probed: list[ProbedField]) -> None:
    """Leaves the fields as an artifact, and emits an event if any are lost."""
    rows = [
        {"field": each.field, "found": f"{each.found} of {each.pages}", "usual": f"{each.usual_share:.2f}",
         "": "lost" if each.is_lost else ""}
        for each in probed
    ]  # fmt: skip
    create_table_artifact(key="canary", table=rows, description=f"Fields on some pages of {site}")
    if lost := [each for each in probed if each.is_lost]:
        alert = alert_of(site, lost)
        get_run_logger().warning("%s", alert.message)
        more = {"fields": [asdict(each) for each in lost]}
        emit_alert(FIELD_LOST, alert, f"field.{site}", f"fields of {site}", site, more)


def alert_of(site: str, lost: Sequence[ProbedField]) -> Alert:
    """What is told of the fields that a site's pages have lost, all in one."""
    usual = ", ".join(f"{each.field} on {each.usual_share:.0%}" for each in lost)
    examples = dict.fromkeys(url for each in lost for url in each.examples)
    return Alert(
        run_id="",
        check="fields_come",
        severity="warning",
        subject=site,
        expected=f"{usual} of the pages",
        observed=f"none of {lost[0].pages} pages has them",
        examples=", ".join([*examples][:3]) or None,
        command=f"wirehouse sql \"FROM field_coverage WHERE site = '{site}' ORDER BY observed_at DESC LIMIT 50\"",
        is_known=False,
    )
