"""What an article is about: IPTC Media Topics, from term lists and, as one feature among others, the site's label."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

from transforms import term_lists
from transforms.scheme_rows import TagRow, articles, tag_frame
from transforms.term_weights import Evidence, Support, supports
from transforms.vocabulary import version_of, vocabulary_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from transforms.term_lists import TermLists

SCHEME = "topic"
METHOD = "lists"
_RULES = 1

#: Below this weight an article has no topic: a headline with one strong term has 9, a short text with three fair ones 6.
LEAST = 4.0
#: A topic beside the first needs so much of its weight …
BESIDE = 0.45
#: … and a narrower one so much of that of its broader one.
NARROWER = 0.2
#: At this weight the score is one half.
HALF = 10.0


def version() -> str:
    """Changes with the lists, the map of the sites' sections and the rules."""
    return version_of(_RULES, "topic.txt", "topic_site.csv")


def tag(texts: pd.DataFrame) -> pd.DataFrame:
    """Topics of articles, from `shapes.TEXTS` to `shapes.TAGS`; a narrower topic comes with its broader ones."""
    rows = []
    for article in articles(texts):
        for code, support in topics_of(article):
            score = support.weight / (support.weight + HALF)
            name = lists().tags[code].name
            rows.append(TagRow(article["article_uid"], code, name, score, METHOD, support.shown()))
    return tag_frame(rows, scheme=SCHEME, version=version())


def topics_of(article: Mapping[str, str]) -> list[tuple[str, Support]]:
    """The topics of one article with what speaks for them, the broad ones by weight, each before its narrower ones."""
    weights = rolled_up(article)
    broad = sorted((code for code in weights if not lists().tags[code].broader), key=lambda c: (-weights[c].weight, c))
    least = max(LEAST, BESIDE * weights[broad[0]].weight) if broad else 0.0
    chosen: list[tuple[str, Support]] = []
    for code in broad:
        if weights[code].weight >= least:
            chosen.append((code, weights[code]))
            chosen += _narrower(code, weights)
    return chosen


def rolled_up(article: Mapping[str, str]) -> dict[str, Support]:
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
    with vocabulary_file("topic_site.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            sections.setdefault((row["field"], row["value"]), []).append((row["tag"], float(row["weight"])))
    return sections
