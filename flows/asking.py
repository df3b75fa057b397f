"""Answers for the terminal: SQL over the warehouse, and the archived page of an article."""

from __future__ import annotations

import contextlib
import errno
import logging
import sys
from typing import TYPE_CHECKING

import warehouse
from flows.archive_store import archived_file, is_archived
from flows.errors import NotFound
from flows.location import location
from flows.registered import register, register_whole
from flows.settings import read_settings
from spiders.archive import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path
    from typing import BinaryIO

    import duckdb

logger = logging.getLogger(__name__)

#: What the system says where a user may not write.
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def connected() -> duckdb.DuckDBPyConnection:
    """A read-only connection to the warehouse of the settings."""
    return warehouse.connect(location(read_settings()))


def ask(query: str, *, form: str, out: Path | None, keeps_formulas: bool = False, snapshot: str | None = None) -> None:
    """Runs one read-only statement and writes the result in `form` to `out`, or to standard output.

    `snapshot` is the name or number of an older snapshot to ask.
    """
    where = location(read_settings())
    number = None if snapshot is None else warehouse.find_snapshot(where, snapshot)
    with _opened(out) as target:
        warehouse.query.run(where, query, form, target, keeps_formulas=keeps_formulas, snapshot=number)


def export_to(directory: Path, since: date | None) -> dict[str, int]:
    """Exports the warehouse of the settings, and remembers where; the number of rows of each relation.

    Who may read the warehouse but not write in its home may export it all the same: a warning says, before the work,
    that a later takedown will not know of this export.
    """
    settings = read_settings()
    is_remembered = False

    def remember() -> None:
        nonlocal is_remembered
        try:
            register(settings, "export", directory, since)
            is_remembered = True
        except OSError as error:
            if error.errno not in _NOT_ALLOWED:
                raise
            logger.warning(
                "%s may not be written (%s), so this export cannot be listed there: `wirehouse takedown` will not know"
                " of it. After a takedown export again, or remove %s",
                settings.home, error.strerror, directory,
            )  # fmt: skip

    counts = warehouse.export(location(settings), directory, since, on_begin=remember)
    if is_remembered:
        register_whole(settings, directory)
    return counts


@contextlib.contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that is there under its name only once it is whole."""
    if out is None:
        yield sys.stdout.buffer
        return
    growing = out.with_name(f".{out.name}.growing")
    try:
        with growing.open("wb") as file:
            yield file
        growing.replace(out)
    finally:
        growing.unlink(missing_ok=True)


def raw_page(article_uid: str, revision: int | None) -> bytes:
    """The page an article's revision was read from, decoded, as the site sent it.

    Raises:
        NotFound: no such article or revision.
    """
    settings = read_settings()
    with warehouse.connect(location(settings)) as connection:
        rows = connection.execute(
            "SELECT revision, archive_file, archive_offset FROM revisions WHERE article_uid = $1 ORDER BY revision",
            [article_uid],
        ).fetchall()
    if not rows:
        raise NotFound(f"the warehouse has no article {article_uid}; article ids look like devdiscourse:3725110")
    pages = {number: page for number, *page in rows}
    if revision is not None and revision not in pages:
        known = ", ".join(map(str, pages))
        raise NotFound(f"the warehouse has no revision {revision} of {article_uid}, only {known}")
    name, offset = pages[max(pages) if revision is None else revision]
    file = archived_file(settings.archive_path, name)
    if not is_archived(file):
        raise NotFound(f"the page is no longer kept: {file} is not there (see WIREHOUSE_ARCHIVE_RETENTION_DAYS)")
    return read_page(file, offset).body
