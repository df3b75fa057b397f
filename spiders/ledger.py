"""What a crawl is told of the addresses it may have to ask for again, and which of them are due.

The flow writes ledger.jsonl from the warehouse's table `urls`: addresses never landed whose time has come, and articles
that are recent or due. Times are seconds since 1970 UTC, null where not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from spiders.errors import CrawlRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: By the site's clock an article is due when this share of its interval has passed there: that clock is read off the
#: newest story the site shows, so it lags.
SITE_CLOCK_SHARE = 0.75


@dataclass(slots=True)
class LedgerRow:
    """One address: a line of ledger.jsonl. `lastmod` is what the site's doors said when it was last fetched."""

    url: str
    state: str
    published: float | None = None
    fetched: float | None = None
    site_clock: float | None = None
    next_try: float | None = None
    lastmod: str | None = None
    etag: str | None = None
    last_modified: str | None = None

    def is_outdated_by(self, lastmod: str | None) -> bool:
        """Whether a door's `lastmod` tells of a change since the article was fetched, by the site's own clock."""
        if lastmod is None or lastmod <= (self.lastmod or ""):
            return False
        return self.site_clock is None or datetime.fromisoformat(lastmod).timestamp() > self.site_clock

    def is_due(self, now: float, site_now: float | None, since: float | None) -> bool:
        """Whether to ask again: `now` is our clock, `site_now` the site's own where it is known.

        The site's clock counts beside ours: it is what news ages by, and ours may be wrong. Landed articles published
        before `since` are left alone.
        """
        if self.next_try is None:
            return False
        if self.state != "landed":
            return self.next_try <= now
        if since is not None and self.published is not None and self.published < since:
            return False
        if self.next_try <= now:
            return True
        if site_now is None or self.site_clock is None or self.fetched is None:
            return False
        return site_now - self.site_clock >= SITE_CLOCK_SHARE * (self.next_try - self.fetched)


def read_ledger(path: Path | None) -> Iterator[LedgerRow]:
    """The rows of a ledger file; no file has none.

    Raises:
        CrawlRequestError: a line is not a row.
    """
    if path is None or not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield LedgerRow(**orjson.loads(line))
            except (ValueError, TypeError) as error:
                raise CrawlRequestError(f"line {number} of {path} is not a row of the ledger: {error}") from error
