"""Copies: which articles repeat which, and on what evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.components import components
from transforms.shapes import COPIES, COPY_ARTICLES, COPY_PAIRS, conform, empty, widen

LEAST_OF_A_LATER_TEXT = 0.5
"""A later, longer text repeats an earlier one that is at least so much of it: a roundup is no copy of a brief in it."""


def copies(articles: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article that repeats another. Key: article_uid.

    Args:
        articles: rows of `copy_articles`; with an article there are all those whose text is linked to its own by
            pairs, however many pairs that takes.
        pairs: the rows of `copy_pairs` of their texts; those of texts that no article has any more are left out.

    Articles of one text, and texts that are near copies, form a group, directly or over others of the group. Its
    canonical article is the earliest published one (then the smaller uid; without a time last). A text inside another
    joins no groups, or a roundup would glue together what it is made of: a group of which the canonical article is
    inside an earlier group, or holds a text of one as at least half of its own, becomes a copy of that group, unless
    that one is such a copy itself. So the result depends on the articles and neither on their order nor on what was
    found first.
    """
    ranked = _ranked(articles)
    if ranked.empty:
        return empty(COPIES)
    given = conform(pairs, COPY_PAIRS)
    is_live = given["text_hash"].isin(ranked["text_hash"]) & given["other_hash"].isin(ranked["text_hash"])
    linked = given[is_live]
    ranked["group"] = _groups(ranked, linked)
    ranked["canonical"] = ranked["group"].map(_canonicals(ranked, linked))
    repeating = ranked[ranked["rank"] != ranked["canonical"]]
    matches = _matches(repeating, ranked, linked)
    uid = ranked["article_uid"]
    rows = matches.assign(
        article_uid=uid.loc[matches["rank"]].to_numpy(),
        canonical_uid=uid.loc[matches["canonical"]].to_numpy(),
        matched_uid=uid.loc[matches["other_rank"]].to_numpy(),
    )
    rows["matched_on"] = rows["matched_uid"] + ": " + _evidence(rows)
    rows["relation"] = rows["relation"].replace({"inside": "contained", "holds": "contained"})
    return conform(rows.sort_values("article_uid"), COPIES)


def _ranked(articles: pd.DataFrame) -> pd.DataFrame:
    """The articles that have a text, earliest first; `rank` is also the index."""
    given = widen(articles, COPY_ARTICLES).dropna(subset=["text_hash"])
    ordered = given.sort_values(["published_at", "article_uid"], na_position="last", ignore_index=True)
    return ordered.assign(rank=ordered.index, text_hash=ordered["text_hash"].astype("int64"))


def _groups(ranked: pd.DataFrame, linked: pd.DataFrame) -> np.ndarray:
    """For each article the rank of the earliest of its group, texts being joined where they are near copies."""
    texts = pd.Index(ranked["text_hash"].unique())  # in the order of their earliest articles
    near = linked[linked["relation"] == "near"]
    left, right = (texts.get_indexer(near[name]).astype(np.int64) for name in ("text_hash", "other_hash"))
    first = ranked.drop_duplicates("text_hash")["rank"].to_numpy()
    labels = components(left, right, len(texts))
    groups: np.ndarray = first[labels[texts.get_indexer(ranked["text_hash"])]]
    return groups


def _canonicals(ranked: pd.DataFrame, linked: pd.DataFrame) -> dict[int, int]:
    """For each group, named by its earliest article, the canonical article: its own or that of the group it is in."""
    heads = ranked.loc[ranked["group"] == ranked["rank"], ["rank", "text_hash"]]
    within = heads.merge(linked[linked["relation"] != "near"], on="text_hash")
    of_text = ranked.drop_duplicates("text_hash")[["text_hash", "group"]]
    within = within.merge(of_text, left_on="other_hash", right_on="text_hash", suffixes=("", "_other"))
    repeats = (within["relation"] == "inside") | (within["shared"] >= LEAST_OF_A_LATER_TEXT * within["shingles"])
    earlier = within[repeats & (within["group"] < within["rank"])]
    canonical = {int(rank): int(rank) for rank in heads["rank"]}
    # By rank, so that what is decided of a group is decided before it is asked for; the most alike, then the earliest.
    ordered = earlier.sort_values(["rank", "similarity", "group"], ascending=[True, False, True])
    for rank, group in zip(ordered["rank"].tolist(), ordered["group"].tolist(), strict=True):
        if canonical[rank] == rank and canonical[group] == group:
            canonical[rank] = group
    return canonical


def _matches(repeating: pd.DataFrame, ranked: pd.DataFrame, linked: pd.DataFrame) -> pd.DataFrame:
    """For each article that repeats another the pair that says so best.

    The pair with the canonical article if there is one, else the one most alike among earlier members of the group,
    else among all.
    """
    first = ranked.drop_duplicates("text_hash")[["text_hash", "rank", "canonical"]]
    same = repeating.merge(first, on="text_hash", suffixes=("", "_other"))
    same = same[same["rank"] != same["rank_other"]].assign(relation="exact", similarity=1.0)
    other = first.rename(columns={"text_hash": "other_hash"})
    alike = repeating.merge(linked, on="text_hash").merge(other, on="other_hash", suffixes=("", "_other"))
    found = pd.concat([same, alike])
    found = found[found["canonical"] == found["canonical_other"]].rename(columns={"rank_other": "other_rank"})
    found["is_canonical"] = found["other_rank"] == found["canonical"]
    found["is_earlier"] = found["other_rank"] < found["rank"]
    order = ["rank", "is_canonical", "is_earlier", "similarity", "other_rank"]
    best = found.sort_values(order, ascending=[True, False, False, False, True])
    return best.drop_duplicates("rank")


def _evidence(rows: pd.DataFrame) -> pd.Series:
    """The evidence in words."""
    numbers = rows.reindex(columns=["shared", "shingles", "other_shingles"]).astype("Int64")
    shared, this, other = (numbers[name].astype("str") for name in numbers.columns)
    either = (numbers["shingles"] + numbers["other_shingles"] - numbers["shared"]).astype("str")
    near = shared + " of " + either + " word triples are in both"
    inside = shared + " of its " + this + " word triples are in that text"
    holds = shared + " of that text's " + other + " word triples are in it"
    words = pd.Series("the same words", index=rows.index)
    for relation, text in (("near", near), ("inside", inside), ("holds", holds)):
        words = words.where(rows["relation"] != relation, text)
    return words
