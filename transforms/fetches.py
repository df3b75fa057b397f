"""The fetches table: every exchange of a run, and what came of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.addresses import article_uid
from transforms.joins import look_up
from transforms.outcomes import outcomes
from transforms.shapes import FETCHES, conform
from transforms.times import parse_times

#: What an exchange was found to be, and what that makes of it. For "article" see `fetches`.
OUTCOME_OF_VERDICT = {
    "rejected": "rejected",
    "unknown": "rejected",
    "off_site": "rejected",
    "listing": "discovery",
    "sitemap": "discovery",
    "feed": "discovery",
    "robots": "discovery",
    "missing": "missing",
    "gone": "gone",
    "redirect": "redirect",
    "not_modified": "not_modified",
    "error": "failed",
}
LOGGED = (
    "run_id", "site", "url", "requested_url", "fetched_at", "verdict", "status", "elapsed_ms", "bytes", "etag",
    "last_modified", "archive_file", "archive_offset", "error", "site_article_id", "purpose", "retry_after_s",
    "site_clock",
)  # fmt: skip

#: Ten years: a `Retry-After` beyond it says nothing, and neither does a negative one.
_LONGEST_WAIT_S = 10 * 365 * 86_400


def fetches(fetch_log: pd.DataFrame, observations: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per HTTP exchange. Key: run_id, archive_file, archive_offset (null where nothing came back).

    Args:
        fetch_log: the lines of fetches.jsonl, one row each.
        observations: see `transforms.observations`; those of the same runs.
        revisions: what `transforms.revisions` made of these observations.

    `outcome` of an article page is new, revised or unchanged (see `outcomes`), found by its place in the archive
    (where it has none, by address and time), and rejected if its record could not be used. The outcome of any other
    exchange follows its verdict (`OUTCOME_OF_VERDICT`); a verdict not known here makes it failed, with an `error` that
    says so. `article_uid` is null where the exchange was about no article, or which is not known. `retry_after_s` is
    rounded up to whole seconds.
    """
    log = fetch_log.reindex(columns=list(LOGGED)).reset_index(drop=True)
    log["fetched_at"] = parse_times(log["fetched_at"].tolist())
    log["site_clock_at"] = parse_times(log["site_clock"].tolist())
    waits = pd.to_numeric(log["retry_after_s"], errors="coerce").astype("float64")
    log["retry_after_s"] = np.ceil(waits.where(waits.between(0, _LONGEST_WAIT_S)))
    for name in ("status", "elapsed_ms", "bytes", "archive_offset", "retry_after_s"):
        log[name] = pd.to_numeric(log[name], errors="coerce").astype("Int64")
    brought = outcomes(observations, revisions)
    brought = brought.assign(key=_keys(brought, "observed_at")).drop_duplicates("key").set_index("key")
    keys = _keys(log, "fetched_at")
    is_article = log["verdict"] == "article"
    from_article = look_up(keys, brought["outcome"]).fillna("rejected")
    verdicts = log["verdict"].map(OUTCOME_OF_VERDICT).astype("str")
    is_strange = ~is_article & verdicts.isna()
    strange = "unknown verdict " + log["verdict"].astype("str").fillna("null")
    ids = zip(log["site"].tolist(), log["site_article_id"].tolist(), strict=True)
    named = pd.Series([article_uid(site, article_id, None) for site, article_id in ids], dtype="str")
    log["outcome"] = from_article.where(is_article, verdicts.fillna("failed"))
    log["error"] = log["error"].astype("str").fillna(strange.where(is_strange))
    log["article_uid"] = look_up(keys, brought["article_uid"]).where(is_article).astype("str").fillna(named)
    return conform(log, FETCHES)


def _keys(frame: pd.DataFrame, time: str) -> pd.Series:
    position = frame["archive_file"].astype("str") + "\x1f" + frame["archive_offset"].astype("str")
    moment = frame[time].astype("str").fillna("")
    place = position.fillna(frame["url"].astype("str").fillna("") + "\x1f" + moment)
    return frame["run_id"].astype("str").fillna("") + "\x1f" + place
