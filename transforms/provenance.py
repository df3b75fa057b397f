"""Wire provenance, as far as bylines and notices tell: the agency, who wrote the text, the dateline."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import Literal

Syndication = Literal["verbatim", "desk", "own", "unknown"]

OWN_KINDS = frozenset({"blog", "opinion", "interview"})

_UNEDITED = re.compile(
    r"\bnot (?:been )?edited\b|\bunedited\b|\bauto[- ]?generated\b|\bsyndicated feed\b|\bunder an arrangement with\b",
    re.IGNORECASE,
)
_INPUTS = re.compile(r"\bwith (?:\w+ ){0,2}inputs?\b|\binputs? from\b", re.IGNORECASE)

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATE = rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?"
# The place: words in capitals or capitalised, with particles, brackets ("Tokyo [Japan]") and several places.
_PLACE = r"(?P<place>[^\W\d_][^\d(){}:;\n\u2013\u2014]{1,59}?)"
_WITH_AGENCY = re.compile(rf"{_PLACE}(?:,? {_DATE})?,? ?\((?P<agency>[^()]{{2,40}})\)")
_WITH_DATE = re.compile(rf"{_PLACE},? {_DATE}(?= ?(?:--?|[\u2013\u2014:])(?:\s|$))")


def syndication_of(attribution: str | None, *, is_own: bool) -> Syndication:
    """Who wrote the text, as the page itself says.

    Args:
        attribution: the attribution line.
        is_own: the byline is the site's own desk or author.

    Returns:
        verbatim: the line says the text was not edited or comes from a feed; desk: written here with inputs of others;
        own: written here, and nobody else named; unknown: the page does not say.
    """
    if attribution and _UNEDITED.search(attribution):
        return "verbatim"
    if attribution and _INPUTS.search(attribution):
        return "desk"
    return "own" if is_own else "unknown"


def is_own_byline(site: str, kind: str | None, source: str | None, author: str | None) -> bool:
    """Whether the site's own people wrote this: the source names the site, or a blog, opinion or interview its author.

    A site's key is its name in small letters and digits, so that "The Daily Planet Desk" is thedailyplanet's own.
    """
    squeezed = "".join(filter(str.isalnum, (source or "").casefold()))
    return "".join(filter(str.isalnum, site.casefold())) in squeezed or (kind in OWN_KINDS and bool(author))


def agency_of(text: str | None) -> str | None:
    """The code of the first agency that a byline or notice names; see vocabularies/agencies.csv."""
    if not text:
        return None
    pattern, codes = _agencies()
    match = pattern.search(text)
    return codes[match[0].casefold()] if match else None


def dateline_of(paragraph: str | None) -> str | None:
    """The dateline at the start of a story's first paragraph: "New Delhi, Dec 12 (PTI)", "LONDON (Reuters)".

    It has a place and either an agency of the vocabulary in brackets or a date with a dash or colon behind it; the
    dash is not part of it. None if there is none.
    """
    if not paragraph:
        return None
    start = paragraph[:160]
    match = _WITH_AGENCY.match(start)
    if match is not None and agency_of(match["agency"]) is None:
        match = None
    match = match or _WITH_DATE.match(start)
    return match[0] if match is not None and _is_place(match["place"]) else None


def _is_place(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return 0 < len(words) <= 8 and sum(word[0].isupper() or not word.isascii() for word in words) * 2 > len(words)


@cache
def _agencies() -> tuple[re.Pattern[str], dict[str, str]]:
    vocabulary = files("transforms").joinpath("vocabularies", "agencies.csv").read_text(encoding="utf-8")
    codes = {
        spelling: row["code"]
        for row in csv.DictReader(vocabulary.splitlines())
        for spelling in row["patterns"].split("|")
    }
    longest_first = sorted(codes, key=lambda spelling: (-len(spelling), spelling))
    alternatives = "|".join(
        re.escape(spelling) if spelling.isupper() or spelling.islower() else f"(?i:{re.escape(spelling)})"
        for spelling in longest_first
    )
    pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
    return pattern, {spelling.casefold(): code for spelling, code in codes.items()}
