"""The landing directory: new runs in it, unfinished ones found again, published ones put away."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import secrets
import shutil
import time
import traceback
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

import duckdb

from flows.archive_store import archived_file, is_archived, move_into_archive
from flows.errors import FlowsError, RunInProgress
from spiders.durable import write_durably
from spiders.errors import LandingError, RunIsHeld, SiteError
from spiders.landing import LandingRun
from spiders.locking import is_taken, take
from warehouse import PublishRefused, WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from flows.settings import Settings

logger = logging.getLogger(__name__)

#: The file that marks a landing run that cannot be published as it is (see `flows.stopped`).
MARK_OF_STOPPED = "stopped.json"
#: What the name of a landing run begins with while it is removed.
_PUT_AWAY = ".published-"

#: What lies with the machine, the catalog, the settings, the code or another process, and not with one run: once that
#: is mended or has ended, the run is published.
_OUTSIDE = (OSError, MemoryError, duckdb.OperationalError, WarehouseError, FlowsError, SiteError, RunIsHeld)
#: The packages whose errors mean that work was not handed out, wherever they come from.
_SCHEDULERS = frozenset({"prefect", "httpx", "dask", "distributed"})

_LOCK_POLL_S = 0.1

_RUN_ID = re.compile(r"(?P<date>\d{8})T\d{6}Z-(?P<site>.+)-[0-9a-f]{6}")


def new_run(settings: Settings, site: str) -> LandingRun:
    """A landing run with a fresh id, `{time}-{site}-{6 hex digits}`; its directory is not made yet."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return LandingRun(settings.landing_path / f"{stamp}-{site}-{secrets.token_hex(3)}")


def unpublished_runs(settings: Settings, site: str) -> list[LandingRun]:
    """The site's landing runs that were not put away yet, nor set aside, oldest first."""
    if not settings.landing_path.exists():
        return []
    found = (each for each in settings.landing_path.iterdir() if each.is_dir())
    return [
        LandingRun(each)
        for each in sorted(found)
        if site_of(each.name) == site and not (each / MARK_OF_STOPPED).exists()
    ]


def site_of(run_id: str) -> str | None:
    """The site that a run's id names; None if it is not the id of a run."""
    match = _RUN_ID.fullmatch(run_id)
    return match["site"] if match else None


def day_of(name: str) -> date | None:
    """The day (UTC) that a run's id, or the name of one of its WARC files, tells; None if it is neither."""
    match = _RUN_ID.match(name)
    return datetime.strptime(match["date"], "%Y%m%d").replace(tzinfo=UTC).date() if match else None


def pick_up(settings: Settings, site: str) -> list[LandingRun]:
    """Completes what dead crawls of the site left; returns all complete runs waiting to be published, oldest first.

    A run that died before its request was written never sent one and is removed, and so is what is left of one that was
    being put away. One that a living process still writes is left, and one that cannot be completed is set aside.
    """
    from spiders.recovery import recover_run  # noqa: PLC0415  # imports Scrapy, which the other users here need not

    for left in settings.landing_path.glob(f"{_PUT_AWAY}*"):
        if site_of(left.name.removeprefix(_PUT_AWAY)) == site:
            shutil.rmtree(left, ignore_errors=True)
    waiting = []
    for run in unpublished_runs(settings, site):
        if not run.is_complete:
            if not (run.directory / "request.json").exists() and not run.warc_directory.exists():
                shutil.rmtree(run.directory)
                continue
            try:
                recover_run(run)
            except Exception as error:  # noqa: BLE001  # the site's other runs do not wait for it
                if lies_with_the_run(error):
                    set_aside(run, error)
                else:
                    logger.warning("Leaving %s: %s", run.run_id, error)
                continue
        waiting.append(run)
    return waiting


def lies_with_the_run(error: BaseException) -> bool:
    """Whether another try would fail likewise: what the run holds is the reason, not what is around it."""
    if isinstance(error, PublishRefused):
        return True
    if type(error).__module__.partition(".")[0] in _SCHEDULERS:
        return False
    return not isinstance(error, _OUTSIDE) and not isinstance(error.__cause__, _OUTSIDE)


def set_aside(run: LandingRun, error: Exception) -> None:
    """Marks a run that cannot be published as it is, with the reason: from now on those of its site pass it."""
    reason = f"{type(error).__name__}: {error}"
    told = "".join(traceback.format_exception(error))
    mark = {"stopped_at": datetime.now(UTC).isoformat(), "reason": reason, "traceback": told}
    write_durably(run.directory / MARK_OF_STOPPED, json.dumps(mark, indent=1).encode())
    logger.error("Run %s is set aside, later runs pass it: %s", run.run_id, reason)
    error.add_note(
        f"The run is kept in {run.directory}; `wirehouse publish {run.run_id}` tries it again, with --give-up it is"
        " removed (its pages stay in the archive)"
    )


def move_to_archive(settings: Settings, run: LandingRun) -> None:
    """Moves the run's WARC files to the archive path; safe to repeat after dying anywhere inside.

    Raises:
        LandingError: a file that run.json names is neither here nor there.
    """
    for name in run.summary().warc_files:
        source, target = run.warc_directory / name, archived_file(settings.archive_path, name)
        if source.exists():
            move_into_archive(source, target)
        elif not is_archived(target):
            raise LandingError(f"run {run.run_id} names {name}, which is neither in {source.parent} nor at {target}")


def put_away(run: LandingRun) -> None:
    """Removes a landing run whose contents are in the warehouse and the archive."""
    gone = run.directory.with_name(f"{_PUT_AWAY}{run.run_id}")
    with contextlib.suppress(FileNotFoundError):
        run.directory.replace(gone)
    shutil.rmtree(gone, ignore_errors=True)


@contextlib.contextmanager
def site_lock(
    settings: Settings,
    site: str,
    *,
    holder: str = "run",
    yields_to: str | None = None,
    wait_s: float = 0.0,
) -> Iterator[None]:
    """Held by the one run that may work on a site; the operating system frees it when the process dies.

    Who waits for it is the next to have it: a backfill, which takes it for each of its chunks, lets others in between.

    Args:
        settings: where the locks are.
        site: the site's name.
        holder: what to call who holds it; those who find it taken read it.
        yields_to: do not wait where a holder of this name has it; None: wait whoever has it.
        wait_s: how long to wait, in seconds.

    Raises:
        RunInProgress: another run holds it.
    """
    settings.locks_path.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_s
    with (settings.locks_path / f"{site}.lock").open("a+") as lock:
        with (settings.locks_path / f"{site}.turn.lock").open("a+") as turn:
            for file in (turn, lock):
                before = None
                while not _taken(file, holder):
                    other = _holder(file)
                    # Read once it may be the name of who had it before: it is written after the lock is taken.
                    is_in_the_way = yields_to is not None and before == other == yields_to
                    if time.monotonic() >= deadline or is_in_the_way:
                        raise RunInProgress(f"another run of {site} is under way ({other}); this one did nothing")
                    before = other
                    time.sleep(_LOCK_POLL_S)
        yield


def is_worked_on(settings: Settings, run_id: str) -> bool:
    """Whether a living process makes or publishes this run, or is at work on its site and will come to it."""
    locks = (settings.locks_path / f"{site_of(run_id)}.lock", settings.landing_path / run_id / "crawl.lock")
    return any(map(is_taken, locks))


def _taken(file: IO[str], holder: str) -> bool:
    """Whether this process has the lock of a file now, which then says who holds it."""
    if not take(file):
        return False
    file.truncate(0)
    file.write(holder)
    file.flush()
    return True


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
