"""Which pairs of articles hold a story together, and how far from an article they reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

#: Per article that is no copy, those it or its copies are paired with and their scores.
Neighbours = dict[str, dict[str, float]]

#: A score that needs no support of others.
_STRONG = 0.25
#: Tenths of the smaller of two neighbourhoods that both must have, where the score is not as high.
_SUPPORT = 7


def neighbours(pairs: pd.DataFrame, near: Neighbours | None = None) -> Neighbours:
    """The pairs, rows of `transforms.node_pairs`, by article; added to `near` if given: the higher score counts."""
    near = {} if near is None else near
    columns = (pairs[name].tolist() for name in ("article_uid", "other_uid", "score"))
    for uid, other, score in zip(*columns, strict=True):
        of_one = near.setdefault(uid, {})
        of_one[other] = max(score, of_one.get(other, score))
    return near


def is_link(one: str, other: str, near: Neighbours) -> bool:
    """Whether a pair holds a story together.

    A high score does. A lower one does where the two have most of their neighbours in common, each counting among its
    own: that keeps one article that is a little like two stories from making them one. (The structural similarity of
    SCAN, https://doi.org/10.1145/1281192.1281280, with the smaller neighbourhood below the line.)
    """
    if near[one][other] >= _STRONG:
        return True
    mine, theirs = near[one].keys() | {one}, near[other].keys() | {other}
    return 10 * len(mine & theirs) >= _SUPPORT * min(len(mine), len(theirs))


class Reach:
    """The articles whose stories can differ after some changed, found as their pairs are read.

    What holds a pair together depends on the neighbours of both, so it is all that is linked to the changed articles
    or to their neighbours.

    Args:
        changed: articles that won or lost a pair.

    Attributes:
        reached: as far as the pairs read so far tell.
    """

    def __init__(self, changed: Iterable[str]) -> None:
        self._changed = frozenset(changed)
        self._near: Neighbours = {}
        self._read: set[str] = set()
        self._due = set(self._changed)
        self.reached = set(self._changed)

    def add(self, pairs: pd.DataFrame, read: Iterable[str] = ()) -> None:
        """Takes note of pairs, rows of `transforms.node_pairs`; of the articles `read` they are then all there are."""
        neighbours(pairs, self._near)
        self._read.update(read)

    def missing(self) -> set[str]:
        """Goes on, and tells of which articles all pairs are needed to know where; if of none, all is reached."""
        due, self._due, missing = list(self._due), set(), set[str]()
        while due:
            uid = due.pop()
            unknown = set() if uid in self._read else {uid}
            for other in self._near.get(uid, {}).keys() - self.reached:
                if uid not in self._changed and (unknown or other not in self._read):
                    unknown.add(other)
                elif uid in self._changed or is_link(uid, other, self._near):
                    self.reached.add(other)
                    due.append(other)
            if unknown:
                missing |= unknown
                self._due.add(uid)
        return missing - self._read
