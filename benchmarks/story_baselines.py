"""What stories are measured against: likeness of headlines, and TF-IDF cosine with the collection's frequencies."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_WORD = re.compile(r"[^\W_]+")


def headline_jaccard(titles: Sequence[str], pairs: NDArray[np.int64]) -> Floats:
    """Of each pair of places: words that both headlines have, of those that one has."""
    words = [frozenset(_WORD.findall(title.casefold())) for title in titles]
    return np.array([len(words[a] & words[b]) / (len(words[a] | words[b]) or 1) for a, b in pairs])


def tfidf_cosine(texts: Sequence[str], pairs: NDArray[np.int64]) -> Floats:
    """Of each pair of places: the cosine of (1 + ln tf) · ln(N / df), df over all the texts."""
    counts = [Counter(_WORD.findall(text.casefold())) for text in texts]
    frequency: Counter[str] = Counter()
    for count in counts:
        frequency.update(count.keys())
    vectors: dict[int, dict[str, float]] = {}
    for place in np.unique(pairs).tolist():
        vector = {w: (1 + np.log(n)) * np.log(len(texts) / frequency[w]) for w, n in counts[place].items()}
        length = np.sqrt(sum(x * x for x in vector.values())) or 1
        vectors[place] = {word: float(x / length) for word, x in vector.items()}
    return np.array([_dot(vectors[a], vectors[b]) for a, b in pairs.tolist()])


def _dot(one: dict[str, float], other: dict[str, float]) -> float:
    small, large = sorted((one, other), key=len)
    return sum(x * large.get(word, 0.0) for word, x in small.items())


def best_threshold(scores: Floats, same: Flags) -> float:
    """The threshold of the highest F1."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(same[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + same.sum())
    f1[:-1][scores[order][:-1] == scores[order][1:]] = 0  # no threshold parts equal scores
    return float(scores[order][int(np.argmax(f1))])


def pairwise_f1(found: Flags, same: Flags) -> tuple[float, float, float]:
    """F1, precision and recall of pairs said to be the same."""
    hits = int((found & same).sum())
    precision, recall = hits / (int(found.sum()) or 1), hits / (int(same.sum()) or 1)
    return 2 * precision * recall / ((precision + recall) or 1), precision, recall


def b_cubed(found: Flags, same: Flags, pairs: NDArray[np.int64]) -> float:
    """F of B-cubed precision and recall (Bagga and Baldwin 1998) over the pairs looked at, and each with itself."""
    precisions, recalls = [], []
    for article in np.unique(pairs):
        mine = (pairs == article).any(axis=1)
        both = 1 + int((found & same & mine).sum())
        precisions.append(both / (1 + int((found & mine).sum())))
        recalls.append(both / (1 + int((same & mine).sum())))
    precision, recall = float(np.mean(precisions)), float(np.mean(recalls))
    return 2 * precision * recall / (precision + recall)
