"""What a crawl still has to ask for: which addresses are new, which have changed, which are due, and which are done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from spiders.key_set import KeySet

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from spiders.ledger import LedgerRow
    from spiders.site import Site

#: A site's newest story may be dated a little ahead of its own clock, not more.
AHEAD_AT_MOST = timedelta(hours=1)
#: Beyond this difference the Date header and the stories' dates tell different times: the stories are believed.
SAME_CLOCK_WITHIN = timedelta(days=1)
#: A time before there were web sites, or this far ahead of our own clock, is a mistake and not a site's time.
EARLIEST, LATEST_AHEAD = datetime(1990, 1, 1, tzinfo=UTC), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Errand:
    """An article to ask for: `url` is its plain address, `key` the article; validators where the ledger has them."""

    url: str
    key: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(slots=True)
class SiteClock:
    """What time it is at the site: its Date header, unless its newest story says that this is another clock."""

    shown: datetime | None = None
    newest: datetime | None = None

    def note_date(self, moment: datetime) -> None:
        """Takes a Date header."""
        shown = _possible(moment)
        if shown is not None:
            self.shown = shown if self.shown is None else max(self.shown, shown)

    def note_story(self, moment: datetime) -> None:
        """Takes the time of a story; one dated ahead of the Date header does not count."""
        story = _possible(moment)
        if story is None or (self.shown is not None and story - self.shown > AHEAD_AT_MOST):
            return
        self.newest = story if self.newest is None else max(self.newest, story)

    def now(self) -> datetime | None:
        """The site's time in UTC, None while nothing is known of it."""
        if self.shown is None or self.newest is None:
            return self.newest
        return self.shown if self.shown - self.newest < SAME_CLOCK_WITHIN else self.newest


def _possible(moment: datetime) -> datetime | None:
    """The moment in UTC, None if it can be no site's time."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment if EARLIEST <= moment <= datetime.now(UTC) + LATEST_AHEAD else None


class Agenda:
    """Decides what a crawl asks for; holds the run's book of articles, each asked for once.

    Args:
        site: whose addresses these are.
        base_url: where the site is crawled.
        known: the keys of all articles ever discovered.
        ledger: the rows the flow thought worth looking at: recent articles and addresses that are due.
        done: keys of articles that an interrupted run fetched just now.
        limit: the most articles to ask for, None for no limit.
        budget: the most requests that the run may make, None for no limit: what cannot go out need not wait.
        since: seconds since 1970; landed articles published before are left alone.
    """

    def __init__(
        self,
        site: Site,
        base_url: str,
        *,
        known: Container[str],
        ledger: Iterable[LedgerRow],
        done: Iterable[str] = (),
        limit: int | None = None,
        budget: int | None = None,
        since: float | None = None,
    ) -> None:
        self.clock = SiteClock()
        self.asked = 0
        #: Whether anything was left for a later run because the budget would be spent by then.
        self.is_over_budget = False
        self._site = site
        self._base = urlsplit(base_url)
        self._own_hosts = site.hosts | {self._base.netloc.lower()}
        self._known = known
        self._done = KeySet()
        for fetched in done:
            self._done.add(fetched)
        # By links between pages and by doors; with the newest time of change, where a door gave one.
        self._linked, self._told = KeySet(), KeySet()
        self._lastmod: dict[str, str] = {}
        self._limit = limit
        self._budget = budget
        self._unsent = 0
        self._since = since
        self._rows: dict[str, LedgerRow] = {}
        for row in ledger:
            key = site.article_key(row.url)
            # Of several addresses of an article the one it landed under speaks for it.
            if key is not None and (key not in self._rows or row.state == "landed"):
                self._rows[key] = row

    @property
    def is_full(self) -> bool:
        """Whether the run has asked for as many articles as it may."""
        return self._limit is not None and self.asked >= self._limit

    def own_address(self, link: str) -> str | None:
        """The link as a plain address of the crawled site, None if it leads elsewhere.

        A copy of the site on another host still links to the original: such links are moved to the copy.
        """
        try:
            address = urljoin(self._base.geturl(), link.strip())
            parts = urlsplit(address)
            if parts.scheme not in {"http", "https"} or parts.netloc.lower() not in self._own_hosts:
                return None
        except ValueError:
            return None
        return self._site.plain_address(self.moved(address).partition("#")[0])

    def moved(self, address: str) -> str:
        """An address of the site's public hosts as one of the crawled host; any other as it is."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return address
        if parts.scheme not in {"http", "https"} or parts.netloc.lower() not in self._own_hosts:
            return address
        return urlunsplit(parts._replace(scheme=self._base.scheme, netloc=self._base.netloc))

    def is_new(self, key: str) -> bool:
        """Whether the article is heard of for the first time."""
        is_mentioned = key in self._linked or key in self._told
        return not is_mentioned and key not in self._known and key not in self._rows

    def is_first_mention(self, key: str, discovered_by: str, lastmod: str | None) -> bool:
        """Whether this mention tells the ledger something: an article's first by a door, or a later time of change.

        Links between pages mention old articles over and over: of those only the unknown count.
        """
        if discovered_by == "page_link":
            is_first = self.is_new(key)
            self._linked.add(key)
            return is_first
        is_first = self._told.add(key)
        if lastmod and lastmod > self._lastmod.get(key, ""):
            self._lastmod[key] = lastmod
            return True
        return is_first

    def finish(self, key: str) -> None:
        """Notes that the article need not be asked for any more, for example because a redirect led to it."""
        self._done.add(key)

    def withdraw(self) -> None:
        """Notes that for an article that was asked for no request may go out, which leaves more of the budget."""
        self._unsent += 1

    def announced(self, url: str, key: str, lastmod: str | None) -> Errand | None:
        """What to ask for now that an article is announced: new ones and those that say they changed, once each."""
        if key in self._done or self.is_full:
            return None
        row = self._rows.get(key)
        is_outdated = row is not None and row.state == "landed" and row.is_outdated_by(lastmod)
        is_wanted = is_outdated or (row is None and key not in self._known)
        return self._errand(url, key, row) if is_wanted else None

    def listed(self, url: str, key: str) -> Errand | None:
        """What to ask for where a person names the article: once, whatever is known of it."""
        if key in self._done or self.is_full:
            return None
        return self._errand(url, key, None)

    def due(self, now: float) -> Iterator[Errand]:
        """The articles and addresses of the ledger whose time has come, those waiting longest first."""
        moment = self.clock.now()
        site_now = moment.timestamp() if moment is not None else None
        rows = sorted(self._rows.items(), key=lambda each: each[1].next_try or 0.0)
        for key, row in rows:
            if self.is_full:
                return
            if key not in self._done and row.is_due(now, site_now, self._since):
                address = self.own_address(row.url)
                errand = self._errand(address, key, row) if address is not None else None
                if errand is not None:
                    yield errand
                elif self.is_over_budget:
                    return

    def _errand(self, url: str, key: str, row: LedgerRow | None) -> Errand | None:
        if self._budget is not None and self.asked - self._unsent >= self._budget:
            self.is_over_budget = True
            return None
        self._done.add(key)
        self.asked += 1
        if row is None or row.state != "landed":
            return Errand(url, key)
        return Errand(url, key, row.etag, row.last_modified)
