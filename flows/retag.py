"""The flow `retag`: brings the tags of the warehouse up to date with the vocabularies."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prefect import flow, get_run_logger, task

from flows import retagging
from flows.healing import crash_dead_runs
from flows.ingest import is_worth_another_try
from flows.reporting import reported
from flows.settings import read_settings


@flow(name="retag")
def retag(schemes: list[str] | None = None, dry_run: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - Prefect's
    """Tags anew what was tagged by another version of a vocabulary, model or rule. Fetches nothing.

    Args:
        schemes: which schemes to bring up to date; empty: all
        dry_run: only say how many tags would change

    Returns:
        articles, changes (added, removed, changed) and run_ids.
    """
    with reported(read_settings(), subject="retag"):
        done = asdict(look(schemes or []) if dry_run else bring_up_to_date(schemes or []))
    get_run_logger().info("%s %s", "Would be tagged anew:" if dry_run else "Tagged anew:", done)
    crash_dead_runs()
    return done


@task(name="Tag anew", retries=3, retry_delay_seconds=2, retry_condition_fn=is_worth_another_try)
def bring_up_to_date(schemes: list[str]) -> retagging.Retagged:
    """Every batch is a run: another attempt goes on where the last one stopped."""
    return retagging.retag(read_settings(), schemes)


@task(name="Look at what would change")
def look(schemes: list[str]) -> retagging.Retagged:
    """Counts what tagging anew would change, and writes nothing."""
    return retagging.count_changes(read_settings(), schemes)
