"""The flow `maintain`: keeps the warehouse fast and its past within the retention."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact

import warehouse
from flows.healing import crash_dead_runs
from flows.location import location
from flows.progress import in_words
from flows.retention import expire_pages
from flows.settings import Settings, read_settings


@flow(name="maintain", flow_run_name="maintain")
def maintain() -> dict[str, Any]:
    """Compacts small files, expires snapshots, removes unused files.

    All snapshots of the last day stay, and the last of each day for WIREHOUSE_SNAPSHOT_RETENTION_DAYS.

    Pages fetched before WIREHOUSE_ARCHIVE_RETENTION_DAYS, if that is set, leave the archive.

    Readers and runs may go on meanwhile; what the tables hold does not change.

    Returns:
        What was done, as `warehouse.Maintenance` has it, and how many files of the archive went.
    """
    settings = read_settings()
    done = maintain_warehouse(settings) | {"archive_files_removed": expire_pages(settings)}
    report_maintenance(done)
    crash_dead_runs()
    return done


@task(name="Maintain the warehouse", retries=2, retry_delay_seconds=30)
def maintain_warehouse(settings: Settings) -> dict[str, Any]:
    """Does it, under the publish lock for one step at a time."""
    kept = timedelta(days=settings.snapshot_retention_days)
    done = asdict(warehouse.maintain(location(settings), kept))
    get_run_logger().info("Maintained the warehouse: %s", in_words(done))
    return done


@task(name="Report the maintenance")
def report_maintenance(done: dict[str, Any]) -> None:
    """Leaves what was done where the Prefect UI shows it."""
    rows = [{"what": name, "value": str(value)} for name, value in done.items()]
    create_table_artifact(key="maintenance", table=rows, description="What maintenance did to the warehouse")
