"""Taking an article down for good: out of the tables, their past, the archive and the exports; and keeping it out."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

import warehouse
from flows import dashboard, past
from flows.archive_store import archived_file, blank_in_archive, is_archived
from flows.errors import FlowsError, NotFound
from flows.landings import pick_up, site_lock, site_of
from flows.location import location
from flows.own_runs import new_run_id, run_row
from flows.publishing import to_arrow
from flows.registered import registered
from flows.stopped import publish_or_set_aside
from flows.traces import addresses_of, blank_traces
from flows.unpublished_pages import blank_unpublished
from flows.withdrawing import withdraw
from spiders.site import names

if TYPE_CHECKING:
    import duckdb

    from flows.settings import Settings
    from flows.withdrawing import Changes

logger = logging.getLogger(__name__)

_EXAMPLE = "devdiscourse:3725110"


def take_down(settings: Settings, article_uid: str, reason: str) -> dict[str, Any]:
    """Removes an article everywhere, and records that it was done.

    The rows go first, in one run; then the records of the archive are blanked (those of runs that were given up, too)
    and what exchanges, refusals and checks tell of it, every earlier snapshot is given up (also those with a name),
    files and catalog are cleaned of what was deleted, and registered exports are written anew. The addresses stay in
    the ledger as `taken_down`: they are never asked for again. Killed anywhere, it goes on when it is called again.

    Called again for an article that is gone, it looks whether anything of it has turned up since, keeps the reason that
    was given first, and finds out anew which copies still hold the article.

    Returns:
        The row of `takedowns`, and beside it `was_done_at`: when an earlier call had done it; None if this one did.

    Raises:
        NotFound: the warehouse has no such article, or no such site.
        WarehouseMissing: there is no warehouse.
        RunInProgress: a run of its site is under way.
        FlowsError: a run of the site was set aside, or cannot be completed, that may hold the article too.
    """
    site = article_uid.partition(":")[0]
    where = location(settings)
    _refuse_unknown_site(where, article_uid, site)
    with site_lock(settings, site, holder="takedown"):
        _publish_what_waits(settings, site)
        with warehouse.publish_lock(where):
            row = _removed(where, article_uid, site, reason)
            was_done_at = row["done_at"]
            blanked, unread = _blank(settings, where, article_uid)
            row["records_blanked"] += blanked
            if blank_traces(where, article_uid) or blanked or was_done_at is None:
                warehouse.erase_deleted(where)
                row["done_at"] = datetime.now(UTC)
        row["outstanding"] = [*unread, *_clean_copies(settings, row["done_at"])]
        dashboard.remove(settings)
        warehouse.record(where, "takedowns", to_arrow("takedowns", pd.DataFrame([row])), f"took down {article_uid}")
        # It names no address that was removed, but it is of the past: it is written anew.
        past.forget(settings, site)
    dashboard.refresh(settings, logger)
    return row | {"was_done_at": was_done_at}


def _refuse_unknown_site(where: warehouse.Location, article_uid: str, site: str) -> None:
    """What was typed becomes the name of a lock only where it is that of a site, of this code or of the warehouse."""
    with warehouse.connect(where) as connection:
        held = connection.execute("SELECT DISTINCT site FROM lake.runs WHERE site IS NOT NULL").fetchall()
    if site not in {*names(), *(name for (name,) in held)}:
        raise NotFound(f"there is no site {site!r}: {article_uid} is no article's id; they look like {_EXAMPLE}")


def _publish_what_waits(settings: Settings, site: str) -> None:
    """A run that waits may hold the article: it is published first, and then goes with the others."""
    waiting = pick_up(settings, site)
    run_ids = {run.run_id for run in waiting}
    for directory in settings.landing_path.glob("*"):
        if site_of(directory.name) == site and directory.name not in run_ids:
            raise FlowsError(
                f"run {directory.name} of {site} was set aside, or is not complete, and may hold the article:"
                f" `wirehouse publish {directory.name}` first, or give it up with --give-up"
            )
    for run in waiting:
        publish_or_set_aside(settings, run)


def _removed(where: warehouse.Location, article_uid: str, site: str, reason: str) -> dict[str, Any]:
    """Removes the rows, unless an earlier call did; returns the row of `takedowns` as it is then."""
    with warehouse.at_one_moment(where) as connection:
        begun = warehouse.rows_of(connection, "takedowns", [article_uid]).to_pylist()
        is_there = warehouse.rows_of(connection, "articles", [article_uid]).num_rows
        if begun and not is_there:
            return begun[0] | {"records_blanked": begun[0]["records_blanked"] or 0}
        if not is_there:
            raise NotFound(f"the warehouse has no article {article_uid}; article ids look like {_EXAMPLE}")
        started_at = datetime.now(UTC)
        run_id = new_run_id(site, started_at)
        row = {"article_uid": article_uid, "site": site, "reason": reason, "requested_at": started_at, "run_id": run_id}
        row |= {
            "done_at": None,
            "records_blanked": 0,
            "outstanding": [],
            "rows_removed": _rows(connection, article_uid),
        }
        changes = withdraw(connection, [article_uid])
        _close_addresses(connection, changes, article_uid, run_id)
    changes.appends["runs"] = run_row(run_id, "takedown", site, started_at, f"took down {article_uid}")
    changes.replaces["takedowns"] = to_arrow("takedowns", pd.DataFrame([row]))
    warehouse.publish(where, run_id, changes.appends, changes.replaces, removes=changes.removes)
    return row


def _rows(connection: duckdb.DuckDBPyConnection, article_uid: str) -> int:
    """How many rows are about the article, those of the index of copies left out."""
    tables = ("articles", "revisions", "tags", "sidebars", "findings", "story_members", "copies")
    beside = connection.execute(
        "SELECT count(*) FROM lake.sidebars WHERE page_uid = $uid AND article_uid IS DISTINCT FROM $uid",
        {"uid": article_uid},
    ).fetchall()[0][0]
    return int(beside) + sum(warehouse.rows_of(connection, name, [article_uid]).num_rows for name in tables)


def _close_addresses(connection: duckdb.DuckDBPyConnection, changes: Changes, article_uid: str, run_id: str) -> None:
    """Every address of the article is taken down."""
    urls = warehouse.rows_of(connection, "urls", [article_uid]).to_pandas()
    nothing = dict.fromkeys(("last_error", "next_try_at", "etag", "last_modified"))
    changes.replaces["urls"] = to_arrow("urls", urls.assign(state="taken_down", run_id=run_id, **nothing))


def _blank(settings: Settings, where: warehouse.Location, article_uid: str) -> tuple[int, list[str]]:
    """Blanks the article's records in the archive; returns how many there were, and what could not be looked into."""
    with warehouse.connect(where) as connection:
        addresses = addresses_of(connection, article_uid)
        files = connection.execute(
            "SELECT DISTINCT archive_file FROM lake.fetches WHERE archive_file IS NOT NULL"
            " AND (article_uid = $uid OR url IN (SELECT unnest($urls)) OR requested_url IN (SELECT unnest($urls)))",
            {"uid": article_uid, "urls": addresses},
        ).fetchall()
        site = article_uid.partition(":")[0]
        unpublished, unread = blank_unpublished(settings, connection, site, addresses)
    archived = (archived_file(settings.archive_path, name) for (name,) in files)
    return sum((blank_in_archive(file, addresses) for file in archived if is_archived(file)), unpublished), unread


def _clean_copies(settings: Settings, gone_at: datetime) -> list[str]:
    """Writes each registered export anew; returns what still holds the article: backups, and exports out of reach.

    What was begun after `gone_at`, when nothing was left of the article, never held it.
    """
    outstanding = []
    for copy in registered(settings):
        if copy.oldest_at > gone_at:
            continue
        if copy.kind == "export" and copy.is_there:
            try:
                warehouse.export(location(settings), copy.path, copy.since)
            except (OSError, warehouse.WarehouseError) as error:
                logger.warning("the export in %s could not be written anew: %s", copy.path, error)
            else:
                continue
        outstanding.append(f"{copy.kind} {copy.path}, made {copy.oldest_at:%Y-%m-%d %H:%M} UTC")
    return outstanding
