"""What is different between what is known of stories and what is found now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from transforms.shapes import Shape, conform, widen
from transforms.stories import STORIES, STORY_MEMBERS
from transforms.story_pairs import STORY_PAIRS
from transforms.story_terms import STORY_TERMS

if TYPE_CHECKING:
    from collections.abc import Iterable

_TABLES: dict[str, tuple[Shape, list[str]]] = {
    "story_terms": (STORY_TERMS, ["published_at", "article_uid", "term"]),
    "story_pairs": (STORY_PAIRS, ["published_at", "article_uid", "other_uid"]),
    "story_members": (STORY_MEMBERS, ["published_at", "article_uid"]),
    "stories": (STORIES, ["first_published_at", "story_id"]),
}
_TIMES: Shape = {"article_uid": "text", "published_at": "time"}


def changed_articles(terms: pd.DataFrame, known_terms: pd.DataFrame) -> list[str]:
    """The articles that are matched anew: those whose rows of `story_terms` are not the ones known, sorted."""
    both = widen(terms, STORY_TERMS).merge(widen(known_terms, STORY_TERMS), how="outer", indicator=True)
    return sorted(both.loc[both["_merge"] != "both", "article_uid"].unique())


def changed_rows(table: str, before: pd.DataFrame, now: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of `now` that `before` lacks or has otherwise, and the keys of `before` that `now` lacks.

    A column of the key that is null in one of these keys is left out of them: what is left still tells the rows apart.
    """
    shape, key = _TABLES[table]
    old, new = widen(before, shape), widen(now, shape)
    lists = [name for name, kind in shape.items() if kind == "texts"]
    old_rows, new_rows = (f.assign(**{name: f[name].map(tuple) for name in lists}) for f in (old, new))
    is_new = new_rows.merge(old_rows, how="left", on=list(shape), indicator=True)["_merge"] == "left_only"
    is_gone = old[key].merge(new[key], how="left", on=key, indicator=True)["_merge"] == "left_only"
    gone = old.loc[is_gone.to_numpy(), key]
    return new[is_new.to_numpy()], gone.loc[:, gone.notna().all()].reset_index(drop=True)


def both_ways(pairs: pd.DataFrame) -> pd.DataFrame:
    """These rows of `story_pairs` and those of the same pairs seen from the other article, each once."""
    turned = {"article_uid": "other_uid", "published_at": "other_published_at"}
    others = pairs.rename(columns=turned | {there: here for here, there in turned.items()})
    return conform(pd.concat([pairs, others]).drop_duplicates(["article_uid", "other_uid"]), STORY_PAIRS)


def paired(pairs: pd.DataFrame, without: Iterable[str]) -> pd.DataFrame:
    """The other articles of these pairs and their times, each once, without some: article_uid, published_at."""
    others = pairs[["other_uid", "other_published_at"]].set_axis(list(_TIMES), axis="columns")
    others = others[~others["article_uid"].isin(list(without))]
    return widen(others.drop_duplicates("article_uid"), _TIMES)


def story_heads(members: pd.DataFrame) -> pd.DataFrame:
    """The earliest article of each story and its time: article_uid (the story's id), published_at."""
    return widen(members[members["article_uid"] == members["story_id"]], _TIMES)
