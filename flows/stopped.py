"""Landing runs that cannot be published as they are: set aside for inspection, tried again or given up by a person."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.errors import NotFound
from flows.landings import MARK_OF_STOPPED, put_away, site_lock, site_of
from flows.publishing import publish_landing
from spiders.landing import LandingRun, write_durably
from transforms.errors import TransformError
from warehouse import PublishRefused

if TYPE_CHECKING:
    from flows.publishing import PublishedRun
    from flows.settings import Settings

logger = logging.getLogger(__name__)

#: What another try would not mend: the rows, or what is made of them, are not what may be published.
STOPS = (PublishRefused, TransformError)


def publish_or_set_aside(settings: Settings, run: LandingRun) -> PublishedRun:
    """Publishes a landing run; one that cannot be is marked, so that later runs of its site pass it.

    Raises:
        PublishRefused: a check failed, or rows are not as declared; the landing run is kept and marked.
        TransformError: no rows could be made of it; likewise.
    """
    try:
        return publish_landing(settings, run)
    except STOPS as error:
        mark = {"stopped_at": datetime.now(UTC).isoformat(), "reason": str(error)}
        write_durably(run.directory / MARK_OF_STOPPED, json.dumps(mark, indent=1).encode())
        logger.error("Run %s is set aside, later runs pass it: %s", run.run_id, error)  # noqa: TRY400  # raised on
        error.add_note(
            f"The run is kept in {run.directory}; `wirehouse publish {run.run_id}` tries it again, with --give-up it is"
            " removed (its pages stay in the archive)"
        )
        raise


def publish_again(settings: Settings, run_id: str) -> PublishedRun:
    """Publishes a run that was set aside, now that what stopped it is mended.

    Raises:
        NotFound: there is no such run.
        RunInProgress: another run of its site is under way.
        PublishRefused: it is stopped once more.
    """
    run = _find(settings, run_id)
    with site_lock(settings, str(site_of(run_id))):
        return publish_or_set_aside(settings, run)


def give_up(settings: Settings, run_id: str) -> None:
    """Removes a run that was set aside. Its pages stay in the archive, what it found is asked for anew.

    Raises:
        NotFound: there is no such run, or it was not set aside.
        RunInProgress: another run of its site is under way.
    """
    run = _find(settings, run_id)
    if not (run.directory / MARK_OF_STOPPED).exists():
        raise NotFound(f"run {run_id} was not set aside: the next run of its site publishes it")
    with site_lock(settings, str(site_of(run_id))):
        put_away(run)


def _find(settings: Settings, run_id: str) -> LandingRun:
    run = LandingRun(settings.landing_path / run_id)
    if site_of(run_id) is None or not run.is_complete:
        raise NotFound(f"there is no complete landing run {run_id} in {settings.landing_path}")
    return run
