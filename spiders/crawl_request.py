"""What a crawl is asked to do: the contents of request.json in its landing directory."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from spiders.durable import write_durably
from spiders.errors import CrawlRequestError

if TYPE_CHECKING:
    from spiders.landing import DiscoveredBy, LandingRun


@dataclass(slots=True)
class CrawlRequest:
    """What a crawl is asked to do; the contents of request.json.

    Args:
        run_id: the landing run's name.
        flow: the flow that asks.
        site: the name of a file in `spiders/sites`.
        user_agent: says who we are; must not contain "bot" where the site gives bots another page.
        code_version: what to note in run.json as the version of this code.
        base_url: where the site is, if not at its own address.
        since: ISO 8601 UTC; known articles published before are not looked at again.
        limit: the most articles to ask for.
        urls: article addresses to fetch instead of walking the site's doors, known or not.
        found_by: who found `urls`, for those the ledger has not heard of.
        sitemaps: addresses of site maps or their indexes to look into, instead of the doors: what they name is noted,
            no article is asked for.
        days: days (ISO 8601) of the site's archives by day to look into, likewise.
        ids: the first and last of a range of article ids to try, from the last downwards, instead of the doors.
        known: path of the file of known articles (see `spiders.known`).
        ledger: path of the file of addresses to look at again (see `spiders.ledger`).
        walk_fully: walk listings to their end, though nothing new turns up: the last run did not.
        done_ids: article keys not to ask for: an interrupted run that this one continues has them.
        quiet_until: by host (and port) that asked to be left alone in an earlier run the ISO 8601 time until then.
        max_requests: the run's budget of requests to one host; None for no limit.
        answer_within_s: seconds a server has to answer a request.
        time_limit_s: seconds after which the crawl ends and keeps what it has; 0: no limit.
    """

    run_id: str
    flow: str
    site: str
    user_agent: str
    code_version: str
    base_url: str | None = None
    since: str | None = None
    limit: int | None = None
    urls: list[str] | None = None
    found_by: DiscoveredBy = "url_list"
    sitemaps: list[str] | None = None
    days: list[str] | None = None
    ids: tuple[int, int] | None = None
    known: str | None = None
    ledger: str | None = None
    walk_fully: bool = True
    done_ids: list[str] = field(default_factory=list)
    quiet_until: dict[str, str] = field(default_factory=dict)
    max_requests: int | None = None
    answer_within_s: float = 30.0
    time_limit_s: int = 0

    @property
    def only_notes(self) -> bool:
        """Whether the crawl only looks into doors and asks for no article."""
        return self.sitemaps is not None or self.days is not None

    @property
    def since_seconds(self) -> float | None:
        return datetime.fromisoformat(self.since).timestamp() if self.since else None

    @property
    def ledger_path(self) -> Path | None:
        return Path(self.ledger) if self.ledger else None

    def write(self, run: LandingRun) -> None:
        """Creates the landing directory with this request in it."""
        run.directory.mkdir(parents=True, exist_ok=False)
        write_durably(run.directory / "request.json", json.dumps(dataclasses.asdict(self), indent=1).encode())

    @classmethod
    def read(cls, run: LandingRun) -> CrawlRequest:
        try:
            return cls(**run.request())
        except TypeError as error:
            raise CrawlRequestError(f"{run.directory / 'request.json'} is not a crawl request: {error}") from error
