"""Past addresses: what the ledger knows of some days, ids or names, and what of them it has never heard of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from transforms.shapes import PAST_ADDRESSES, PAST_DAYS, Shape, conform, widen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

#: What is read of the ledger, address by address and stretch by stretch of ids: see the macro `ledger_by_day`.
LEDGER: Shape = {**PAST_ADDRESSES, "first_id": "count", "last_id": "count"}
NEVER = "never_looked_at"


def past_addresses(ledger: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per address known to the ledger, and per id or address that it has never heard of.

    Args:
        ledger: rows of `ledger_by_day` (`LEDGER`), of which those without an address stand for a stretch of ids.
        wanted: url and site_article_id (either may be null) of what else is to be looked at, known or not.

    Columns: url, site_article_id, state (that of the urls table, or `never_looked_at`), next_try_at, site_date (null:
    not known), is_day_open (whether anything of its day is still to do or to come, also what is no row of these).
    """
    rows = widen(ledger, LEDGER)
    is_stretch = rows["url"].isna()
    known, stretches = rows[~is_stretch], rows[is_stretch]
    first, last = stretches["first_id"].to_numpy("int64"), stretches["last_id"].to_numpy("int64")
    lengths = last - first + 1
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    unseen = stretches.loc[stretches.index.repeat(lengths)]
    numbers = pd.Series(np.repeat(first, lengths) + within, index=unseen.index)
    unseen = unseen.assign(site_article_id=numbers.astype("str"))
    named = widen(wanted, {name: LEDGER[name] for name in ("url", "site_article_id")})
    is_known = named["url"].isin(known["url"]) | named["site_article_id"].isin(
        pd.concat([known["site_article_id"], unseen["site_article_id"]]).dropna()
    )
    new = named[~is_known].assign(state=NEVER, is_day_open=True)
    found = pd.concat([known, unseen, widen(new, PAST_ADDRESSES)], ignore_index=True)
    return conform(found.sort_values(["site_article_id", "url"], ignore_index=True), PAST_ADDRESSES)


def past_days(
    addresses: pd.DataFrame, now: datetime, empty: Sequence[date] = (), untold: Sequence[date] = ()
) -> pd.DataFrame:
    """Grain: one row per day (null: not known of which). Key: site_date. The counts are of `past_addresses`.

    `known` is what the ledger has a row of; `to_ask` what a backfill asks for: never looked at, pending, and failed
    where the schedule does not wait for a later time, of several addresses of an id one. A day `is_complete` when
    nothing of it is open. A row, too, have days without any address: those that are `empty` are complete, those that
    nothing is told of (`untold`) are not.
    """
    state = addresses["state"]
    counts = pd.DataFrame(
        {
            "site_date": addresses["site_date"],
            "known": state != NEVER,
            "landed": state == "landed",
            "pending": state == "pending",
            "failed": state == "failed",
            "gone": state == "gone",
            "other": ~state.isin(["landed", "pending", "failed", "gone", NEVER]),
            "never_looked_at": state == NEVER,
            "to_ask": is_to_ask(addresses, now),
            "open": addresses["is_day_open"].astype("bool"),
        }
    )
    found = counts.groupby("site_date", dropna=False, sort=True).sum().reset_index()
    found["is_complete"] = found["open"] == 0
    void = pd.DataFrame({"site_date": pd.Series([*empty, *untold], dtype=object)})
    void["is_complete"] = [True] * len(empty) + [False] * len(untold)
    void[[name for name in PAST_DAYS if name not in void]] = 0
    both = pd.concat([frame for frame in (found, void) if len(frame)] or [found])
    return conform(both.sort_values("site_date", na_position="last", ignore_index=True), PAST_DAYS)


def is_to_ask(addresses: pd.DataFrame, now: datetime) -> pd.Series:
    """Which of `past_addresses` a backfill asks for: of several addresses of one article only the first."""
    waits = addresses["next_try_at"] > pd.Timestamp(now)
    is_wanted = addresses["state"].isin([NEVER, "pending"]) | ((addresses["state"] == "failed") & ~waits)
    ids = addresses["site_article_id"].where(is_wanted)
    return is_wanted & ~(ids.notna() & ids.duplicated())
