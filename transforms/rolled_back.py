"""Taking a run's looks at articles out of history: what the other looks alone would have made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from transforms.address_events import address_keys, read_tries
from transforms.joins import look_up
from transforms.revisions import revisions
from transforms.schedule import ONE_TRY
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
    # A look that was read again has a revision for each reading: the last is in force.
    texts = widen(revisions, REVISIONS).sort_values(["observed_at", "revision"])[["observed_at", *CONTENT]]
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
        articles: what is left of the articles of these addresses, also of those that the run could not read.
        run_id: the run that is taken back.
        own_run_id: the run that takes it back.
        now: when.

    The address of an article that is left is landed, its others are aliases; what their last exchanges came to is what
    it was without the run. Every other address is pending, as if no one had asked for it. All of them are due now: the
    next run asks. What was taken down stays so.
    """
    rows = widen(urls, URLS)
    tries = read_tries(fetches)
    tries = tries[tries["run_id"] != run_id]
    keys = address_keys(rows)
    left = widen(articles, ARTICLES).set_index("article_uid")["url"]
    url_of_article = look_up(rows["article_uid"], left)
    is_left = url_of_article.notna()
    is_closed = rows["state"] == "taken_down"
    state = pd.Series("pending", index=rows.index, dtype="str").mask(is_left, "alias")
    state = state.mask(is_left & (rows["url"] == url_of_article), "landed").mask(is_closed, "taken_down")
    is_open = ~is_left & ~is_closed
    attempts = look_up(keys, tries.groupby("key").size()).fillna(0).astype("int64")
    kept = tries[tries["outcome"] != ROLLED_BACK]
    last = kept.drop_duplicates("key", keep="last").set_index("key")
    failures = look_up(keys, _failures(kept)).fillna(0).astype("int64")
    moment = pd.Timestamp(now).as_unit("us")
    return conform(
        rows.assign(
            state=state,
            run_id=own_run_id,
            attempts=attempts,
            failures=rows["failures"].mask(is_open, 0).mask(is_left, failures),
            last_status=rows["last_status"].mask(is_left, look_up(keys, last["status"])),
            last_tried_at=rows["last_tried_at"].mask(is_left, look_up(keys, last["at"])),
            next_try_at=rows["next_try_at"].mask(~is_closed, moment),
            **{name: rows[name].mask(~is_closed, None) for name in _VALIDATORS},
        ),
        URLS,
    )


def _failures(tries: pd.DataFrame) -> pd.Series:
    """How many tries of each address came after the last that brought the article; `tries` by address and time."""
    is_good = tries["is_brought"] | (tries["outcome"] == "not_modified")
    read_at = tries["at"].where(is_good).groupby(tries["key"]).max()
    since = tries[~(tries["at"] <= look_up(tries["key"], read_at))]
    # Repeats within a short time are one try, as in the ledger.
    is_repeat = since.groupby("key")["at"].diff() < ONE_TRY
    return (~is_repeat).groupby(since["key"]).sum()
