"""What the terms of a text say together: per tag a weight, and the words it comes from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transforms.term_lists import TermLists

#: How much a term counts where it stands. A headline says what a text is about, a lead nearly so.
FIELD_WEIGHTS = {"title": 3.0, "summary": 1.5, "body": 1.0, "site_tags": 1.0, "keywords": 0.5}
#: (up to this character of the body, weight): a news text tells the least important last.
BODY_WEIGHTS = ((500, 1.0), (1500, 0.6), (4000, 0.35))
BODY_LIMIT = BODY_WEIGHTS[-1][0]
#: The headline, the summary, the lead and the site's tags count so much or more.
PROMINENT = 1.0
#: Every further time a term is said counts this much of the time before.
REPEATED = 0.6
MOST_EVIDENCE = 8
#: Between the entries of a list that is searched as one text: no term reaches over it.
_DIVIDER = "; "


class Evidence(NamedTuple):
    """Words that speak for a tag, and where they stand: a character of a text, an entry of a list, both from 0."""

    weight: float
    column: str
    offset: int
    words: str


@dataclass(slots=True)
class Support:
    """All that speaks for a tag: the weight in all, and every term where it is first said.

    `strongest` is the most that the list gives to any of the prominent terms;
    `is_learned` says that a model spoke for the tag too.
    """

    weight: float = 0.0
    strongest: float = 0.0
    is_learned: bool = False
    evidence: list[Evidence] = field(default_factory=list)

    def add(self, evidence: Evidence) -> None:
        self.weight += evidence.weight
        self.evidence.append(evidence)

    def include(self, other: Support) -> None:
        self.weight += other.weight
        self.strongest = max(self.strongest, other.strongest)
        self.is_learned |= other.is_learned
        self.evidence += other.evidence

    def shown(self) -> list[str]:
        """The strongest evidence as `{column}@{offset}: {words}`, each spelling once."""
        strongest = sorted(self.evidence, key=lambda each: (-each.weight, each.column, each.offset, each.words))
        lines: dict[str, str] = {}
        for _, column, offset, words in strongest:
            lines.setdefault(words.lower(), f"{column}@{offset}: {words}")
            if len(lines) == MOST_EVIDENCE:
                break
        return list(lines.values())


def supports(lists: TermLists, article: Mapping[str, Any]) -> dict[str, Support]:
    """Per tag of the lists what an article says for it: its title, summary, site_tags, keywords and start of body.

    Args:
        lists: the terms.
        article: one of `scheme_rows.articles`.
    """
    found: dict[str, Support] = {}
    said: dict[int, float] = {}
    for column, column_weight in FIELD_WEIGHTS.items():
        text, starts = _searched(article[column])
        for start, end, term in lists.hits(text):
            again = said.get(term, 1.0)
            said[term] = again * REPEATED
            place = column_weight * (_weight_in_body(start) if column == "body" else 1.0)
            for tag, weight in lists.meanings[term]:
                support = found.get(tag)
                if support is None:
                    support = found[tag] = Support()
                support.weight += weight * place * again
                if again == 1.0:
                    offset = bisect_right(starts, start) - 1 if starts else start
                    support.evidence.append(Evidence(weight * place, column, offset, text[start:end]))
                    if weight > support.strongest and place >= PROMINENT:
                        support.strongest = weight
    return found


def _searched(value: str | list[str]) -> tuple[str, list[int]]:
    """The text in which terms are looked for, and of a list where in it each entry starts."""
    if isinstance(value, str):
        return value[:BODY_LIMIT], []
    starts = list(accumulate((len(entry) + len(_DIVIDER) for entry in value[:-1]), initial=0))
    return _DIVIDER.join(value)[:BODY_LIMIT], starts


def _weight_in_body(offset: int) -> float:
    for end, weight in BODY_WEIGHTS:
        if offset < end:
            return weight
    raise ValueError(f"weighing a place in a body: {offset} is beyond {BODY_LIMIT}")
