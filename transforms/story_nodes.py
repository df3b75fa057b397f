"""Where stories are put together, an article and its copies count as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from transforms.shapes import widen
from transforms.story_pairs import STORY_PAIRS

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCORED = {name: STORY_PAIRS[name] for name in ("article_uid", "other_uid", "score")}


def node_pairs(pairs: pd.DataFrame, canonical: Mapping[str, str]) -> pd.DataFrame:
    """The pairs between different texts: what a copy is paired with, its canonical article is.

    Args:
        pairs: rows of `transforms.story_pairs`.
        canonical: for each article that is a copy, its canonical_uid.

    Returns:
        Columns article_uid, other_uid, score: each two canonical articles once in each direction, with the highest
        score of any of theirs.
    """
    rows = widen(pairs, _SCORED)
    named = rows.assign(**{name: canonical_of(rows[name], canonical) for name in ("article_uid", "other_uid")})
    named = named[named["article_uid"] != named["other_uid"]]
    return named.groupby(["article_uid", "other_uid"], sort=True)["score"].max().reset_index()


def canonical_of(uids: pd.Series, canonical: Mapping[str, str]) -> pd.Series:
    """For each article its canonical one: itself unless it is a copy."""
    return uids.map(canonical).fillna(uids) if canonical else uids


def current_copies(known: pd.DataFrame, written: pd.DataFrame, gone: pd.DataFrame) -> pd.DataFrame:
    """What `copies` says after a run: article_uid, canonical_uid, similarity.

    Args:
        known: rows of `copies` as before the run.
        written: the rows that the run writes.
        gone: the article_uid of those that it removes.
    """
    changed = [*written["article_uid"], *gone["article_uid"]]
    rows = pd.concat([known[~known["article_uid"].isin(changed)], written])
    return rows[["article_uid", "canonical_uid", "similarity"]].drop_duplicates("article_uid", ignore_index=True)
