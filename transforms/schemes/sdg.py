"""Which of the 17 Sustainable Development Goals an article is about, from term lists."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from transforms import term_lists
from transforms.scheme_rows import TagRow, articles, tag_frame
from transforms.term_support import Support, supports
from transforms.vocabulary import version_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from transforms.term_lists import TermLists

SCHEME = "sdg"
METHOD = "lists"
_RULES = 2

#: Below this weight an article is about none of the goals: a headline that names a target of a goal has 15, a lead 5.
LEAST = 12.0
#: Fewer different terms than this are a coincidence …
LEAST_TERMS = 2
#: … and so are those of which none names a target of the goal in the headline or the lead: these have this weight.
TARGET = 4.0
#: A goal beside the first needs so much of its weight.
BESIDE = 0.5
#: At this weight the score is one half.
HALF = 20.0


def version() -> str:
    """Changes with the lists and the rules."""
    return version_of(_RULES, "sdg.txt")


def tag(texts: pd.DataFrame) -> pd.DataFrame:
    """Goals of articles, from `shapes.TEXTS` to `shapes.TAGS`; `tag` is `sdg:1` to `sdg:17`."""
    rows = []
    for article in articles(texts):
        for code, support in goals_of(article):
            score = support.weight / (support.weight + HALF)
            name = lists().tags[code].name
            rows.append(TagRow(article["article_uid"], code, name, score, METHOD, support.shown()))
    return tag_frame(rows, scheme=SCHEME, version=version())


def goals_of(article: Mapping[str, Any]) -> list[tuple[str, Support]]:
    """The goals of one article with what speaks for them, the weightiest first."""
    found = supports(lists(), article)
    ranked = sorted(found.items(), key=lambda item: (-item[1].weight, item[0]))
    least = max(LEAST, BESIDE * ranked[0][1].weight) if ranked else 0.0
    return [(code, support) for code, support in ranked if support.weight >= least and _is_no_coincidence(support)]


def _is_no_coincidence(support: Support) -> bool:
    return support.strongest >= TARGET and len({each.words.lower() for each in support.evidence}) >= LEAST_TERMS


@cache
def lists() -> TermLists:
    """The term lists of sdg.txt."""
    return term_lists.read("sdg.txt")
