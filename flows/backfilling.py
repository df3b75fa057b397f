"""Filling in the past of a site: a plan by day, then one chunk after the other, each a run of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pandas as pd

import transforms
import warehouse
from flows.backfill_target import MOST_IDS
from flows.errors import CannotBeDone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    from flows.backfill_target import Target
    from spiders.landing import DiscoveredBy

#: What a backfill calls itself, in `runs` and in the lock of a site.
BACKFILL = "backfill"
#: A chunk is made to take about so many seconds by the pace of late, and its crawl is ended after as many again: a
#: scheduled run waits for a chunk, and is not to wait for long.
CHUNK_S = 240
CHUNK_ENDS_WITHIN_S = 900
#: A chunk has at least and at most so many addresses.
FEWEST, MOST = 50, 5_000
#: Seconds a request takes where no run says: AutoThrottle begins with one at a time, a second apart.
FIRST_PACE_S = 1.0
#: A site map that answered within this time is not looked into again.
SITEMAP_IS_FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is of the days, ids or addresses asked for, and what is to do.

    Attributes:
        days: by day, see `transforms.past_days`.
        to_ask: the addresses to ask for, the newest ids first.
        found_by: who found those of them that the ledger does not know.
        doors: site maps to look into before, and `archive_days` days of the site's archive, as ISO 8601.
        archive_days: see `doors`.
        pace_s: seconds an exchange takes, measured on so many late runs.
        pace_runs: how many; 0: it is the pace a crawl begins with.
    """

    days: pd.DataFrame
    to_ask: Sequence[str]
    found_by: DiscoveredBy
    doors: Sequence[str] = ()
    archive_days: Sequence[str] = ()
    pace_s: float = FIRST_PACE_S
    pace_runs: int = 0

    @property
    def is_done(self) -> bool:
        return not (self.to_ask or self.doors or self.archive_days)

    @property
    def chunk(self) -> Sequence[str]:
        """The addresses of the next chunk."""
        return self.to_ask[: max(FEWEST, min(MOST, int(CHUNK_S / max(self.pace_s, 0.001))))]

    def described(self) -> str:
        """The estimate in a sentence."""
        if self.is_done:
            return "Nothing to ask for."
        requests = len(self.to_ask) + len(self.doors) + len(self.archive_days)
        basis = (
            f"the pace of the last {self.pace_runs} runs"
            if self.pace_runs
            else "no run of the site says how fast it is"
        )
        looks = (
            f", after a look into {len(self.doors) + len(self.archive_days)} doors"
            if self.doors or self.archive_days
            else ""
        )
        return (
            f"{len(self.to_ask):,} addresses to ask for{looks}: about"
            f" {timedelta(seconds=round(requests * self.pace_s))} at {self.pace_s:.2f} s a request"
            f" ({basis}); redirects and repeats come on top."
        )

    def table(self) -> list[dict[str, Any]]:
        """The days as rows for a person."""
        rows = ({str(name): value for name, value in row.items()} for row in self.days.to_dict("records"))
        return [{**row, "site_date": str(row["site_date"] or "not known")} for row in rows]


def make_plan(
    connection: duckdb.DuckDBPyConnection, target: Target, found: Iterable[str] = (), *, is_begun: bool
) -> Plan:
    """Looks up what is there and what is missing. Asks nothing of the site.

    Args:
        connection: to the warehouse.
        target: what was asked for.
        found: addresses that the site's doors named in this backfill.
        is_begun: whether the doors have been looked into.

    Raises:
        CannotBeDone: nothing is known that says which ids belong to the days.
    """
    now = datetime.now(UTC)
    doors, archive_days = ([], []) if is_begun else _doors(connection, target, now)
    addresses = _addresses(connection, target, tuple(found), is_begun=is_begun, has_doors=bool(doors or archive_days))
    pace_s, pace_runs = warehouse.ledger.pace(connection, target.site.name)
    wanted = addresses[transforms.is_to_ask(addresses, now)]
    return Plan(
        days=transforms.past_days(addresses, now, *_void_days(connection, target, addresses)),
        to_ask=_newest_first(target, wanted),
        found_by="ids" if target.ids or (target.days and target.site.id_address) else "url_list",
        doors=doors,
        archive_days=archive_days,
        pace_s=FIRST_PACE_S if pace_s is None else pace_s,
        pace_runs=pace_runs,
    )


def _addresses(
    connection: duckdb.DuckDBPyConnection, target: Target, found: tuple[str, ...], *, is_begun: bool, has_doors: bool
) -> pd.DataFrame:
    site = target.site
    if target.ids is not None:
        ledger = warehouse.ledger.addresses_of_ids(connection, site.name, *target.ids)
        return transforms.past_addresses(ledger.to_pandas(), _numbered(*target.ids))
    named = pd.DataFrame({"url": list(dict.fromkeys([*(target.urls or ()), *found]))}, dtype="str")
    named["site_article_id"] = pd.Series([site.article_id(url) for url in named["url"]], dtype="str")
    if target.days is not None:
        return _addresses_of_days(connection, target, target.days, named, may_find=is_begun or has_doors)
    ids = [each if isinstance(each, str) else None for each in named["site_article_id"].tolist()]
    ledger = warehouse.ledger.addresses_named(connection, site.name, named["url"].tolist(), ids)
    return transforms.past_addresses(ledger.to_pandas(), named)


def _addresses_of_days(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    days: tuple[date, date],
    named: pd.DataFrame,
    *,
    may_find: bool,
) -> pd.DataFrame:
    site = target.site.name
    ledger = warehouse.ledger.addresses_of_days(connection, site, *days).to_pandas()
    unseen = int((ledger["last_id"] - ledger["first_id"] + 1).where(ledger["url"].isna()).sum())
    if unseen >= MOST_IDS:
        raise CannotBeDone(f"the days hold some {unseen:,} ids, more than {MOST_IDS:,}: ask for fewer days at a time")
    first, last = warehouse.ledger.span(connection, site)
    is_within = first is not None and last is not None and first <= days[1] and days[0] <= last
    if not (len(ledger) or may_find or is_within):
        raise CannotBeDone(
            f"nothing is known that says which articles of {site} are of {days[0]} to {days[1]}: run"
            f" `wirehouse ingest --site {site}` first, name the ids (--ids) or give addresses (--urls)"
        )
    # What a door named and the ledger knows is of the day that the ledger says.
    elsewhere = warehouse.ledger.known_addresses(connection, site, named["url"].tolist())
    return transforms.past_addresses(ledger, named[~named["url"].isin(elsewhere)])


def _void_days(
    connection: duckdb.DuckDBPyConnection, target: Target, addresses: pd.DataFrame
) -> tuple[list[date], list[date]]:
    """The days asked for of which nothing is known: of some that is all there is, of the others anything may be."""
    void = sorted(set(_each_day(target)) - set(addresses["site_date"]))
    if not void or target.site.id_address is None:
        return [], void
    told = warehouse.ledger.days_told(connection, target.site.name)
    empty = [day for day in void if told is not None and told[0] < day < told[1]]
    return empty, sorted(set(void) - set(empty))


def _each_day(target: Target) -> list[date]:
    if target.days is None:
        return []
    first, last = target.days
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _numbered(first: int, last: int) -> pd.DataFrame:
    """The ids of a range; an address is made only for those that are asked for."""
    numbers = pd.Series(range(first, last + 1), dtype="int64").astype("str")
    return pd.DataFrame({"url": pd.Series([None] * len(numbers), dtype="str"), "site_article_id": numbers})


def _newest_first(target: Target, wanted: pd.DataFrame) -> list[str]:
    numbers = pd.to_numeric(wanted["site_article_id"], errors="coerce").fillna(-1)
    ordered = wanted.assign(number=numbers).sort_values(["number", "url"], ascending=False)
    return [
        url if isinstance(url, str) else urljoin(target.address, target.site.address_of(int(article_id)))
        for url, article_id in zip(ordered["url"].tolist(), ordered["site_article_id"].tolist(), strict=True)
    ]


def _doors(connection: duckdb.DuckDBPyConnection, target: Target, now: datetime) -> tuple[list[str], list[str]]:
    """The site maps and days of archives that are to be looked into first, as far as they were not already."""
    if target.urls is not None:
        return list(target.sitemaps), []
    if target.days is None or target.site.id_address is not None:
        return [], []
    sitemaps = [urljoin(target.address, path) for path in target.site.sitemaps]
    days = _each_day(target)
    archives = {
        (day, urljoin(target.address, template.format(page=1, date=day)))
        for template in target.site.listings
        if "{date" in template
        for day in days
    }
    looked = warehouse.ledger.doors_looked_into(
        connection, target.site.name, [*sitemaps, *(url for _, url in archives)]
    )
    zone = ZoneInfo(target.site.timezone)
    long_ago = datetime.min.replace(tzinfo=UTC)
    due = {
        day.isoformat()
        for day, url in archives
        # Before it was over, a day's archive was not whole.
        if looked.get(url, long_ago) < datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
    }
    return [url for url in sitemaps if looked.get(url, long_ago) < now - SITEMAP_IS_FRESH], sorted(due, reverse=True)
