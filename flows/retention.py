"""How long pages are kept: whole files of the archive go once all of their pages are older than the retention."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows.archive_store import all_archived, remove_from_archive
from flows.landings import day_of

if TYPE_CHECKING:
    from datetime import date

    from flows.settings import Settings

logger = logging.getLogger(__name__)


def expire_pages(settings: Settings, now: datetime | None = None) -> int:
    """Removes the WARC files of crawls older than WIREHOUSE_ARCHIVE_RETENTION_DAYS; returns how many.

    A crawl takes minutes: its day, which the file's name tells, is that of every page in it. What was read from the
    pages stays in the tables. Files of a run that waits in the landing directory stay until it is there no longer.
    """
    oldest = oldest_day(settings, now or datetime.now(UTC))
    if oldest is None:
        return 0
    removed = 0
    for file in all_archived(settings.archive_path):
        day = day_of(file.name)
        if day is not None and day < oldest and not _is_waited_for(settings, file.name):
            remove_from_archive(file)
            removed += 1
    if removed:
        logger.info("removed %d files of pages fetched before %s", removed, oldest)
    return removed


def oldest_day(settings: Settings, now: datetime) -> date | None:
    """The first day whose pages are kept; None where all are kept for good."""
    days = settings.archive_retention_days
    return None if days is None else (now - timedelta(days=days)).date()


def _is_waited_for(settings: Settings, name: str) -> bool:
    """Whether the run that a WARC file is of, which its name begins with, is still a landing run."""
    return (settings.landing_path / name.rpartition("-")[0]).exists()
