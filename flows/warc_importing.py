"""Pages of WARC files on their way into the warehouse: which there are, which it has, the next chunk of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import warehouse
from flows.backfilling import BACKFILL
from flows.landings import new_run
from flows.settings import CODE_VERSION
from spiders.crawl_request import CrawlRequest
from spiders.warc_import import WarcPlace, find_pages, import_pages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from flows.backfill_target import Target
    from flows.settings import Settings
    from spiders.landing import LandingRun

#: Pages of one chunk, which is one run.
CHUNK_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class Imports:
    """What WARC files hold.

    Attributes:
        pages: the pages found, oldest first.
        to_import: those of them that are not in the warehouse.
        found: what else there is, and how much of it.
        unread: the files that were not read, or not to their end, and why.
    """

    pages: Sequence[WarcPlace]
    to_import: Sequence[WarcPlace]
    found: Mapping[str, int]
    unread: Mapping[Path, str]

    def not_read(self) -> list[str]:
        """A sentence for each file that was not read to its end."""
        return [f"{path} {reason}" for path, reason in self.unread.items()]

    def described(self) -> str:
        """What was found, in a sentence."""
        others = ", ".join(f"{count:,} {what}" for what, count in sorted(self.found.items()) if what != "pages")
        return f"{len(self.to_import):,} of {len(self.pages):,} pages to import" + (
            f"; left out: {others}." if others else "."
        )

    def table(self, zone: str) -> list[dict[str, Any]]:
        """By the day of the fetch, in the site's zone, how many pages there are and how many are to import."""
        days = Counter(_day(page.fetched_at, zone) for page in self.pages)
        left = Counter(_day(page.fetched_at, zone) for page in self.to_import)
        return [
            {"fetched_on": day, "pages": count, "there": count - left[day], "to_import": left[day]}
            for day, count in sorted(days.items())
        ]


def _day(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


def find_imports(connection: duckdb.DuckDBPyConnection, target: Target, before: Imports | None) -> Imports:
    """Finds the pages, unless that was done before, and asks the warehouse which it has: by address and second."""
    if before is None:
        found: Counter[str] = Counter()
        unread: dict[Path, str] = {}
        places = {
            (place.url, place.fetched_at.replace(microsecond=0)): place
            for place in find_pages(target.site, target.address, target.warc or (), found, unread)
        }
        found["pages that are there twice"] = found["pages"] - len(places)
        pages: Sequence[WarcPlace] = sorted(places.values(), key=lambda each: (each.fetched_at, each.url))
    else:
        pages, found, unread = before.pages, Counter(before.found), dict(before.unread)
    have = warehouse.ledger.fetched_already(
        connection, target.site.name, [page.url for page in pages], [page.fetched_at for page in pages]
    )
    to_import = [page for page in pages if (page.url, page.fetched_at) not in have]
    return Imports(pages, to_import, +found, unread)


def import_chunk(settings: Settings, target: Target, imports: Imports) -> LandingRun:
    """Imports the next pages into a landing run."""
    run = new_run(settings, target.site.name)
    request = CrawlRequest(
        run_id=run.run_id,
        flow=BACKFILL,
        site=target.site.name,
        user_agent=settings.user_agent,
        code_version=CODE_VERSION,
        base_url=target.base_url,
    )
    import_pages(run, request, target.site, imports.to_import[:CHUNK_PAGES])
    return run
