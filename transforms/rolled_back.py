"""Taking a run's looks at articles out of history: what the other looks alone would have made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from transforms.joins import look_up
from transforms.revisions import revisions
from transforms.shapes import ARTICLES, CONTENT, FETCHES, OBSERVATIONS, REVISIONS, URLS, conform, widen

if TYPE_CHECKING:
    from datetime import datetime

#: The outcome of an exchange, and the state of a run, that was taken back.
ROLLED_BACK = "rolled_back"
#: What the next run would conclude from that nothing has changed, or that it failed.
_VALIDATORS = ("etag", "last_modified", "lastmod_at", "last_error")
_BROUGHT = ("new", "revised", "unchanged")


def remaining_looks(
    revisions: pd.DataFrame, fetches: pd.DataFrame, articles: pd.DataFrame, run_id: str
) -> pd.DataFrame:
    """Grain: one row per look at these articles by other runs than this one. Shape: see `transforms.observations`.

    Args:
        revisions: every row of the revisions table about the articles.
        fetches: every row of the fetches table about them.
        articles: their rows of the articles table.
        run_id: the run whose looks are left out.

    The text of a look is that of the revision in force then. Where the newest look of all remains, it is told as the
    articles table has it, with the address and the Updated time it had.
    """
    looks = widen(fetches, FETCHES)
    looks = looks[looks["outcome"].isin(_BROUGHT) & (looks["run_id"] != run_id)].sort_values("fetched_at")
    looks = looks.rename(columns={"fetched_at": "observed_at"})
    places = ["article_uid", "observed_at", "run_id", "archive_file", "archive_offset"]
    texts = widen(revisions, REVISIONS)[["observed_at", *CONTENT]].sort_values("observed_at")
    told = pd.merge_asof(looks[places], texts, on="observed_at", by="article_uid").dropna(subset=["site"])
    newest = widen(articles, ARTICLES).set_index("article_uid")
    is_newest = told["observed_at"] == look_up(told["article_uid"], newest["last_seen_at"])
    last = told.loc[is_newest, places].join(
        newest[[name for name in CONTENT if name != "article_uid"]], on="article_uid"
    )
    return conform(widen(pd.concat([told[~is_newest], last]), OBSERVATIONS), OBSERVATIONS)


def rewritten_history(looks: pd.DataFrame, recorded: pd.Series, now: datetime) -> pd.DataFrame:
    """The revisions that these looks make, as the table has them; `recorded` is when each run was published, by id."""
    rows = revisions(looks, pd.DataFrame(columns=list(REVISIONS)), now)
    return conform(rows.assign(recorded_at=look_up(rows["run_id"], recorded).fillna(rows["recorded_at"])), REVISIONS)


def reopened_addresses(
    urls: pd.DataFrame, fetches: pd.DataFrame, articles: pd.DataFrame, run_id: str, own_run_id: str, now: datetime
) -> pd.DataFrame:
    """Rows of the ledger that a run touched, as they are once it is taken back.

    Args:
        urls: the rows that the run touched, or that are about articles it looked at.
        fetches: rows of the fetches table of other runs about these addresses or articles.
        articles: what is left of the articles.
        run_id: the run that is taken back.
        own_run_id: the run that takes it back.
        now: when.

    The address of an article that is left is landed, its others are aliases. Every other address is pending and due
    now, as if no one had asked for it: the next run does. What was taken down stays so.
    """
    rows = widen(urls, URLS)
    others = widen(fetches, FETCHES)
    others = others[others["run_id"] != run_id]
    tries = others["requested_url"].fillna(others["url"]).value_counts()
    left = widen(articles, ARTICLES).set_index("article_uid")["url"]
    url_of_article = look_up(rows["article_uid"], left)
    is_left = url_of_article.notna()
    is_closed = rows["state"] == "taken_down"
    state = pd.Series("pending", index=rows.index, dtype="str").mask(is_left, "alias")
    state = state.mask(is_left & (rows["url"] == url_of_article), "landed").mask(is_closed, "taken_down")
    is_open = ~is_left & ~is_closed
    moment = pd.Timestamp(now).as_unit("us")
    attempts = look_up(rows["url"], tries).fillna(0).astype("int64")
    return conform(
        rows.assign(
            state=state,
            run_id=own_run_id,
            attempts=attempts,
            failures=rows["failures"].mask(is_open, 0),
            next_try_at=rows["next_try_at"].mask(~is_closed, moment),
            **{
                name: rows[name].mask(~is_closed, None)
                for name in ("etag", "last_modified", "lastmod_at", "last_error")
            },
        ),
        URLS,
    )
