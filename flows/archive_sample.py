"""Whether the archive can be read: a sample of the pages that earlier runs put there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import warehouse
from flows.archive_store import archived_file
from flows.missing_pages import REACH, oldest_kept
from spiders.archive import read_page

if TYPE_CHECKING:
    import duckdb

    from flows.settings import Settings

#: So many earlier runs are looked at, and so many pages of each. Runs come first: files of others are then skipped.
RUNS = 3
PAGES = 2

# A run's id begins with its day, and so do the names of its files, by which the retention goes.
_CHOSEN_RUNS = """
SELECT run_id FROM lake.runs
WHERE run_id <> $seed AND fetched > 0 AND published_at >= $since AND run_id >= $oldest
ORDER BY hash(run_id || $seed) LIMIT $runs
"""
# Pages of articles that were taken down, or are being, are blanked: their addresses are stand-ins (docs/rights.md).
_CHOSEN_PAGES = """
SELECT archive_file, archive_offset FROM lake.fetches
WHERE list_contains($runs, run_id) AND archive_file IS NOT NULL AND NOT contains(url, '/#taken-down-')
    AND coalesce(article_uid NOT IN (SELECT article_uid FROM lake.takedowns), true)
ORDER BY hash(concat(archive_file, archive_offset, $seed)) LIMIT $pages
"""


def check_sample(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    seed: str,
    *,
    runs: int = RUNS,
    pages: int = RUNS * PAGES,
    now: datetime | None = None,
) -> warehouse.checks.Outcome:
    """The check `archive_is_readable`: pages of runs of the last 30 days, others for each `seed`, can be read again.

    What was removed on purpose is not looked for: pages that were taken down, those past their retention, and
    those said to be lost.
    A warning: that an old page is damaged is no reason to keep new ones back.
    """
    moment = now or datetime.now(UTC)
    oldest = oldest_kept(settings, moment)
    since = {"since": moment - REACH, "oldest": f"{oldest:%Y%m%d}" if oldest else ""}
    ids = [each for (each,) in connection.execute(_CHOSEN_RUNS, {"seed": seed, "runs": runs, **since}).fetchall()]
    chosen = connection.execute(_CHOSEN_PAGES, {"runs": ids, "seed": seed, "pages": pages}).fetchall()
    problems = []
    for file, offset in chosen:
        try:
            read_page(archived_file(settings.archive_path, file), offset)
        except Exception as error:  # noqa: BLE001  # whatever a damaged page does: the new ones do not wait for it
            problems.append(f"the page at offset {offset} of {file} cannot be read: {str(error) or repr(error)}")
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
