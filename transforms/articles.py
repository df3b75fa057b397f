"""Articles: what the newest look at each article says."""

from __future__ import annotations

import pandas as pd

from transforms.errors import ShapeError
from transforms.shapes import ARTICLES, OBSERVATIONS, REVISIONS, Shape, conform, widen

_LOOKS: Shape = {
    **ARTICLES,
    "revision": "integer",
    "archive_file": "text",
    "archive_offset": "integer",
    "is_seen": "flag",
}


def articles(observations: pd.DataFrame, known_articles: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article observed. Key: article_uid. The rows replace those with the same key.

    Args:
        observations: see `transforms.observations`.
        known_articles: the rows of the articles table of the articles observed, as far as it has them.
        revisions: what `transforms.revisions` made of these observations.

    The content columns are those of the newest look at the page, also where only url or Updated moved; when all
    observations are older than the known row, those of the known row. `first_seen_at` and `last_seen_at` span every
    observation. `revision` is the number of the newest revision, `run_id` the run that brought it.

    Raises:
        ShapeError: `known_articles` are no rows of the articles table, or `revisions` not those of these observations.
    """
    seen = conform(observations, OBSERVATIONS).rename(columns={"observed_at": "last_seen_at"})
    seen = seen.assign(first_seen_at=seen["last_seen_at"], is_seen=True)
    known = widen(known_articles, ARTICLES)
    known = known[known["article_uid"].isin(seen["article_uid"])]
    if known[["first_seen_at", "last_seen_at"]].isna().any(axis=None):
        raise ShapeError("merging with known articles: `known_articles` must hold first_seen_at and last_seen_at")
    order = ["article_uid", "last_seen_at", "is_seen", "archive_file", "archive_offset", "content_hash"]
    looks = pd.concat([widen(known, _LOOKS), widen(seen, _LOOKS)]).sort_values(order, kind="stable")
    rows = looks.drop_duplicates("article_uid", keep="last").set_index("article_uid", drop=False)
    rows["first_seen_at"] = looks.groupby("article_uid")["first_seen_at"].min()
    numbers = pd.concat([known, conform(revisions, REVISIONS)])[["article_uid", "revision", "run_id"]]
    newest = numbers.sort_values("revision", kind="stable").drop_duplicates("article_uid", keep="last")
    newest = newest.set_index("article_uid").reindex(rows.index)
    if newest["revision"].isna().any():
        raise ShapeError(
            f"numbering the articles: {rows.index[newest['revision'].isna()].tolist()[:5]} are in neither "
            "`known_articles` nor `revisions`; pass the revisions made of these observations"
        )
    return conform(rows.assign(revision=newest["revision"], run_id=newest["run_id"]), ARTICLES)
