"""A warehouse's contents in a form two warehouses can be compared in: all but run ids and clock times, sorted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import warehouse

if TYPE_CHECKING:
    from pathlib import Path

#: What differs between two runs over the same pages: the run, and when it happened.
CLOCK_AND_RUN = {
    "articles": "run_id, first_seen_at, last_seen_at",
    "revisions": "run_id, observed_at, recorded_at, superseded_at, archive_file, archive_offset",
    "sidebars": "run_id, observed_at",
    "findings": "run_id, observed_at",
    "rejects": "run_id, rejected_at, archive_file, archive_offset",
}


def environment(home: Path, prefect_api: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a process that works on the warehouse in `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WIREHOUSE_")}
    return kept | {"WIREHOUSE_HOME": str(home)} | (prefect_api or {})


def location(home: Path) -> warehouse.Location:
    return warehouse.Location(catalog=f"sqlite:{home / 'catalog.sqlite'}", data_path=f"{home / 'lake'}/")


def dump(home: Path) -> dict[str, list[str]]:
    """Per table, its rows as sorted text; of sidebars each once, for every run looks at the home pages again."""
    with warehouse.connect(location(home)) as connection:
        return {
            table: sorted(
                str(row)
                for row in connection.execute(
                    f"SELECT {'DISTINCT' if table == 'sidebars' else ''} * EXCLUDE ({columns}) FROM {table}"
                ).fetchall()
            )
            for table, columns in CLOCK_AND_RUN.items()
        }
