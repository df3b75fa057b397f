"""Which articles tell of the same event: pairs within three days of each other, scored on the terms they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from transforms.shapes import Shape, conform, widen
from transforms.story_terms import STORY_TERMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

STORY_PAIRS: Shape = {
    "published_at": "time",
    "article_uid": "text",
    "other_published_at": "time",
    "other_uid": "text",
    "score": "number",
    "shared_terms": "texts",
}

#: What stories are put together by: the pairs without the terms they share.
STORY_LINKS: Shape = {name: STORY_PAIRS[name] for name in ("article_uid", "other_uid", "other_published_at", "score")}

#: How far apart in time two articles of one story may be published, when nothing between them joins them.
WINDOW = pd.Timedelta(days=3)
#: The score from which two articles are of one story; like the two below tuned on one half of the labelled pairs.
SAME_STORY = 0.18
#: The score of three days apart is this much lower than at once.
_FADING = 0.7
#: What is shared should be names and numbers to this part; without any of them, this much of the score is left.
_NAMED, _UNNAMED = 0.4, 0.3
#: Two terms shared alike give half of what many would: one rare word in common is chance.
_BREADTH = 2.0
_EVIDENCE = 6
_DECIMALS = 4
#: Weights are multiplied as whole numbers, so that a sum does not depend on the order of its parts.
_SCALE = 10_000
_SECONDS = int(WINDOW.total_seconds())
_AT_ONCE = 4_000_000


def story_pairs(terms: pd.DataFrame, known_terms: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article and other article of the same event, so two per pair. Key: article_uid, other_uid.

    Args:
        terms: rows of `transforms.story_terms`: all of every article to be matched.
        known_terms: the same of others: at least of all published within `WINDOW` of those. What it says of articles
            that `terms` is about is left out.

    Gives the pairs of which at least one is in `terms`. `score` is the product of four parts: the cosine of the two
    articles' weights; n / (n + 2), where n is how many terms they share, counted by what each adds to the cosine (the
    inverse Simpson index); 1 where 40 % or more of the cosine are names and numbers, falling to 0.3 where none is; and
    1 at once, falling to 0.3 at three days. `shared_terms` are those that add most.
    """
    rows = _Rows(terms, known_terms)
    found = [pairs for block in rows.blocks() if len(pairs := _matches(rows, *block))]
    if not found:
        return widen(pd.DataFrame(), STORY_PAIRS)
    pairs = pd.concat(found)
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    one = pd.DataFrame(
        {
            "published_at": rows.times[left],
            "article_uid": rows.uids[left],
            "other_published_at": rows.times[right],
            "other_uid": rows.uids[right],
            "score": pairs["score"].to_numpy(),
            "shared_terms": pairs["shared_terms"].to_numpy(),
        }
    )
    turned = {"article_uid": "other_uid", "published_at": "other_published_at"}
    other = one.rename(columns=turned | {there: here for here, there in turned.items()})
    both = pd.concat([one, other]).sort_values(["published_at", "article_uid", "other_uid"])
    return conform(both, STORY_PAIRS)


class _Rows:
    """All rows as arrays: one entry per article in `uids`, `times`, `is_new`; one per term of one in the others."""

    def __init__(self, terms: pd.DataFrame, known_terms: pd.DataFrame) -> None:
        new, known = conform(terms, STORY_TERMS), widen(known_terms, STORY_TERMS)
        known = known[~known["article_uid"].isin(new["article_uid"])]
        rows = pd.concat([known, new]).sort_values(["article_uid", "term"], ignore_index=True)
        self.article, self.uids = pd.factorize(rows["article_uid"])
        self.term, self.names = pd.factorize(rows["term"], sort=True)
        firsts = rows.drop_duplicates("article_uid")
        self.times = firsts["published_at"].array
        self.is_new = firsts["article_uid"].isin(new["article_uid"]).to_numpy()
        self.seconds = (firsts["published_at"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy()
        self.seconds = np.floor(self.seconds).astype(np.int64)
        self.is_naming = (rows["is_name"] | rows["term"].str[0].str.isdigit()).to_numpy()
        self.weight = np.rint(rows["weight"].to_numpy() * _SCALE).astype(np.int64)

    def blocks(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Rows of new articles beside rows of others with the same term and near in time, whole articles at a time."""
        # Sorted by term and time, the rows near one in time are a slice.
        start = self.seconds.min() - _SECONDS if len(self.seconds) else 0
        span = self.seconds.max() - start + _SECONDS + 1 if len(self.seconds) else 1
        place = self.term * span + self.seconds[self.article] - start
        order = np.argsort(place, kind="stable")
        ordered = place[order]
        mine = np.flatnonzero(self.is_new[self.article])
        first = np.searchsorted(ordered, place[mine] - _SECONDS, side="left")
        counts = np.searchsorted(ordered, place[mine] + _SECONDS, side="right") - first
        parts = np.cumsum(np.bincount(self.article[mine], counts, len(self.uids))) // _AT_ONCE
        part = parts[self.article[mine]]
        for each in np.unique(part):
            here = np.flatnonzero(part == each)
            repeated = np.repeat(mine[here], counts[here])
            offsets = np.arange(len(repeated)) - np.repeat(np.cumsum(counts[here]) - counts[here], counts[here])
            others = order[np.repeat(first[here], counts[here]) + offsets]
            left, right = self.article[repeated], self.article[others]
            # Of two new articles, each finds the other: once is enough.
            once = np.where(self.is_new[right], left < right, left != right)
            yield repeated[once], others[once]


def _matches(rows: _Rows, mine: Numbers, others: Numbers) -> pd.DataFrame:
    """The pairs that score high enough: left, right (numbers of articles), score, shared_terms."""
    pair = rows.article[mine] * len(rows.uids) + rows.article[others]
    order = np.argsort(pair, kind="stable")
    pair, mine, others = pair[order], mine[order], others[order]
    begins = np.flatnonzero(np.diff(pair, prepend=-1))
    if not len(begins):
        return pd.DataFrame()
    left, right = np.divmod(pair[begins], len(rows.uids))
    product = rows.weight[mine] * rows.weight[others]
    score = _scores(product, rows.is_naming[mine] | rows.is_naming[others], begins)
    apart = np.abs(rows.seconds[left] - rows.seconds[right]) / _SECONDS
    score = np.round(score * (1 - _FADING * apart), _DECIMALS)
    high = score >= SAME_STORY
    kept = np.repeat(high, np.diff(begins, append=len(pair)))
    shared = pd.DataFrame({"pair": pair[kept], "term": rows.term[mine[kept]], "product": product[kept]})
    shared = shared.sort_values(["pair", "product", "term"], ascending=[True, False, True])
    shared = shared.groupby("pair").head(_EVIDENCE)
    names = pd.Series(rows.names[shared["term"]], index=shared["pair"]).groupby(level=0).agg(list)
    return pd.DataFrame(
        {"left": left[high], "right": right[high], "score": score[high], "shared_terms": names.to_numpy()}
    )


def _scores(product: Numbers, is_naming: NDArray[np.bool_], begins: Numbers) -> NDArray[np.float64]:
    """The score at once of each pair, whose shared terms are a slice of the arrays that begins at one of `begins`."""
    total = np.add.reduceat(product, begins).astype(np.float64)
    squares = np.add.reduceat(product * product, begins).astype(np.float64)
    naming = np.add.reduceat(product * is_naming, begins).astype(np.float64)
    breadth = total * total / squares
    named = np.minimum(1.0, naming / total / _NAMED)
    scores: NDArray[np.float64] = (
        total / _SCALE**2 * breadth / (breadth + _BREADTH) * (_UNNAMED + (1 - _UNNAMED) * named)
    )
    return scores
