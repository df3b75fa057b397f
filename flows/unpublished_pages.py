"""Pages in the archive that nothing published refers to, for their run was given up; some have to go all the same."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flows.archive_store import all_archived, blank_in_archive
from flows.landings import site_of
from spiders.blanking import addresses_in
from spiders.errors import ArchiveError
from spiders.site import load

if TYPE_CHECKING:
    from collections.abc import Collection

    import duckdb

    from flows.settings import Settings
    from spiders.archive import ArchiveFile

logger = logging.getLogger(__name__)


def blank_unpublished(
    settings: Settings, connection: duckdb.DuckDBPyConnection, site: str, urls: Collection[str]
) -> tuple[int, list[str]]:
    """Blanks the pages of the articles at these addresses in the site's WARC files that no row of `fetches` names.

    The ledger need not have heard of the addresses there: what counts is which article an address names.

    Returns:
        How many records were blanked, and for each file that cannot be read a sentence that says so.
    """
    files = _unpublished_files(settings, connection, site)
    if not files:
        return 0, []
    read_key = load(site).article_key
    keys = {key for url in urls if (key := read_key(url)) is not None}
    blanked = 0
    unread: list[str] = []
    for file in files:
        try:
            found = {url for url in addresses_in(file) if url in urls or read_key(url) in keys}
            blanked += blank_in_archive(file, found) if found else 0
        except (OSError, ArchiveError) as error:
            logger.warning("what an unpublished file of the archive holds is not known: %s", error)
            unread.append(f"archive {file}, which cannot be read: no published run refers to it, remove it by hand")
    return blanked, unread


def _unpublished_files(settings: Settings, connection: duckdb.DuckDBPyConnection, site: str) -> list[ArchiveFile]:
    rows = connection.execute(
        "SELECT DISTINCT archive_file FROM lake.fetches WHERE site = ? AND archive_file IS NOT NULL", [site]
    ).fetchall()
    published = {name for (name,) in rows}
    return [
        file
        for file in all_archived(settings.archive_path)
        if site_of(file.name.rpartition("-")[0]) == site and file.name not in published
    ]
