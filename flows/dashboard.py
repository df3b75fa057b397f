"""The dashboard of a warehouse as a file: made after each run, and when asked for."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.interrupts import heeding_interrupts
from flows.location import location
from flows.settings import read_settings
from flows.status import left_lying
from warehouse.dashboard import assemble, gather

if TYPE_CHECKING:
    from logging import Logger, LoggerAdapter
    from pathlib import Path
    from typing import Any

    from flows.settings import Settings


def make(settings: Settings, out: Path | None = None) -> Path:
    """Writes the dashboard to `out`, or to its place in WIREHOUSE_HOME; returns where it is.

    The file is replaced as a whole: who opens it meanwhile sees the old one or the new one.

    Raises:
        WarehouseMissing: there is no warehouse.
        OSError: it cannot be written.
    """
    target = out or settings.dashboard_path
    made_at = datetime.now(UTC)
    beside = {"made_at": int(made_at.timestamp()), "left_lying": left_lying(settings, made_at)}
    page = assemble({**beside, **gather(location(settings))})
    growing = target.with_name(f".{target.name}.{os.getpid()}.growing")
    try:
        growing.write_text(page, encoding="utf-8")
        growing.replace(target)
    finally:
        growing.unlink(missing_ok=True)
    return target


def remove(settings: Settings) -> None:
    """Removes the dashboard, and what a killed process left of one: what it shows is not to be shown any more."""
    page = settings.dashboard_path
    for path in (page, *page.parent.glob(f".{page.name}.*.growing")):
        path.unlink(missing_ok=True)


def make_here(out: Path | None) -> Path:
    """`make` for the warehouse of the settings."""
    return make(read_settings(), out)


def refresh(settings: Settings, log: Logger | LoggerAdapter[Any]) -> None:
    """Makes the dashboard after a run. What goes wrong is said, and does not fail the run: its rows are committed."""
    began = time.monotonic()
    try:
        with heeding_interrupts():
            path = make(settings)
    except Exception as error:  # noqa: BLE001  # whatever it is, the run has succeeded
        log.warning("The dashboard could not be made and is as it was: %s", error)
    else:
        log.info("Made %s in %.1f s", path, time.monotonic() - began)
