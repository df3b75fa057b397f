"""Past addresses: what the ledger knows of some days, and the ids between that it has never heard of."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from transforms.shapes import PAST_ADDRESSES, PAST_DAYS, Shape, conform, widen

if TYPE_CHECKING:
    from datetime import datetime

    import numpy.typing as npt

#: What is read of the ledger; published_at and site_date are those of the address's article.
LEDGER: Shape = {
    "url": "text",
    "site_article_id": "text",
    "state": "text",
    "next_try_at": "time",
    "lastmod_at": "time",
    "published_at": "time",
    "site_date": "date",
}
NEVER = "never_looked_at"
#: Of several addresses of one article the first of these speaks for it.
_STATES = (
    "taken_down", "landed", "alias", "gone", "rejected", "not_article", "off_scope", "blocked_by_robots", "failed",
    "pending", NEVER,
)  # fmt: skip
#: Microseconds. An article dated anew keeps its id: so far out of the order of its neighbours it says nothing of them.
_OUT_OF_ORDER = 86_400_000_000
_DATED_PATH = re.compile(r"/(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?=[/-])")


def past_addresses(ledger: pd.DataFrame, wanted: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Grain: one row per article known to the ledger or wanted. Key: site_article_id, else url.

    Args:
        ledger: rows of the urls table (`LEDGER`).
        wanted: url and site_article_id (null on sites without) of what is to be looked at, known or not.
        zone: the site's zone, whose days count.

    Columns: url, site_article_id, state (that of the urls table; `never_looked_at`: it has no row), next_try_at,
    site_date: the day of publication. It is the article's own where it was read; else what lies between its neighbours
    by id; else the day in its address; else that of its last change as a door gave it; else null.

    Caveat: ids follow time only nearly, so days of what was not read are good to some hours.
    """
    known = widen(ledger, LEDGER)
    asked = widen(wanted, {name: LEDGER[name] for name in ("url", "site_article_id")}).assign(state=NEVER)
    rows = pd.concat([known, widen(asked, LEDGER)], ignore_index=True)
    rows["key"] = rows["site_article_id"].fillna(rows["url"])
    rows["rank"] = rows["state"].map({state: place for place, state in enumerate(_STATES)})
    rows = rows.sort_values(["key", "rank", "url"]).drop_duplicates("key").reset_index(drop=True)
    dates = rows["site_date"].where(rows["state"].isin(["landed", "alias"]), None)
    between = _days(_times_by_number(rows), zone)
    changed = rows["lastmod_at"].dt.tz_convert(zone).dt.date
    named = pd.Series([_date_in(url) for url in rows["url"]], index=rows.index, dtype=object)
    for found in (between, named, changed):
        dates = dates.where(dates.notna(), found)
    return conform(rows.assign(site_date=dates), PAST_ADDRESSES)


def past_days(addresses: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Grain: one row per day (null: not known of which). Key: site_date. The counts are of `past_addresses`.

    `known` is what the ledger has a row of; `to_ask` what a backfill asks for: never looked at, pending, and failed
    where the schedule does not wait for a later time. A day `is_complete` when nothing of it is pending, failed or
    never looked at.
    """
    rows = addresses.assign(is_wanted=is_to_ask(addresses, now))
    state = rows["state"]
    counts = pd.DataFrame(
        {
            "site_date": rows["site_date"],
            "known": state != NEVER,
            "landed": state.isin(["landed", "alias"]),
            "pending": state == "pending",
            "failed": state == "failed",
            "gone": state == "gone",
            "other": state.isin(["rejected", "not_article", "off_scope", "blocked_by_robots", "taken_down"]),
            "never_looked_at": state == NEVER,
            "to_ask": rows["is_wanted"],
        }
    )
    days = counts.groupby("site_date", dropna=False, sort=True).sum().reset_index()
    days["is_complete"] = days[["pending", "failed", "never_looked_at"]].sum(axis=1) == 0
    return conform(days, PAST_DAYS)


def is_to_ask(addresses: pd.DataFrame, now: datetime) -> pd.Series:
    """Which of `past_addresses` a backfill asks for."""
    waits = addresses["next_try_at"] > pd.Timestamp(now)
    return addresses["state"].isin([NEVER, "pending"]) | ((addresses["state"] == "failed") & ~waits)


def in_days(addresses: pd.DataFrame, start: date, end: date, *, has_ids: bool) -> pd.DataFrame:
    """Those of `past_addresses` whose day is within these two.

    On a site without ids (`has_ids` is false) also those of which no day is known, for they may be.
    """
    days = addresses["site_date"].tolist()
    is_in = [start <= day <= end if isinstance(day, date) else None for day in days]
    kept = [(each is None and not has_ids) or each is True for each in is_in]
    return addresses[pd.Series(kept, index=addresses.index, dtype="bool")].reset_index(drop=True)


def ids_of_days(id_days: pd.DataFrame, start: date, end: date) -> tuple[int, int] | None:
    """The first and last id that may have been published on these days; None if too little is known to say.

    Args:
        id_days: by day of publication the median (`middle`) and the largest (`last`) id; see `warehouse.id_days`.
        start: the first day.
        end: the last day.

    They lie between the middles of the nearest known days around. Where no earlier day is known, ids are taken to have
    come as fast before as since; after the last known day nothing is: what is newer, the site's doors announce.
    """
    days = id_days.sort_values("site_date")
    dates = [each if isinstance(each, date) else None for each in days["site_date"].tolist()]
    middles = days["middle"].tolist()
    before = [int(middle) for day, middle in zip(dates, middles, strict=True) if day is not None and day < start]
    after = [int(middle) for day, middle in zip(dates, middles, strict=True) if day is not None and day > end]
    if not dates or not (after or any(day is not None and day >= start for day in dates)):
        return None
    last = after[0] if after else int(days["last"].max())
    if before:
        return before[-1], last
    span = (dates[-1] - dates[0]).days if dates[0] is not None and dates[-1] is not None else 0
    if span < 1 or dates[0] is None:
        return None
    a_day = max(1.0, (middles[-1] - middles[0]) / span)
    return max(1, int(middles[0] - a_day * ((dates[0] - start).days + 1))), last


def _times_by_number(rows: pd.DataFrame) -> pd.Series:
    """When each was published, by those read around its id: microseconds since 1970, NaN if that is not known."""
    numbers = pd.to_numeric(rows["site_article_id"], errors="coerce")
    is_known = numbers.notna() & rows["published_at"].notna()
    known = pd.DataFrame({"number": numbers[is_known], "at": rows.loc[is_known, "published_at"].astype("int64")})
    known = known.sort_values(["number", "at"]).drop_duplicates("number")
    times = pd.Series(np.nan, index=rows.index)
    if known.empty:
        return times
    before, after = known["at"].shift(), known["at"].shift(-1)
    is_out = (known["at"] < before - _OUT_OF_ORDER) | (known["at"] > after + _OUT_OF_ORDER)
    known = known[~(is_out & (before <= after + _OUT_OF_ORDER))]
    x, y = known["number"].to_numpy("float64"), known["at"].to_numpy("float64")
    asked = numbers[numbers.notna()]
    times[asked.index] = _between(asked.to_numpy("float64"), x, y)
    return times


_Numbers: TypeAlias = "npt.NDArray[np.float64]"


def _between(asked: _Numbers, x: _Numbers, y: _Numbers) -> _Numbers:
    """Straight lines between the known, on below the first as over all of them, nothing above the last."""
    slope = (y[-1] - y[0]) / (x[-1] - x[0]) if x[-1] > x[0] else np.nan
    found: _Numbers = np.where(asked < x[0], y[0] - (x[0] - asked) * slope, np.interp(asked, x, y))
    return np.where(asked > x[-1], np.nan, found)


def _days(times: pd.Series, zone: str) -> pd.Series:
    moments: pd.Series = pd.to_datetime(times, unit="us", utc=True)
    days: pd.Series = moments.dt.tz_convert(zone).dt.date
    return days


def _date_in(url: object) -> date | None:
    found = _DATED_PATH.search(url) if isinstance(url, str) else None
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
