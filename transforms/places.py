"""Which country a place name of a text stands for, decided from the words around it and the rest of the text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from transforms.names import NAMED, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.matching import Match
    from transforms.names import Names, Reading, Sense


#: How much a mention speaks for its country when other names have to be decided.
SPEAKS = {"name": 2.0, "adjective": 1.5, "region": 1.5, "abbreviation": 2.0, "clue": 0.5}
#: Powers of ten of inhabitants that a country spoken of elsewhere in the text is worth, and a region.
COUNTRY_BONUS = 2.0
REGION_BONUS = 1.0
#: A city without anything that speaks for its country needs that many inhabitants (as a power of ten).
ALONE_FROM = 5.0
#: Likewise for cities called like people.
NAMESAKE_FROM = 7.0
#: Likewise for cities called like what is mostly something else in news, where no country is spoken of.
WORD_FROM = 6.0
#: Smaller cities are not meant where a text gives a person their name: "Clinton" after "Bill Clinton".
_SURNAME_BELOW = 6.0
#: So far before a name it is looked at what stands there.
REACH = 24
#: From that weight on a city is known by its name alone, whatever stands beside it.
KNOWN_FROM = 5.7

#: The code of a reading by which a name is no place's.
_NO_PLACE = "other"

#: Adjectives and demonyms that are surnames too: "Kate French", "Mr. English".
SURNAMES = frozenset("Cuban Dane Danes English Finn French German Irish Pole Scot Swede Turk Welsh".split())
#: Given names that stand before an adjective as what else they are: "Will French voters", "In Jordan English".
_SELDOM_GIVEN = frozenset(
    "April Chad Charlotte Florence Georgia Grant Israel Jordan Salvador Sofia Sue Sydney Victoria Virginia Will".split()
)
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Judge)\.? $")
_HONORIFIC = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Sgt|Lt|Col|Gen|Capt|Prof|Rev|St|Sir|Lord|Lady|Judge|Justice|Officer|Detective|"
    r"Deputy|Coach|Miss|Queen|Prince|Princess|Saint|Pastor)\.? |\b[A-Z]\. )$"
)
_LAST_WORD = re.compile(r"([A-Z][\w'’]+) $")
_PLACE_BEFORE = re.compile(r"[A-Z][\w'’.-]+, $")
_NEXT_WORD = re.compile(r" ([A-Z][\w'’-]+)")
#: With "of" or "for" before a name they make it part of another, whatever their case.
OF_WORDS = (
    "Bank|University|Institute|College|Federation|Association|Society|Times|Church|Diocese|Archdiocese|Order|"
    "Museum|Journal|Duke|Duchess|Earl|Battle|Treaty|Press Trust|Merchant|Company|Corporation"
).split("|")
_OF = re.compile(rf"\b(?:{'|'.join(OF_WORDS)}) (?:of|for) (?:the )?$", re.IGNORECASE)
#: Behind a name they make it one of a newspaper, a company or a club, whatever their case.
TAIL_WORDS = (
    "Times|Post|Tribune|Herald|Daily|Gazette|Journal|Chronicle|Observer|Globe|Inquirer|Star|Sun|Mirror|Today|"
    "Airline|Airlines|Airways|Bank|Bancorp|Bancshares|FC|United|Rovers|Wanderers|Motors|Insurance|Steel|"
    "Petroleum|Yankees|Mets|Lakers|Knicks|Cowboys|Saints|Eagles|Giants|Jets|Bears|Packers|Vikings|Rangers|"
    "Devils|Red Sox|White Sox|Cubs|Dodgers|Braves|Falcons|Hawks|Bulls|Pistons|Tigers|Lions|Ravens|Steelers|"
    "Pirates|Inc|Corp|Co|Ltd|Plc|LLC|Group|Holdings|& "
).split("|")
_TAIL = re.compile(rf" (?:{'|'.join(TAIL_WORDS)})\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:-| )(?:language|speaking|speakers?)\b")
_LOCAL = re.compile(
    r" (?:County|Parish|Township|Borough|City|Town|Village|Police|Fire|High|Middle|Elementary|School|Schools|Hospital|"
    r"Airport|Mayor|Council|Park|Street|Road|Avenue|Public|Community|Area|Island|Harbor|Harbour|Beach|State)\b"
)
_DIRECTIONS = frozenset(
    "In At Near From To Of The North South East West Northern Southern Eastern Western Central Downtown Greater Upper "
    "Lower For And On By With As A".split()
)
_IN = re.compile(
    r"\b(?:in|near|from|for|outside|around|across|"
    r"(?:city|town|village|suburb|outskirts|north|south|east|west|mayor|people|residents|miles) of) $",
    re.IGNORECASE,
)
_COUNTY = re.compile(r" (?:County|Parish|Township|Borough)\b")
_UNKNOWN_COUNTY = re.compile(r"\b([A-Z][a-z]+(?: [A-Z][a-z]+)?) (?:County|Parish)\b(?! [Cc]hurch)")
_COUNTIES_OUTSIDE_US = ("GB", "IE", "KE", "LR", "HR", "HU", "RO", "EE", "NO", "SE", "CN", "TW")


@dataclass(slots=True)
class Context:
    """What the text says about countries where it is clear, and what was decided so far."""

    speaks: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    regions: set[tuple[str, str]] = field(default_factory=set)
    decided: dict[str, str | None] = field(default_factory=dict)


def is_part_of_name(text: str, _start: int, end: int) -> bool:
    """Whether the word behind makes a name one of a newspaper, a company or a club."""
    return _TAIL.match(text, end) is not None


def is_of_something(text: str, start: int, _end: int) -> bool:
    """Whether the words before make it one of a bank, a university and the like: "Bank of India"."""
    return _OF.search(text, max(0, start - REACH), start) is not None


def is_given_name(text: str, _start: int, end: int) -> bool:
    """Whether a name that is a given name too has a surname behind it."""
    return _NEXT_WORD.match(text, end) is not None and _COUNTY.match(text, end) is None


def is_language(text: str, _start: int, end: int) -> bool:
    """Whether an adjective is that of a language: "French-speaking"."""
    return _LANGUAGE.match(text, end) is not None


def is_surname(text: str, start: int, _end: int) -> bool:
    """Whether a given name or a title stands before one of the `SURNAMES`."""
    before = text[max(0, start - REACH) : start]
    last = _LAST_WORD.search(before)
    is_named = last is not None and last[1] in names().given_names and last[1] not in _SELDOM_GIVEN
    return is_named or _TITLE.search(before) is not None


def is_no_abbreviation(text: str, start: int, _end: int) -> bool:
    """Whether an abbreviation such as "Ind." has no place before it and a comma."""
    return _PLACE_BEFORE.search(text, max(0, start - REACH), start) is None


def yields_to_person(senses: Sequence[Sense]) -> bool:
    """Whether a name is that of a city so small that it is none in a text that gives a person the name."""
    return senses[0].kind in {"city", "word"} and max(each.weight for each in senses) < _SURNAME_BELOW


def surname(vocabulary: Names, pattern: int) -> str | None:
    """The last word of a person's full name, in capitals."""
    first, _, last = vocabulary.patterns[pattern].rpartition(" ")
    return last.upper() if first and vocabulary.senses[pattern][0].kind == "person" else None


@lru_cache(maxsize=10_000)
def person_before(before: str) -> tuple[bool, bool]:
    """Whether a text ends with a title such as "Mr. ", and whether with a given name and a blank."""
    last = _LAST_WORD.search(before)
    is_given = last is not None and last[1] in names().given_names and last[1] not in {"Virginia", "Georgia"}
    return bool(_HONORIFIC.search(before)), is_given


def country(text: str, match: Match, senses: Sequence[Sense], context: Context) -> str | None:
    """The country of a place name, the same wherever the text has that name; None where that is not sure."""
    vocabulary = names()
    name = vocabulary.patterns[match[0]]
    key = name.upper()
    if key not in context.decided:
        readings = vocabulary.readings.get(name)
        if readings is not None:
            context.decided[key] = _read(text, readings, context)
        else:
            is_namesake = key.capitalize() in vocabulary.given_names
            code = _likeliest(text, match, senses, context, is_namesake=is_namesake)
            if code is None:
                return None  # another mention may stand where it is clearer
            context.decided[key] = code
    return context.decided[key]


def qualified(text: str, end: int, senses: Sequence[Sense], following: Match | None, vocabulary: Names) -> str | None:
    """The country that the name right behind a comma gives, as in "Paris, Texas"."""
    if following is None or not (end < following[1] <= end + 2) or not text.startswith(", ", end):
        return None
    if senses[0].kind not in {"city", "word", "region"} and senses[0].kind != "name":
        return None
    qualifiers = vocabulary.senses[following[0]]
    codes = {each.code for each in senses}
    if senses[0].kind == "name" and len(codes) == 1:
        codes_ok = any(each.kind in {"region", "abbreviation"} for each in qualifiers)
        return next((each.code for each in qualifiers if each.kind == "abbreviation"), None) if codes_ok else None
    for each in qualifiers:
        if each.kind in {"region", "abbreviation"} or (each.kind == "name" and each.code in codes - {_NO_PLACE}):
            return each.code if senses[0].kind != "region" or each.code in codes else None
    return None


def _read(text: str, readings: Sequence[Reading], context: Context) -> str | None:
    """The best of the ways to read an ambiguous name: what speaks for it, its cues in the text and its prior."""
    best, best_score = None, -1.0
    for reading in readings:
        score = reading.prior + min(3.0, sum(map(text.__contains__, reading.cues)))
        score += min(1.5, context.speaks.get(reading.code, 0.0) / 2)
        if score > best_score:
            best, best_score = reading.code, score
    return None if best == _NO_PLACE else best


def _likeliest(text: str, match: Match, senses: Sequence[Sense], context: Context, *, is_namesake: bool) -> str | None:
    """The likeliest of the places of that name; None if none is likely enough."""
    _, start, end = match
    best, best_score, has_support = None, -1.0, False
    for sense in senses:
        if sense.kind in NAMED or sense.kind in {"clue", "blocked"}:
            continue
        support = min(1.0, context.speaks.get(sense.code, 0.0)) * COUNTRY_BONUS
        if sense.region and (sense.code, sense.region) in context.regions:
            support += REGION_BONUS
        if sense.weight + support > best_score:
            best, best_score, has_support = sense, sense.weight + support, support >= 1.0
    if best is None or not (has_support or is_likely(best, is_namesake=is_namesake)):
        return None
    is_other = (best.kind == "word" and not is_near(text, start)) or (
        is_small(best) and is_within_name(text, start, end)
    )
    return None if is_other else best.code


def is_likely(sense: Sense, *, is_namesake: bool) -> bool:
    """Whether a place is large enough to be meant where nothing speaks for its country."""
    if sense.kind == "word":
        return sense.weight > WORD_FROM
    needed = NAMESAKE_FROM if is_namesake else ALONE_FROM
    return sense.weight >= needed or sense.kind in {"name", "adjective", "region"}


def is_small(sense: Sense) -> bool:
    """Whether a city is not known by its name alone."""
    return sense.kind in {"city", "word"} and sense.weight < KNOWN_FROM


def is_near(text: str, start: int) -> bool:
    """Whether words as in "near London" or "the mayor of London" stand before."""
    return bool(_IN.search(text[max(0, start - REACH) : start]))


def is_within_name(text: str, start: int, end: int) -> bool:
    """Whether other capitalised words stand right beside, so that this is likelier part of a longer name."""
    if _LOCAL.match(text, end):
        return False
    last = _LAST_WORD.search(text, max(0, start - 24), start)
    return bool(_NEXT_WORD.match(text, end)) or (last is not None and last[1] not in _DIRECTIONS)


def counties(text: str, taken: Sequence[Sequence[int]], context: Context) -> list[tuple[str, int, int]]:
    """Counties that no vocabulary lists, with their country, start and end; `taken` are the places of other mentions.

    Of the United States, unless more is said of another country that has them.
    """
    others = [code for code in _COUNTIES_OUTSIDE_US if context.speaks.get(code, 0) > context.speaks.get("US", 0)]
    code = max(others, key=lambda each: context.speaks[each], default="US")
    return [
        (code, found.start(), found.end())
        for found in _UNKNOWN_COUNTY.finditer(text)
        if not any(start < found.end() and found.start() < end for start, end in taken)
    ]
