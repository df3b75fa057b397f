"""What a run says of addresses: where they were found, what was decided of them, what came of asking for them."""

from __future__ import annotations

import pandas as pd

from transforms.addresses import article_uid
from transforms.errors import ShapeError
from transforms.shapes import FETCHES, widen
from transforms.text import encodable
from transforms.times import parse_times

#: What the crawl decides of an address without asking for it, or on seeing what it is.
DECISIONS = ("blocked_by_robots", "off_scope", "not_article")
#: The doors of a site: what is named there, the site still shows.
DOORS = ("news_sitemap", "sitemap", "feed", "listing", "live")
#: The outcomes of exchanges that brought an article.
BROUGHT = ("new", "revised", "unchanged")
_LINE = ("site", "url", "site_article_id", "discovered_at", "discovered_by", "lastmod", "event")
_BREAK = "\x1f"


def touched_addresses(url_log: pd.DataFrame, fetches: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per address and article that a run names. Columns: site, url, article_uid (null: not known).

    The rows of the urls table with one of these urls or one of these article_uids are what `urls` must know.
    """
    events, tries = read_events(url_log), read_tries(fetches)
    named = pd.concat([frame[["site", "url", "article_uid"]] for frame in (events, tries)])
    return named.drop_duplicates().sort_values(["site", "url", "article_uid"], ignore_index=True)


def address_keys(frame: pd.DataFrame) -> pd.Series:
    """Site and url as one text."""
    return frame["site"] + _BREAK + frame["url"]


def read_events(url_log: pd.DataFrame) -> pd.DataFrame:
    """The lines of the url log with their key, in the order of time; a decision comes after a discovery."""
    log = url_log.reindex(columns=list(_LINE)).reset_index(drop=True)
    uids = [article_uid(*pair, None) for pair in zip(log["site"], log["site_article_id"], strict=True)]
    for name in ("site", "url", "site_article_id", "discovered_by", "event"):
        log[name] = pd.Series([encodable(value) for value in log[name]], dtype="str")
    log["event"] = log["event"].fillna("discovered")
    log = log.assign(
        article_uid=pd.Series(uids, dtype="str"),
        key=address_keys(log),
        at=parse_times(log["discovered_at"].tolist()),
        lastmod_at=parse_times(log["lastmod"].tolist()),
        is_decision=log["event"].isin(DECISIONS),
        is_door=log["discovered_by"].isin(DOORS),
    )
    unusable = log[["key", "at"]].isna().any(axis=1)
    if unusable.any():
        line = log.loc[unusable, ["site", "url", "discovered_at"]].iloc[0].to_dict()
        raise ShapeError(f"reading the url log: {unusable.sum()} lines lack an address or a time, such as {line}")
    return log.sort_values(["key", "at", "is_decision", "event", "discovered_by", "lastmod_at"], ignore_index=True)


def read_tries(fetches: pd.DataFrame) -> pd.DataFrame:
    """One row per exchange about an article and address it counts for, in the order of time."""
    made = widen(fetches, FETCHES)
    made = made[made["purpose"] == "article"]
    is_hop = made["requested_url"].notna() & (made["requested_url"] != made["url"])
    made = made.assign(is_own=True, is_hop=is_hop, end=address_keys(made))
    asked = made[is_hop]
    asked = asked.assign(url=asked["requested_url"], is_own=False, is_hop=False)
    tries = pd.concat([made, asked]).rename(columns={"fetched_at": "at"})
    tries = tries.assign(key=address_keys(tries), is_brought=tries["outcome"].isin(BROUGHT))
    ties = ["run_id", "archive_file", "archive_offset", "is_own", "outcome", "status", "error", "article_uid", "end"]
    return tries.sort_values(["key", "at", *ties], ignore_index=True)
