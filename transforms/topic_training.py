"""Learning topics from a warehouse's own articles, and measuring whether that is better than the term lists alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.errors import TooFewArticles
from transforms.scheme_rows import articles
from transforms.schemes import topic
from transforms.topic_model import learn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from transforms.topic_model import TopicModel

#: One article in so many is kept from the model, to measure it by.
HELD_OUT_EVERY = 5


@dataclass(frozen=True, slots=True)
class Training:
    """A model, and how it does on articles it has not seen: macro-F1 against the site's label, which nobody is shown.

    Attributes:
        model: what was learned.
        articles: how many it learned from.
        held_out: how many it was measured on.
        lists_f1: macro-F1 of the term lists alone.
        learned_f1: macro-F1 of the lists with the model.
    """

    model: TopicModel
    articles: int
    held_out: int
    lists_f1: float
    learned_f1: float

    @property
    def is_better(self) -> bool:
        """Whether the model earns its place."""
        return self.learned_f1 > self.lists_f1


def train(texts: pd.DataFrame) -> Training:
    """Learns from the articles whose label names one topic: `headlines` and the like name none and are left out.

    Args:
        texts: rows of the articles table, or of the shape `transforms.shapes.TEXTS`.

    Raises:
        TooFewArticles: fewer than two topics have enough articles, or none is left to measure by.
    """
    labelled = [(article, named) for article in articles(texts) if (named := labelled_topic(article["label"]))]
    learned_from = [each for each in labelled if not is_held_out(each[0]["article_uid"])]
    model = learn([article for article, _ in learned_from], [named for _, named in learned_from])
    held_out = [
        ({**article, "label": "", "sector": ""}, named)
        for article, named in labelled
        if is_held_out(article["article_uid"]) and named in model.topics
    ]
    if not held_out:
        raise TooFewArticles("learning topics: no labelled article is left to measure by; ingest more and try again")
    gold = [named for _, named in held_out]
    alone = [_first(topic.topics_of(article)) for article, _ in held_out]
    helped = [_first(topic.topics_of(article, model)) for article, _ in held_out]
    return Training(
        model=model,
        articles=len(learned_from),
        held_out=len(held_out),
        lists_f1=macro_f1(gold, alone),
        learned_f1=macro_f1(gold, helped),
    )


def labelled_topic(label: str) -> str | None:
    """The topic that a site's label names; None where it names none or several."""
    named = topic.site_sections().get(("label", label), [])
    return named[0][0] if len(named) == 1 else None


def is_held_out(article_uid: str) -> bool:
    """Whether an article is kept from the model: the same ones every time."""
    return int.from_bytes(hashlib.sha256(article_uid.encode()).digest()[:4]) % HELD_OUT_EVERY == 0


def macro_f1(gold: Sequence[str], given: Sequence[str | None]) -> float:
    """The mean of the F1 of the classes in `gold`; no answer is a wrong one."""
    scores = []
    for each in sorted(set(gold)):
        right = sum(a == each == b for a, b in zip(gold, given, strict=True))
        said = sum(b == each for b in given)
        scores.append(2 * right / (said + gold.count(each)) if right else 0.0)
    return sum(scores) / len(scores)


def _first(topics: Sequence[tuple[str, object]]) -> str | None:
    return topics[0][0] if topics else None
