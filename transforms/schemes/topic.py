"""What an article is about: IPTC Media Topics, from term lists; the site's label and a model are further features.

The model is one that `topics train` learned from the warehouse's own articles; without it the lists stand alone.
"""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING, Any

from transforms import term_lists
from transforms.scheme_rows import TagRow, articles, tag_frame
from transforms.term_support import Evidence, Support, supports
from transforms.vocabulary import version_of, vocabulary_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from transforms.term_lists import TermLists
    from transforms.topic_model import TopicModel

SCHEME = "topic"
#: `lists`: the term lists and the site's sections; `learned`: a model of the warehouse's own articles spoke for it too.
METHODS = ("lists", "learned")
_RULES = 2

#: Below this weight an article has no topic: a headline with one strong term has 9, a lead with two fair ones 4.
LEAST = 4.0
#: A topic beside the first needs so much of its weight …
BESIDE = 0.5
#: … and a narrower one so much of that of its broader one.
NARROWER = 0.2
#: At this weight the score is one half.
HALF = 10.0
#: What the opinion of a model weighs: more than a headline with one strong term, less than two.
OPINION = 12.0


def version(model: TopicModel | None = None) -> str:
    """Changes with the lists, the map of the sites' sections, the rules and the model."""
    of_lists = version_of(_RULES, "topic.txt", "topic_site.csv")
    return of_lists if model is None else f"{of_lists}+{model.version}"


def tag(texts: pd.DataFrame, model: TopicModel | None = None) -> pd.DataFrame:
    """Topics of articles, from `shapes.TEXTS` to `shapes.TAGS`; a narrower topic comes with its broader ones."""
    rows = []
    for article in articles(texts):
        for code, support in topics_of(article, model):
            score = support.weight / (support.weight + HALF)
            rows.append(
                TagRow(
                    article_uid=article["article_uid"],
                    tag=code,
                    name=lists().tags[code].name,
                    score=score,
                    method=METHODS[support.is_learned],
                    evidence=support.shown(),
                )
            )
    return tag_frame(rows, scheme=SCHEME, version=version(model))


def topics_of(article: Mapping[str, Any], model: TopicModel | None = None) -> list[tuple[str, Support]]:
    """The topics of one article with what speaks for them, the broad ones by weight, each before its narrower ones."""
    weights = rolled_up(article)
    opinion = model.opinion(article) if model is not None else None
    if opinion is not None and opinion.topic in lists().tags:
        support = weights.setdefault(opinion.topic, Support())
        support.is_learned = True
        for column, offset, words in opinion.words:
            support.add(Evidence(OPINION / len(opinion.words), column, offset, words))
    broad = sorted((code for code in weights if not lists().tags[code].broader), key=lambda c: (-weights[c].weight, c))
    least = max(LEAST, BESIDE * weights[broad[0]].weight) if broad else 0.0
    chosen: list[tuple[str, Support]] = []
    for code in broad:
        if weights[code].weight >= least:
            chosen.append((code, weights[code]))
            chosen += _narrower(code, weights)
    return chosen


def rolled_up(article: Mapping[str, Any]) -> dict[str, Support]:
    """Per topic what speaks for it or for a narrower one."""
    direct = supports(lists(), article)
    for column in ("label", "sector"):
        for code, weight in site_sections().get((column, article[column]), ()):
            direct.setdefault(code, Support()).add(Evidence(weight, column, 0, article[column]))
    total: dict[str, Support] = {}
    for code, support in direct.items():
        while code:
            total.setdefault(code, Support()).include(support)
            code = lists().tags[code].broader  # noqa: PLW2901 - climbs to the top
    return total


def _narrower(broader: str, weights: Mapping[str, Support]) -> list[tuple[str, Support]]:
    least = max(LEAST, NARROWER * weights[broader].weight)
    chosen: list[tuple[str, Support]] = []
    for code in sorted(weights):
        if lists().tags[code].broader == broader and weights[code].weight >= least:
            chosen.append((code, weights[code]))
            chosen += _narrower(code, weights)
    return chosen


@cache
def lists() -> TermLists:
    """The term lists of topic.txt."""
    return term_lists.read("topic.txt")


@cache
def site_sections() -> dict[tuple[str, str], list[tuple[str, float]]]:
    """(column, value) of a site's section to the topics it speaks for; none where it says no more than "news"."""
    sections: dict[tuple[str, str], list[tuple[str, float]]] = {}
    lines = vocabulary_file("topic_site.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        sections.setdefault((row["field"], row["value"]), []).append((row["tag"], float(row["weight"])))
    return sections
