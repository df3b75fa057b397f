"""Landing runs that cannot be published as they are: set aside for inspection, tried again or given up by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import warehouse
from flows.archive_store import archived_file, move_into_archive
from flows.errors import NotFound
from flows.interrupts import heeding_interrupts
from flows.landings import lies_with_the_run, put_away, set_aside, site_lock, site_of
from flows.location import location
from flows.publishing import publish_landing
from flows.splitting import split_addresses
from flows.unpublished_pages import blank_unpublished
from spiders.landing import LandingRun

if TYPE_CHECKING:
    from flows.publishing import PublishedRun
    from flows.settings import Settings


_TAKEN_DOWN = "SELECT url FROM lake.urls WHERE site = ? AND state = 'taken_down'"


def publish_or_set_aside(settings: Settings, run: LandingRun) -> PublishedRun:
    """Publishes a landing run; one that cannot be is marked, so that later runs of its site pass it.

    Of very many addresses that it found the most become landing runs of their own, which are left for later.

    Raises:
        PublishRefused: a check failed, or rows are not as declared; the landing run is kept and marked.
        TransformError: no rows could be made of it; likewise, and so with any other error that lies with the run.
        OSError, CatalogBusy: of the moment, or of what is around the run; it is not marked, the next run tries again.
    """
    try:
        with heeding_interrupts():
            split_addresses(run)
            return publish_landing(settings, run)
    except Exception as error:
        if lies_with_the_run(error):
            set_aside(run, error)
        raise


def publish_again(settings: Settings, run_id: str) -> PublishedRun:
    """Publishes a run that was set aside, now that what stopped it is mended.

    Raises:
        NotFound: there is no such run.
        RunInProgress: another run of its site is under way.
        PublishRefused: it is stopped once more.
    """
    from spiders.recovery import recover_run  # noqa: PLC0415  # imports Scrapy

    run = _find(settings, run_id)
    with site_lock(settings, str(site_of(run_id)), holder="publish"):
        if not run.is_complete:
            recover_run(run)
        return publish_or_set_aside(settings, run)


def give_up(settings: Settings, run_id: str) -> None:
    """Removes a landing run, set aside or not. Its pages stay in the archive, what it found is asked for anew.

    Pages of articles that were taken down do not stay.

    Raises:
        NotFound: there is no such run.
        RunInProgress: another run of its site is under way.
        RunIsHeld: a crawl still writes it.
    """
    run, site, where = _find(settings, run_id), str(site_of(run_id)), location(settings)
    with site_lock(settings, site, holder="publish"), run.locked():
        for file in sorted(run.warc_directory.glob("*.warc.gz")):
            move_into_archive(file, archived_file(settings.archive_path, file.name))
        with warehouse.publish_lock(where), warehouse.connect(where) as connection:
            closed = connection.execute(_TAKEN_DOWN, [site]).fetchall()
            if closed:
                blank_unpublished(settings, connection, site, {url for (url,) in closed})
        put_away(run)


def _find(settings: Settings, run_id: str) -> LandingRun:
    run = LandingRun(settings.landing_path / run_id)
    if site_of(run_id) is None or not run.directory.is_dir():
        raise NotFound(f"there is no landing run {run_id} in {settings.landing_path}; `wirehouse status` lists them")
    return run
