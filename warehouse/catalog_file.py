"""What is done to a catalog's SQLite file as a file: giving back room, cleaning it of what was erased, copying it.

In a process of its own: two copies of SQLite in one process, Python's and DuckDB's, would undo one another's locks on
the same file (https://www.sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application).
"""

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
_CLEAN = """
import sqlite3, sys
catalog = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
catalog.execute(sys.argv[2])
catalog.execute("VACUUM")
is_busy, _, _ = catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
catalog.close()
sys.exit("a reader holds its log" if is_busy else None)
"""
_COPY = """
import pathlib, sqlite3, sys
source = sqlite3.connect(f"{pathlib.Path(sys.argv[1]).as_uri()}?mode=ro", uri=True, timeout=30)
target = sqlite3.connect(sys.argv[2])
source.backup(target)
if target.execute("SELECT max(snapshot_id) FROM ducklake_snapshot").fetchone()[0] is None:
    sys.exit("it holds no snapshot")
target.execute("PRAGMA journal_mode = DELETE")
source.close()
target.close()
"""


def give_back_room(catalog: Path) -> None:
    """Writes the catalog anew without its free pages, if a quarter or more are free.

    Raises:
        CatalogBusy: it stayed locked, or there is no room for the copy.
    """
    _run(_VACUUM, f"could not give back the free room of {catalog}, which is as it was", catalog)


def clean(catalog: Path, statement: str) -> None:
    """Runs a statement, then writes the catalog anew without its free pages and empties its write-ahead log.

    Raises:
        CatalogBusy: it stayed locked, or a reader holds its log.
    """
    _run(_CLEAN, f"could not clean {catalog}; try again when no one reads", catalog, statement)


def copy(catalog: Path, to: Path) -> None:
    """Copies the catalog as it is at one moment into one file, `to`, which must not be there.

    Raises:
        CatalogBusy: it stayed locked, there is no room for the copy, or what was copied is no catalog.
    """
    _run(_COPY, f"could not copy {catalog} to {to}", catalog, to)


def remove(catalog: Path) -> None:
    """Removes a catalog that was made just now, and that no one reads."""
    catalog.unlink(missing_ok=True)
    remove_logs(catalog)


def remove_logs(catalog: Path) -> None:
    """Removes what SQLite keeps beside the file: of another one of that name it would be taken for its own."""
    for ending in ("-wal", "-shm", "-journal"):
        catalog.with_name(f"{catalog.name}{ending}").unlink(missing_ok=True)


def _run(script: str, trouble: str, *arguments: Path | str) -> None:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter and text
    if done.returncode != 0:
        problem = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise CatalogBusy(f"{trouble}: {problem[0]}")
