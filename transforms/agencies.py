"""The news agencies that a byline, a mark or a notice names."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What stands around an item of a list of sources: "(With inputs from AP, AFP.)", "Lois Lane | AP".
_BEFORE = r"(?:^|[(\[/,;&|:\u2013\u2014-]|\b(?:and|from|via|by|with)\b)\s*"
_AFTER = r"(?=\s*(?:$|[)\]/,;&|:.\u2013\u2014-]|\b(?:and|with)\b))"


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    named: re.Pattern[str]
    listed: re.Pattern[str]
    codes: dict[str, str]
    abbreviations: dict[str, str]
    spellings: tuple[str, ...]


def agency_of(text: str | None) -> str | None:
    """The code of the first agency that a byline or notice names; see vocabularies/agencies.csv."""
    return next(iter(agencies_of(text)), None)


def agencies_of(text: str | None) -> tuple[str, ...]:
    """The codes of all agencies that a byline or notice names, in its order, each once.

    An abbreviation that also means something else counts only as an item of a list: "AP" and "With inputs from AP and
    PTI", not "AP government".
    """
    return _agencies_of(text) if text else ()


def mark_agency(text: str) -> str | None:
    """The code of the agency that a mark of its own consists of, such as what is in brackets in a dateline."""
    vocabulary = _vocabulary()
    bare = text.strip().strip("/")
    return vocabulary.abbreviations.get(bare) or agency_of(bare)


def is_ambiguous(text: str) -> bool:
    """Whether a mark is one of the abbreviations that also mean something else."""
    return text.strip() in _vocabulary().abbreviations


def spellings() -> tuple[str, ...]:
    """Every spelling and abbreviation as the vocabulary writes it, the longest first."""
    return _vocabulary().spellings


@lru_cache(maxsize=4096)
def _agencies_of(text: str) -> tuple[str, ...]:
    vocabulary = _vocabulary()
    found = {match.start(): vocabulary.codes[match[0].casefold()] for match in vocabulary.named.finditer(text)}
    found |= {match.start(1): vocabulary.abbreviations[match[1]] for match in vocabulary.listed.finditer(text)}
    return tuple(dict.fromkeys(code for _, code in sorted(found.items())))


@cache
def _vocabulary() -> _Vocabulary:
    text = files("transforms").joinpath("vocabularies", "agencies.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    codes = {spelling: row["code"] for row in rows for spelling in row["patterns"].split("|")}
    abbreviations = {spelling: row["code"] for row in rows for spelling in row["abbreviations"].split("|") if spelling}
    anywhere = "|".join(
        re.escape(spelling) if spelling.isupper() else f"(?i:{re.escape(spelling)})"
        for spelling in _longest_first(codes)
    )
    listed = "|".join(map(re.escape, _longest_first(abbreviations)))
    return _Vocabulary(
        named=re.compile(rf"(?<!\w)(?:{anywhere})(?!\w)"),
        listed=re.compile(rf"{_BEFORE}({listed}){_AFTER}"),
        codes={spelling.casefold(): code for spelling, code in codes.items()},
        abbreviations=abbreviations,
        spellings=tuple(_longest_first([*codes, *abbreviations])),
    )


def _longest_first(several: Iterable[str]) -> list[str]:
    return sorted(several, key=lambda spelling: (-len(spelling), spelling))
