"""Stories: the articles about one event, found by putting together what is alike, closest first."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from transforms.shapes import Shape, conform, widen
from transforms.story_links import Neighbours, is_link, neighbours
from transforms.story_nodes import canonical_of, node_pairs
from transforms.story_pairs import STORY_LINKS, STORY_PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STORY_MEMBERS: Shape = {
    "story_id": "text",
    "article_uid": "text",
    "published_at": "time",
    "score": "number",
    "evidence": "text",
}

#: Members of which the terms that they share with the closest other article, `other_uid`, are yet to be told.
TIED_MEMBERS: Shape = STORY_MEMBERS | {"other_uid": "text"}

STORIES: Shape = {
    "story_id": "text",
    "title": "text",
    "articles": "count",
    "sources": "texts",
    "first_published_at": "time",
    "last_published_at": "time",
}

#: What the scores between two groups must be on average, pairs without one counting as 0, for them to be one story.
_LINKAGE = 0.1
#: No story is larger or goes on for longer, copies aside: what would, is several.
MOST_ARTICLES = 200
LONGEST = pd.Timedelta(days=14)
_SCALE = 10_000


def story_members(articles: pd.DataFrame, pairs: pd.DataFrame, copies: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article. Key: article_uid. Every article is in exactly one story, many in one of their own.

    Args:
        articles: article_uid, published_at (as in `transforms.story_terms`; may be null): with every article all that
            is linked to it, and its copies and its canonical article.
        pairs: all rows of `transforms.story_pairs` about these articles, and about the others that those name; without
            their terms (`STORY_LINKS`).
        copies: rows of `transforms.copies` (article_uid, canonical_uid, similarity) of all these that are copies.

    An article and its copies are of one story, whenever they were published. They count as one, published with the
    earliest, and what one of them is paired with, all are (see `transforms.node_pairs`). These are put together by
    average linkage, the most alike first, ties by who was published first: so the result depends on the articles and
    not on the order they came in. `story_id` is the uid of the story's earliest article. `score` is that of the
    closest other article of the story, `other_uid`; where an article is paired with none, of its copy, and then
    `evidence` says so; all null in a story of one. `with_evidence` tells the evidence of the others.
    """
    canonical = dict(zip(copies["article_uid"], copies["canonical_uid"], strict=True))
    rows = articles[["article_uid", "published_at"]].drop_duplicates("article_uid")
    rows = rows.sort_values(["published_at", "article_uid"], ignore_index=True)
    rows["node"] = canonical_of(rows["article_uid"], canonical)
    firsts = rows.drop_duplicates("node").set_index("node")
    nodes: list[str] = firsts.index.tolist()
    first_of = dict(zip(nodes, firsts["article_uid"], strict=True))
    times = dict(zip(nodes, firsts["published_at"], strict=True))
    near = neighbours(node_pairs(pairs, canonical))
    story_of: dict[str, str] = {}
    for linked in linked_groups(nodes, near):
        for group in _Groups(linked, near, times).put_together():
            story_of |= dict.fromkeys(group, first_of[group[0]])
    members = rows.assign(story_id=rows["node"].map(story_of))
    closest = _closest(pairs, copies, dict(zip(members["article_uid"], members["story_id"], strict=True)))
    return conform(members.join(closest, on="article_uid").sort_values(["story_id", "article_uid"]), TIED_MEMBERS)


def with_evidence(members: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article. Key: article_uid. `evidence` names the closest other article and the terms shared.

    Args:
        members: what `story_members` gives.
        pairs: rows of `transforms.story_pairs`, those of each member and its closest other article at least.
    """
    told = widen(pairs, STORY_PAIRS)[["article_uid", "other_uid", "shared_terms"]]
    rows = widen(members, TIED_MEMBERS).merge(told, how="left", on=["article_uid", "other_uid"], validate="one_to_one")
    evidence = rows["other_uid"] + ": " + rows["shared_terms"].map(", ".join, na_action="ignore").astype("str")
    return conform(rows.assign(evidence=rows["evidence"].fillna(evidence)), STORY_MEMBERS)


def stories(members: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per story. Key: story_id.

    Args:
        members: rows of `story_members`, all of each story.
        articles: article_uid, title, source of every article of these.

    `title` is that of the earliest article; `sources` are those of its articles, each once, sorted.
    """
    rows = widen(members, STORY_MEMBERS).merge(articles[["article_uid", "title", "source"]], on="article_uid")
    sources = rows[["story_id", "source"]].dropna().drop_duplicates().sort_values(["story_id", "source"])
    groups = rows.groupby("story_id", sort=True)
    frame = groups.agg(
        articles=("article_uid", "size"),
        first_published_at=("published_at", "min"),
        last_published_at=("published_at", "max"),
    )
    frame["title"] = rows[rows["article_uid"] == rows["story_id"]].set_index("story_id")["title"]
    listed = sources.groupby("story_id")["source"].agg(list)
    frame["sources"] = [listed.get(story_id, []) for story_id in frame.index]
    return conform(frame.reset_index(), STORIES)


def linked_groups(uids: Sequence[str], near: Neighbours) -> Iterator[list[str]]:
    """The connected components of the links, each in the order of `uids`, which is that of publication."""
    place = {uid: number for number, uid in enumerate(uids)}
    seen: set[str] = set()
    for first in uids:
        if first in seen:
            continue
        seen.add(first)
        component, due = [first], [first]
        while due:
            uid = due.pop()
            for other in near.get(uid, {}):
                if other in place and other not in seen and is_link(uid, other, near):
                    seen.add(other)
                    component.append(other)
                    due.append(other)
        yield sorted(component, key=place.__getitem__)


class _Merge(NamedTuple):
    """Two groups that could be put together, by the places of their earliest articles; the smallest is the next."""

    unlikeness: float
    one: int
    other: int


class _Groups:
    """Average linkage over one component: groups named by the place of their earliest article."""

    def __init__(self, uids: Sequence[str], near: Neighbours, times: dict[str, pd.Timestamp]) -> None:
        self._uids = uids
        self._times = [times[uid] for uid in uids]
        self._groups = {place: [place] for place in range(len(uids))}
        places = {uid: place for place, uid in enumerate(uids)}
        # Sums of whole numbers, which come out the same in any order.
        self._sums: dict[int, dict[int, int]] = {
            place: {
                places[other]: round(score * _SCALE)
                for other, score in near.get(uid, {}).items()
                if other in places and is_link(uid, other, near)
            }
            for uid, place in places.items()
        }
        self._due = [self._merge(one, other) for one, sums in self._sums.items() for other in sums if one < other]
        heapq.heapify(self._due)

    def put_together(self) -> list[list[str]]:
        """The groups that are left when no two are alike enough, each in the order of publication."""
        while self._due:
            merge = heapq.heappop(self._due)
            if merge.unlikeness > -_LINKAGE:
                break
            _, one, other = merge
            if other in self._sums.get(one, {}) and merge == self._merge(one, other) and self._is_allowed(one, other):
                self._put_together(one, other)
        return [[self._uids[place] for place in sorted(group)] for group in self._groups.values()]

    def _merge(self, one: int, other: int) -> _Merge:
        size = len(self._groups[one]) * len(self._groups[other])
        return _Merge(-self._sums[one][other] / size / _SCALE, min(one, other), max(one, other))

    def _is_allowed(self, one: int, other: int) -> bool:
        both = self._groups[one] + self._groups[other]
        return len(both) <= MOST_ARTICLES and self._times[max(both)] - self._times[min(both)] <= LONGEST

    def _put_together(self, one: int, other: int) -> None:
        self._groups[one] += self._groups.pop(other)
        sums, others = self._sums[one], self._sums.pop(other)
        for third, total in others.items():
            if third != one:
                sums[third] = sums.get(third, 0) + total
                del self._sums[third][other]
        del sums[other]
        for third, total in sums.items():
            self._sums[third][one] = total
            heapq.heappush(self._due, self._merge(one, third))


def _closest(pairs: pd.DataFrame, copies: pd.DataFrame, story_of: dict[str, str]) -> pd.DataFrame:
    """By article, the other of its story that it is closest to: other_uid, score, and of copies the evidence."""
    rows = widen(pairs, STORY_LINKS)
    story = rows["article_uid"].map(story_of)
    rows = rows[story.notna() & (story == rows["other_uid"].map(story_of))]
    rows = rows.sort_values(["score", "other_published_at", "other_uid"], ascending=[False, True, True])
    tied = pd.concat([rows[["article_uid", "other_uid", "score"]], _ties_of(copies, story_of)])
    return tied.drop_duplicates("article_uid").set_index("article_uid")


def _ties_of(copies: pd.DataFrame, story_of: dict[str, str]) -> pd.DataFrame:
    """Copies and their canonical articles as pairs in both directions, the most alike first."""
    here = copies[copies["article_uid"].isin(story_of)]
    here = here.rename(columns={"canonical_uid": "other_uid", "similarity": "score"})
    turned = here.rename(columns={"article_uid": "other_uid", "other_uid": "article_uid"})
    both = pd.concat([here.assign(said="repeats it"), turned.assign(said="repeated by it")])
    both = both.assign(evidence=both["other_uid"] + ": " + both["said"]).drop(columns="said")
    return both.sort_values(["score", "other_uid"], ascending=[False, True])
