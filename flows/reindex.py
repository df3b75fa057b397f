"""The flow `reindex`: makes what is looked up when articles are compared anew from the articles."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact

import warehouse
from flows import indexes
from flows.healing import crash_dead_runs
from flows.ingest import is_worth_another_try
from flows.location import location
from flows.reporting import reported
from flows.settings import Settings, read_settings


@flow(name="reindex")
def reindex(*, dry_run: bool = False) -> list[dict[str, Any]]:
    """Makes the indexes of copies, stories and words anew, compares, and publishes what differs.

    Args:
        dry_run: only compare

    Returns:
        One row per table: table, lacking, wrong, leftover, examples.

    Raises:
        WarehouseMissing: there is no warehouse.
    """
    settings = read_settings()
    warehouse.require(location(settings))
    with reported(settings, subject="all"):
        found = rebuild(settings, dry_run)
        create_table_artifact(key="reindex", table=found, description="How the indexes differed from the articles")
    crash_dead_runs()
    return found


@task(name="Make the indexes anew", retries=1, retry_delay_seconds=5, retry_condition_fn=is_worth_another_try)
def rebuild(settings: Settings, dry_run: bool) -> list[dict[str, Any]]:  # noqa: FBT001 - a task's parameter
    """Compares, and publishes what differs in one transaction unless `dry_run`."""
    if not dry_run:
        warehouse.create(location(settings))  # it may be of an older version, and lack a table
    found = indexes.reindex(settings, dry_run=dry_run)
    get_run_logger().info("Compared %s", found)
    return found
