"""Whether the archive can be read: a sample of the pages that earlier runs put there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import warehouse
from flows.landings import archive_file_path
from spiders.archive import read_page
from spiders.errors import SpidersError

if TYPE_CHECKING:
    import duckdb

    from flows.settings import Settings

#: So many earlier runs are looked at, and so many pages of each. Runs come first: files of others are then skipped.
RUNS = 3
PAGES = 2

_CHOSEN_RUNS = """
SELECT run_id FROM lake.runs
WHERE run_id <> $seed AND fetched > 0 AND published_at >= now() - INTERVAL 30 DAYS
ORDER BY hash(run_id || $seed) LIMIT $runs
"""
_CHOSEN_PAGES = """
SELECT archive_file, archive_offset FROM lake.fetches
WHERE list_contains($runs, run_id) AND archive_file IS NOT NULL
ORDER BY hash(concat(archive_file, archive_offset, $seed)) LIMIT $pages
"""


def check_sample(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    seed: str,
    *,
    runs: int = RUNS,
    pages: int = RUNS * PAGES,
) -> warehouse.checks.Outcome:
    """The check `archive_is_readable`: pages of runs of the last 30 days, others for each `seed`, can be read again.

    A warning: that an old page is damaged is no reason to keep new ones back.
    """
    ids = [run_id for (run_id,) in connection.execute(_CHOSEN_RUNS, {"seed": seed, "runs": runs}).fetchall()]
    chosen = connection.execute(_CHOSEN_PAGES, {"runs": ids, "seed": seed, "pages": pages}).fetchall()
    problems = []
    for file, offset in chosen:
        try:
            read_page(archive_file_path(settings.archive_path, file), offset)
        except SpidersError as error:
            problems.append(str(error))
    return warehouse.checks.Outcome(
        check="archive_is_readable",
        severity="warning",
        subject=None,
        expected=f"{len(chosen)} pages",
        observed=f"{len(chosen) - len(problems)} pages",
        passed=not problems,
        detail="; ".join(problems[:3]) or None,
        look="SELECT archive_file, count(*) AS exchanges, min(fetched_at) AS since FROM fetches GROUP BY 1 ORDER BY 3",
    )
