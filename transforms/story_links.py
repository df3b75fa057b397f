"""Which pairs of articles hold a story together, and how far from an article they reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

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


def reach(changed: Iterable[str], near: Neighbours, read: AbstractSet[str]) -> tuple[set[str], set[str]]:
    """The articles whose stories can differ after these changed, as far as the pairs read tell.

    What holds a pair together depends on the neighbours of both, so it is all that is linked to the changed articles
    or to their neighbours.

    Args:
        changed: articles that won or lost a pair.
        near: the pairs as they are now.
        read: the articles of which `near` has all pairs.

    Returns:
        The articles reached, and those of which the pairs must be read to know whether it goes on there; when there
        are none of these, the first are all.
    """
    start = set(changed)
    start |= {other for uid in start for other in near.get(uid, {})}
    reached, missing, due = set(start), start - read, list(start)
    while due:
        uid = due.pop()
        for other in near.get(uid, {}):
            if uid not in read or other not in read:
                missing |= {uid, other} - read
            elif other not in reached and is_link(uid, other, near):
                reached.add(other)
                due.append(other)
    return reached, missing
