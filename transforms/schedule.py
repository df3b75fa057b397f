"""The schedule of the ledger: when an address is asked for again, and why then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

_MINUTE, _HOUR, _DAY = pd.Timedelta(minutes=1), pd.Timedelta(hours=1), pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Revisit:
    """How often an article is looked at again while it is young.

    Attributes:
        which: any article; listed: those that a door of the site named in the run; live: live blogs, whose age counts
            from their last change.
        younger_than: the age up to which it holds.
        every: the time from one look to the next.
        reason: why.
    """

    which: Literal["any", "listed", "live"]
    younger_than: pd.Timedelta
    every: pd.Timedelta
    reason: str


#: The first that applies to an article holds.
REVISITS = (
    Revisit("live", 2 * _DAY, 15 * _MINUTE, "it grows under one address for as long as its event goes on"),
    Revisit("any", 6 * _HOUR, 15 * _MINUTE, "wire copy is corrected, retitled and led anew in its first hours"),
    Revisit("any", _DAY, 30 * _MINUTE, "the desk follows a story up on its day; pages change with no Updated moving"),
    Revisit("listed", 10 * _DAY, _HOUR, "what the site still shows it still edits; how far back it shows, it decides"),
)
#: All others wait for this share of their age. HTTP caches take a tenth of the age of a page that states nothing:
#: what has not changed for long will not soon (RFC 9111, 4.2.2, https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2).
OLD_SHARE = 1 / 8
OLD_SHORTEST, OLD_LONGEST = _DAY, 30 * _DAY

#: After an answer that is no answer (5xx, a timeout, a cut): the first wait, which doubles with each try.
FAILED_FIRST, FAILED_LONGEST = 5 * _MINUTE, _DAY
#: Waits of 43 hours in all, longer than most outages. A door that goes on naming the address brings it back.
FAILED_TRIES = 10
#: Failures nearer to one another than the shortest wait are one try: a crawl repeats a request within seconds, and
#: ten of those are no reason to give an address up.
ONE_TRY = FAILED_FIRST
#: A `Retry-After` beyond this is a slip.
RETRY_AFTER_LONGEST = 30 * _DAY
#: An address that says it is not there, or shows a page that cannot be used, may do so for a short while only: pages
#: are listed before they are served, and consent or challenge pages go away.
UNUSABLE_TRIES = 3
UNUSABLE_WAIT = _DAY
#: Rules in robots.txt change seldom, and it is read anew in every run.
REFUSED_WAIT = _DAY
#: What was given up comes back when a door names it again so long after its last try.
REVIVED_AFTER = _DAY


def next_tries(rows: pd.DataFrame) -> pd.Series:
    """For each address the time from which it is due again; null: not by itself.

    Args:
        rows: `state`, `failures`, `discovered_at`, `last_tried_at` as in the urls table; `outcome` of the last
            exchange (as in fetches; null: none); `retry_after_s` of its answer; `refused_at`: when robots.txt last
            refused it, if after that exchange; `kind`, `age`, `unchanged_for` (timedeltas) and `is_listed`: see
            `revisit_intervals`.

    pending: at once. failed: after `FAILED_FIRST`, doubled with each try, or `retry_after_s` if that is longer, up to
    `FAILED_TRIES`. gone and rejected: a day later, up to `UNUSABLE_TRIES`. blocked_by_robots: a day later. landed:
    see `revisit_intervals`, and after a bad answer as above, though what is merely broken is never given up. Other
    states are final.
    """
    tried, failures, outcome = rows["last_tried_at"], rows["failures"], rows["outcome"]
    failed = (tried + _retry_waits(failures, rows["retry_after_s"])).where(failures < FAILED_TRIES)
    unusable = (tried + UNUSABLE_WAIT).where(failures < UNUSABLE_TRIES)
    refused = rows["refused_at"] + REFUSED_WAIT
    landed = tried.fillna(rows["discovered_at"]) + revisit_intervals(rows)
    old = tried + _old_intervals(rows["age"])
    landed = landed.mask(outcome.isin(["failed", "redirect"]), failed.fillna(old))
    landed = landed.mask(outcome.isin(["missing", "gone"]), unusable)
    landed = landed.mask(outcome == "rejected", unusable.fillna(old))
    times = {
        "pending": rows["discovered_at"],
        "failed": failed,
        "gone": unusable,
        "rejected": unusable,
        "blocked_by_robots": refused.fillna(rows["discovered_at"] + REFUSED_WAIT),
        "landed": refused.fillna(landed),
    }
    due = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
    for state, at in times.items():
        due = due.mask(rows["state"] == state, at)
    return due


def revisit_intervals(rows: pd.DataFrame) -> pd.Series:
    """For each article that was read the time until it is looked at again (timedelta).

    Args:
        rows: `kind`; `age` and `unchanged_for`: the times since its publication and since its last change when it was
            read (null: not known, taken for old); `is_listed`: a door of the site named it in the run.
    """
    intervals = _old_intervals(rows["age"])
    for rule in reversed(REVISITS):
        age = rows["unchanged_for"] if rule.which == "live" else rows["age"]
        applies = age < rule.younger_than
        if rule.which == "live":
            applies &= rows["kind"] == "liveblog"
        elif rule.which == "listed":
            applies &= rows["is_listed"]
        intervals = intervals.mask(applies, rule.every)
    return intervals


def _old_intervals(age: pd.Series) -> pd.Series:
    seconds = _seconds(age) * OLD_SHARE
    bounded = seconds.clip(OLD_SHORTEST.total_seconds(), OLD_LONGEST.total_seconds())
    return _durations(bounded.fillna(OLD_SHORTEST.total_seconds()))


def _retry_waits(failures: pd.Series, retry_after_s: pd.Series) -> pd.Series:
    doublings = (failures.clip(1, FAILED_TRIES) - 1).astype("float64")
    waits = (FAILED_FIRST.total_seconds() * 2.0**doublings).clip(upper=FAILED_LONGEST.total_seconds())
    asked = retry_after_s.astype("float64").clip(upper=RETRY_AFTER_LONGEST.total_seconds())
    return _durations(waits.where(~(asked > waits), asked))


def _seconds(durations: pd.Series) -> pd.Series:
    return pd.to_timedelta(durations).dt.total_seconds()


def _durations(seconds: pd.Series) -> pd.Series:
    durations: pd.Series = pd.to_timedelta(seconds, unit="s").dt.as_unit("us")
    return durations
