"""What a person asks a backfill for, checked: days, ids, addresses or WARC files of one site."""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.errors import CannotBeDone, WrongArguments
from spiders.agenda import Agenda
from spiders.site import Site, load

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A backfill over more ids than this is more likely a slip; a longer one is asked for in parts.
MOST_IDS = 5_000_000
#: So many of those that are not asked for are named, so many characters of each.
_FIRST, _SHOWN = 5, 120
_RANGE = re.compile(r"(\d{1,18})-(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be filled in of a site, by exactly one of days, ids, addresses (or site maps) and WARC files.

    Attributes:
        site: the site.
        base_url: where it is, if not at its own address.
        days: the first and the last day of publication, in the site's zone; none of them is still to come.
        asked_until: a later last day that was asked for.
        ids: the first and the last id.
        urls: addresses of articles, plain.
        sitemaps: addresses of site maps that name further ones.
        warc: paths of WARC files.
        passed_over: addresses of the list that are none of an article of the site.
        no_addresses: lines of the list that are no addresses.
    """

    site: Site
    base_url: str | None = None
    days: tuple[date, date] | None = None
    asked_until: date | None = None
    ids: tuple[int, int] | None = None
    urls: tuple[str, ...] | None = None
    sitemaps: tuple[str, ...] = ()
    warc: tuple[Path, ...] | None = None
    passed_over: tuple[str, ...] = ()
    no_addresses: tuple[str, ...] = ()

    def remarks(self) -> Iterator[str]:
        """What of days and lists is not asked for, in sentences: of each kind the first few, and how many there are."""
        if self.days is not None and self.asked_until is not None:
            yield f"the days after {self.days[1]} until {self.asked_until}, which are still to come"
        site = self.site.name
        for one, many, found in (
            (f"address is no article of {site}", f"addresses are no articles of {site}", self.passed_over),
            ("line is no address", "lines are no addresses", self.no_addresses),
        ):
            if found:
                shown = ", ".join("".join(filter(str.isprintable, each))[:_SHOWN] for each in found[:_FIRST])
                more = ", …" if len(found) > _FIRST else ""
                yield f"{len(found):,} {one if len(found) == 1 else many}: {shown}{more}"

    @property
    def address(self) -> str:
        """Where the site is asked."""
        return self.base_url or self.site.base_url

    @property
    def agenda(self) -> Agenda:
        """Knows which addresses are the site's own, and their plain form."""
        return Agenda(self.site, self.address, known=(), ledger=())


def read_target(
    site: str,
    *,
    base_url: str | None = None,
    start: date | None = None,
    end: date | None = None,
    ids: str | None = None,
    urls: str | None = None,
    warc: list[str] | None = None,
    now: datetime | None = None,
) -> Target:
    """Checks what was asked for; of days those that are still to come are cut off.

    Args:
        site: the site's name.
        base_url: where it is, if not at its own address.
        start: the first day.
        end: the last day; alone it is the only one, and so is `start`.
        ids: two numbers, such as 3725000-3725100.
        urls: the path of a list of addresses, one a line, or of a site map or an index of them, gzipped or not.
        warc: paths of WARC files, with the wildcards of a shell.
        now: what time it is, if not what the clock says.

    Raises:
        WrongArguments: not exactly one of them is given, or it is nothing to ask for.
        CannotBeDone: a list cannot be read, or names no article of the site.
        SiteError: there is no such site.
    """
    known = load(site)
    given = [name for name, value in (("days", start or end), ("ids", ids), ("urls", urls), ("warc", warc)) if value]
    if len(given) != 1:
        named = " and ".join(given) or "nothing"
        raise WrongArguments(
            f"a backfill needs one of start and end, ids, urls, warc, and was given {named};"
            " for example start 2025-12-01 and end 2025-12-12"
        )
    if urls:
        return _listed(known, base_url, Path(urls))
    if first := start or end:
        return _of_days(known, base_url, (first, end or first), now or datetime.now(UTC))
    return Target(known, base_url, ids=_ids(known, ids) if ids else None, warc=_files(warc) if warc else None)


def _of_days(site: Site, base_url: str | None, days: tuple[date, date], now: datetime) -> Target:
    (first, last), today = days, now.astimezone(ZoneInfo(site.timezone)).date()
    if first > last:
        raise WrongArguments(f"the first day, {first}, is after the last, {last}")
    if first > today:
        raise WrongArguments(
            f"the days from {first} to {last} are still to come: at {site.name} ({site.timezone}) it is {today}"
        )
    return Target(site, base_url, (first, min(last, today)), asked_until=last if last > today else None)


def _ids(site: Site, text: str) -> tuple[int, int]:
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise WrongArguments(f"{text!r} is no range of ids; write for example 3725000-3725100")
    first, last = int(found[1]), int(found[2])
    if first > last or last - first >= MOST_IDS:
        raise WrongArguments(f"a range goes upward and holds at most {MOST_IDS:,} ids; {text} does not")
    if site.id_address is None:
        raise WrongArguments(f"the articles of {site.name} are not numbered: it cannot be walked by ids")
    return first, last


def _listed(site: Site, base_url: str | None, path: Path) -> Target:
    from spiders.doors import read_sitemap  # noqa: PLC0415  # imports Scrapy, half a second that other targets need not

    try:
        reading = read_sitemap(path.read_bytes())
    except OSError as error:
        raise CannotBeDone(f"reading the list of addresses {path}: {error}") from error
    agenda = Target(site, base_url).agenda
    own = [agenda.own_address(each.url) for each in reading.announcements]
    articles = tuple(dict.fromkeys(url for url in own if url is not None and site.article_key(url) is not None))
    sitemaps = tuple(url for url in (agenda.own_address(each) for each in reading.sitemaps) if url is not None)
    if not articles and not sitemaps:
        raise CannotBeDone(
            f"{path} names no article of {site.name} ({reading.problem or f'{len(own)} other addresses'});"
            " it is to hold one address a line, or be a site map"
        )
    others = [each.url for each, url in zip(reading.announcements, own, strict=True) if url not in set(articles)]
    return Target(
        site,
        base_url,
        urls=articles,
        sitemaps=sitemaps,
        passed_over=tuple(others),
        no_addresses=tuple(reading.no_addresses),
    )


def _files(patterns: list[str]) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for pattern in patterns:
        named = [Path(each) for each in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207  # begins anywhere
        files = [each for each in named if not each.is_dir()]
        if named and not files:
            raise WrongArguments(f"{pattern} is a directory: name the files in it, such as {named[0]}/*.warc.gz")
        if not files:
            raise WrongArguments(f"no file is named {pattern}")
        found |= dict.fromkeys(files)
    return tuple(found)
