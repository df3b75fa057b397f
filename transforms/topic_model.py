"""A linear model of topics that learns from a warehouse's own articles: complement naive Bayes over words.

Rennie, Shih, Teevan and Karger, "Tackling the Poor Assumptions of Naive Bayes Text Classifiers" (ICML 2003), the
variant with transformed, weight-normalised counts. It has a closed form: the same articles in any order give the same
model.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from transforms.errors import TooFewArticles, VocabularyError
from transforms.term_lists import fold
from transforms.term_support import BODY_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

#: A word is known from this many articles on, and the most frequent ones are kept.
LEAST_ARTICLES_OF_WORD = 3
MOST_WORDS = 30_000
#: A topic is learned from this many articles on, and there must be two of them.
LEAST_ARTICLES_OF_TOPIC = 20
#: So large a part of the articles it learned from is where it would rather say nothing: the closest decisions.
UNSURE = 0.1
MOST_WORDS_SHOWN = 3
_SMOOTHING = 1.0
_TITLE_TIMES = 3


class Opinion(NamedTuple):
    """What a model says of an article: the topic, and the words that speak most for it, with column and offset."""

    topic: str
    words: list[tuple[str, int, str]]


@dataclass(frozen=True)
class TopicModel:
    """What was learned.

    Attributes:
        topics: the codes of the topics.
        words: the words, sorted.
        idf: per word the logarithm of how rare it is.
        weights: word by topic.
        least_margin: below this distance between the best topic and the next it says nothing.
    """

    topics: list[str]
    words: list[str]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]
    least_margin: float

    @cached_property
    def version(self) -> str:
        """Changes with anything that was learned."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:8]

    @cached_property
    def _position(self) -> dict[str, int]:
        return {word: position for position, word in enumerate(self.words)}

    def opinion(self, article: Mapping[str, str]) -> Opinion | None:
        """The topic of an article; None where the model is not sure, or knows none of the words."""
        counts = {word: count for word, count in words_of(article).items() if word in self._position}
        if not counts:
            return None
        positions = np.array([self._position[word] for word in counts])
        values = _scaled(np.array(list(counts.values()), dtype=float), self.idf[positions])
        contributions = values[:, None] * self.weights[positions]
        scores = contributions.sum(axis=0)
        best = int(scores.argmax())
        if _margin(scores) < self.least_margin:
            return None
        ranked = sorted(zip((-contributions[:, best]).tolist(), counts, strict=True))
        words = [word for value, word in ranked[:MOST_WORDS_SHOWN] if value <= ranked[0][0] / 2]
        return Opinion(self.topics[best], [_placed(word, article) for word in words])

    def to_json(self) -> str:
        """The model as a text; `from_json` gives the same model back."""
        return json.dumps(
            {
                "topics": self.topics,
                "words": self.words,
                "idf": self.idf.tolist(),
                "weights": self.weights.tolist(),
                "least_margin": self.least_margin,
            }
        )


def from_json(text: str) -> TopicModel:
    """The model that `TopicModel.to_json` wrote.

    Raises:
        VocabularyError: the text is something else.
    """
    try:
        kept = json.loads(text)
        weights = np.array(kept["weights"], dtype=float)
        model = TopicModel(kept["topics"], kept["words"], np.array(kept["idf"]), weights, float(kept["least_margin"]))
        is_whole = weights.shape == (len(model.words), len(model.topics)) and len(model.idf) == len(model.words)
    except (ValueError, KeyError, TypeError) as error:
        raise VocabularyError(f"reading a model of topics: {error}; train it again") from error
    if not is_whole:
        raise VocabularyError("reading a model of topics: its parts are of different sizes; train it again")
    return model


def learn(articles: Sequence[Mapping[str, str]], topics: Sequence[str]) -> TopicModel:
    """Learns from articles (`title`, `summary`, `body` of each) and their topics.

    Raises:
        TooFewArticles: fewer than two topics have 20 articles, or these have no words in common.
    """
    sizes = Counter(topics)
    names = sorted(topic for topic, size in sizes.items() if size >= LEAST_ARTICLES_OF_TOPIC)
    if len(names) < 2:
        found = ", ".join(f"{topic} {size}" for topic, size in sorted(sizes.items())) or "none"
        raise TooFewArticles(
            f"learning topics: two topics with {LEAST_ARTICLES_OF_TOPIC} articles each are needed, "
            f"and there are {found}"
        )
    # Sums of floats depend on their order: the articles are put into one of their own.
    rows = sorted(
        (sorted(words_of(article).items()), topic)
        for article, topic in zip(articles, topics, strict=True)
        if topic in names
    )
    frequency = Counter(word for counts, _ in rows for word, _ in counts)
    known = [each for each in frequency.items() if each[1] >= LEAST_ARTICLES_OF_WORD]
    if not known:
        raise TooFewArticles(f"learning topics: no word is in {LEAST_ARTICLES_OF_WORD} of the {len(rows)} articles")
    words = sorted(word for word, _ in sorted(known, key=lambda each: (-each[1], each[0]))[:MOST_WORDS])
    position = {word: index for index, word in enumerate(words)}
    idf = np.array([round(math.log(len(rows) / frequency[word]), 4) for word in words], dtype=np.float64)
    vectors = [_vector(counts, position, idf) for counts, _ in rows]
    of_topic = np.array([names.index(topic) for _, topic in rows])
    weights = _complement_weights(vectors, of_topic, len(names), len(words))
    margins = [_margin(values @ weights[positions]) for positions, values in vectors if len(positions)]
    return TopicModel(names, words, idf, weights, round(float(np.quantile(margins, UNSURE)), 6))


def words_of(article: Mapping[str, str]) -> Counter[str]:
    """How often each word is said, those of the title three times; numbers and single letters are left out."""
    read = _read(article)
    text = " ".join([*[read["title"]] * _TITLE_TIMES, read["summary"], read["body"]])
    return Counter(word for word in fold(text).split() if len(word) > 1 and not word.isdigit())


def _read(article: Mapping[str, str]) -> dict[str, str]:
    """What of an article is read, by column: the cut may leave part of a word at its end."""
    return {"title": article["title"], "summary": article["summary"], "body": article["body"][:BODY_LIMIT]}


def _placed(word: str, article: Mapping[str, str]) -> tuple[str, int, str]:
    """Where a word is first said, with the spelling that it has there."""
    for column, text in _read(article).items():
        offset = f" {fold(text)} ".find(f" {word} ")
        if offset >= 0:
            return column, offset, text[offset : offset + len(word)]
    raise ValueError(f"placing the word {word!r}: it is not in the article")


def _vector(
    counts: Sequence[tuple[str, int]], position: Mapping[str, int], idf: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    known = [(position[word], count) for word, count in counts if word in position]
    positions = np.array([each for each, _ in known], dtype=np.intp)
    return positions, _scaled(np.array([count for _, count in known], dtype=float), idf[positions])


def _scaled(counts: NDArray[np.float64], idf: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.log1p(counts) * idf
    length = float(np.sqrt((values**2).sum()))
    return values / length if length else values


def _complement_weights(
    vectors: Sequence[tuple[NDArray[np.intp], NDArray[np.float64]]], of_topic: NDArray[np.intp], topics: int, words: int
) -> NDArray[np.float64]:
    sums = np.zeros((topics, words))
    for (positions, values), topic in zip(vectors, of_topic, strict=True):
        sums[topic, positions] += values
    others = sums.sum(axis=0) - sums + _SMOOTHING
    weights = -np.log(others / others.sum(axis=1, keepdims=True))
    weights /= np.abs(weights).sum(axis=1, keepdims=True)
    # What a word says for all topics alike says nothing; in thousandths of the mean, so that four decimals are enough.
    centred: NDArray[np.float64] = (weights - weights.mean(axis=0)) * words * 1000
    return centred.T.round(1)


def _margin(scores: NDArray[np.float64]) -> float:
    best, second = np.sort(scores)[::-1][:2]
    return float(best - second)
