"""Giving back the room in a catalog's SQLite file that expired snapshots leave."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from warehouse.errors import CatalogBusy

if TYPE_CHECKING:
    from pathlib import Path

_LEAST_SHARE_FREE = 0.25
_LEAST_PAGES_FREE = 16
"""Below these it is not worth writing the file anew."""

# Readers go on meanwhile, and if it is killed the file is as it was: it happens in the write-ahead log.
_VACUUM = f"""
import sqlite3, sys
catalog = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
(pages,), (free,) = (catalog.execute(f"PRAGMA {{name}}").fetchone() for name in ("page_count", "freelist_count"))
if free >= max({_LEAST_PAGES_FREE}, {_LEAST_SHARE_FREE} * pages):
    catalog.execute("VACUUM")
    catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)")
catalog.close()
"""


def give_back_room(catalog: Path) -> None:
    """Writes the catalog anew without its free pages, if a quarter or more are free.

    In a process of its own: two copies of SQLite in one process, Python's and DuckDB's, would undo one another's locks
    on the same file (https://www.sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application).

    Raises:
        CatalogBusy: it stayed locked, or there is no room for the copy.
    """
    done = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", _VACUUM, str(catalog)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        problem = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise CatalogBusy(f"could not give back the free room of {catalog}: {problem[0]}; the catalog is as it was")
