"""Which pages the tables name that are not in the archive though they should be: a disk that is not mounted, a loss."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows.archive_store import archived_file, is_archived
from flows.errors import ArchiveGone
from flows.landings import day_of
from flows.retention import oldest_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import duckdb

    from flows.settings import Settings

#: Pages of runs of so long say whether the archive is there.
REACH = timedelta(days=30)
#: It is where any of so many files is, the newest first: more need not be asked for.
_ASKED_FOR = 50


def oldest_kept(settings: Settings, now: datetime) -> date | None:
    """The first day whose pages should be in the archive: others are past their retention, or known to be lost."""
    days = [each for each in (oldest_day(settings, now), settings.archive_lost_before) if each is not None]
    return max(days, default=None)


def missing_files(settings: Settings, connection: duckdb.DuckDBPyConnection, now: datetime | None = None) -> list[str]:
    """The names of the WARC files that `fetches` has pages in and that are not where they should be, oldest first."""
    named = connection.execute(
        "SELECT DISTINCT archive_file FROM lake.fetches WHERE archive_file IS NOT NULL ORDER BY archive_file"
    ).fetchall()
    kept = _kept(settings, (name for (name,) in named), now or datetime.now(UTC))
    return [name for name in kept if not is_archived(archived_file(settings.archive_path, name))]


def what_is_gone(settings: Settings, connection: duckdb.DuckDBPyConnection, now: datetime | None = None) -> str | None:
    """What is wrong where the archive as a whole is not there, and what to do; None where any recent file of it is."""
    moment = now or datetime.now(UTC)
    # No parameter: it would make DuckDB import pandas, which `wirehouse status` does without.
    named = connection.execute(
        "SELECT DISTINCT archive_file FROM lake.fetches WHERE archive_file IS NOT NULL"  # noqa: S608 - a time
        f" AND fetched_at >= TIMESTAMPTZ '{(moment - REACH).isoformat()}'"
        f" ORDER BY archive_file DESC LIMIT {_ASKED_FOR}"
    ).fetchall()
    kept = _kept(settings, (name for (name,) in named), moment)
    if not kept or any(is_archived(archived_file(settings.archive_path, name)) for name in kept):
        return None
    return f"the archive is not at {settings.archive_path}: of its newest files, as {kept[0]}, none is there; {mend()}"


def refuse_without_archive(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    """Pages would go where the archive's disk is not mounted, and be hidden once it is.

    Raises:
        ArchiveGone: there were pages, and none of them is there.
    """
    if wrong := what_is_gone(settings, connection):
        raise ArchiveGone(wrong)


def mend() -> str:
    """What to do about files that are not there."""
    return (
        "mount its disk or put the files back from a backup; if they are lost for good, set"
        " WIREHOUSE_ARCHIVE_LOST_BEFORE to the day after the newest of them"
    )


def _kept(settings: Settings, names: Iterable[str], now: datetime) -> list[str]:
    oldest = oldest_kept(settings, now)
    days = ((name, day_of(name)) for name in names)
    return [name for name, day in days if day is not None and (oldest is None or day >= oldest)]
