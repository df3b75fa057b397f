"""How long pages are kept: whole files of the archive go once all of their pages are older than the retention."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flows.landings import day_of

if TYPE_CHECKING:
    from flows.settings import Settings

logger = logging.getLogger(__name__)


def expire_pages(settings: Settings, now: datetime | None = None) -> int:
    """Removes the WARC files of crawls older than WIREHOUSE_ARCHIVE_RETENTION_DAYS; returns how many.

    A crawl takes minutes: its day, which the file's name tells, is that of every page in it. What was read from the
    pages stays in the tables.
    """
    days = settings.archive_retention_days
    if days is None:
        return 0
    oldest = ((now or datetime.now(UTC)) - timedelta(days=days)).date()
    removed = 0
    for path in sorted(Path(settings.archive_path).rglob("*.warc.gz")):
        day = day_of(path.name)
        if day is not None and day < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    if removed:
        logger.info("removed %d files of pages fetched before %s", removed, oldest)
    return removed
