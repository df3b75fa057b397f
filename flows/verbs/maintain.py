"""`wirehouse maintain`."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import warehouse


@click.command("maintain")
def verb() -> None:
    """Keep the warehouse fast: compact small files, expire old snapshots, remove files that nothing needs."""
    import warehouse
    from flows.location import location
    from flows.printing import open_console, say
    from flows.retention import expire_pages
    from flows.settings import read_settings

    settings = read_settings()
    console = open_console(stderr=True)
    with console.status("Maintaining the warehouse …") if console.is_terminal else contextlib.nullcontext():
        done = warehouse.maintain(location(settings), timedelta(days=settings.snapshot_retention_days))
    say(console, _described(done))
    if (removed := expire_pages(settings)) > 0:
        say(console, f"Removed {removed:,} files of pages older than {settings.archive_retention_days} days")


def _described(done: warehouse.Maintenance) -> str:
    before, after = done.before, done.after
    return (
        f"Compacted {done.files_compacted:,} small files and rewrote {done.files_rewritten:,} large ones;"
        f" expired {done.snapshots_expired:,} snapshots; removed {done.files_removed:,} files that nothing needs\n"
        f"The newest snapshot: {before.files:,} files, {before.bytes / 1e6:,.1f} MB before;"
        f" {after.files:,} files, {after.bytes / 1e6:,.1f} MB now\n"
        f"The catalog: {after.catalog_bytes / 1e6:,.1f} MB. It took {done.seconds:,.1f} s"
    )
