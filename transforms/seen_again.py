"""Articles that the site said have not changed: seen again, without a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.joins import look_up
from transforms.shapes import ARTICLES, FETCHES, conform, widen

if TYPE_CHECKING:
    import pandas as pd


def seen_again(known_articles: pd.DataFrame, fetches: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per known article that answered 304 in the run. Key: article_uid. The rows replace the known ones.

    Args:
        known_articles: the rows of the articles table of the articles fetched.
        fetches: see `transforms.fetches`.

    Only `last_seen_at` moves, to the time of the newest such answer.
    """
    answers = widen(fetches, FETCHES)
    looks = answers[answers["outcome"] == "not_modified"].groupby("article_uid")["fetched_at"].max()
    known = widen(known_articles, ARTICLES)
    rows = known[known["article_uid"].isin(looks.index)].reset_index(drop=True)
    seen = look_up(rows["article_uid"], looks)
    return conform(rows.assign(last_seen_at=seen.where(seen > rows["last_seen_at"], rows["last_seen_at"])), ARTICLES)
