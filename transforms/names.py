"""The names that are searched for, compiled once: each spelling and what it can stand for."""

from __future__ import annotations

import csv
import math
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from transforms.matching import Matcher
from transforms.vocabulary import vocabulary_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: name, adjective (also demonym), region, abbreviation (of a region), city, word (a city whose name is mostly something
#: else), clue (tells the country and names none), blocked (a phrase that names no place); the rest as the schemes of
#: tags.
Kind = Literal[
    "name", "adjective", "region", "abbreviation", "city", "word", "clue", "blocked", "organisation", "person", "agency"
]

_NAMED: dict[Kind, str] = {"organisation": "organisations.csv", "person": "persons.csv", "agency": "agencies.csv"}
#: Kinds whose names are schemes of their own and no places.
NAMED = frozenset(_NAMED)
#: Raised with every change of code here, in `transforms.places`, `.own_names`, `.resolution`, `.matching` or
#: `.salience` that can change tags.
RULES = 4
#: Files whose change changes what is found, for the versions of the schemes.
PLACE_FILES = (
    "countries.csv",
    "regions.csv",
    "cities.csv",
    "city_names.csv",
    "ambiguous.csv",
    "clues.csv",
    "blocked.csv",
)
NAME_FILES = ("organisations.csv", "persons.csv", "agencies.csv", "given_names.csv")

#: A capital is spoken of more than its size tells: what that is worth, in powers of ten of inhabitants.
_CAPITAL_BONUS = 1.0
#: A capital too small for the list of cities.
_SMALL_CAPITAL = 4.5
#: Also looked for in capital letters, as in headlines and datelines, from this weight on.
_CAPITALS_FROM = 5.3
#: Before "Bank of …" they make the name that of another bank: "Royal Bank of Canada" is not the Bank of Canada.
_OTHER_BANKS = (
    "Agricultural|Allied|Barclays|City|Commerce|Commercial|Commonwealth|Community|Construction|Continental|Cooperative|"
    "Co-operative|Credit|Development|Discount|Exchange|Farmers|Federal|Hongkong|HongKong|HSBC|Import|Imperial|Industrial|"
    "International|Investment|Islamic|Land|Laurentian|Manhattan|Merchant|Mercantile|Merchants|Mortgage|National|People's|"
    "Peoples|Post|Republic|Royal|Rural|Savings|Standard|State|Trade|Trust|Union|United"
).split("|")
#: Letters that are more than a letter and its accent.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "Đ": "D"})


@dataclass(frozen=True, slots=True)
class Sense:
    """What a spelling can stand for.

    Attributes:
        code: the country's, or the organisation's and so on.
        region: the region's code, where the vocabulary tells.
        weight: how likely it is without context; of cities the power of ten of their inhabitants.
        is_short: whether the name is short for a longer one and may mean something else: see `transforms.own_names`.
    """

    kind: Kind
    code: str
    region: str = ""
    weight: float = 0.0
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a name that has several: the country ('other' is none), and words that speak for it."""

    code: str
    prior: float
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Every spelling. `senses` runs parallel to the matcher's patterns.

    Attributes:
        homes: the country of an organisation or a person, by kind and code.
        cues: words that say that a short name of the organisation means it, by its code.
    """

    matcher: Matcher
    patterns: list[str]
    senses: list[tuple[Sense, ...]]
    readings: dict[str, tuple[Reading, ...]]
    given_names: frozenset[str]
    homes: dict[tuple[str, str], str]
    cues: dict[str, tuple[str, ...]]


@cache
def labels(name: str) -> dict[str, str]:
    """The name of each code of a vocabulary."""
    return {row["code"]: row["name"] for row in rows(name)}


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a vocabulary."""
    return list(csv.DictReader(vocabulary_file(name).read_text(encoding="utf-8").splitlines()))


@cache
def names() -> Names:
    """The names of all vocabularies of this package."""
    senses: dict[str, list[Sense]] = defaultdict(list)
    for spelling, sense in (*_countries(), *_regions(), *_cities(), *_clues(), *_others()):
        if sense not in senses[spelling]:
            senses[spelling].append(sense)
    for spelling, sense in _other_banks(list(senses)):
        senses.setdefault(spelling, [sense])
    readings = _readings()
    for name, found in list(readings.items()):
        senses.setdefault(name, []).extend(
            Sense("name", each.code) for each in found if each.code not in {s.code for s in senses[name]}
        )
        if name.upper() in senses:
            readings[name.upper()] = found
    patterns = sorted(senses)
    return Names(
        matcher=Matcher(patterns),
        patterns=patterns,
        senses=[tuple(senses[each]) for each in patterns],
        readings=readings,
        given_names=frozenset(row["name"] for row in rows("given_names.csv")),
        homes={
            (kind, row["code"]): row["country"]
            for kind, file in _NAMED.items()
            for row in rows(file)
            if row.get("country")
        },
        cues={row["code"]: tuple(_spelled(row["cues"])) for row in rows("organisations.csv") if row["cues"]},
    )


def _spelled(spellings: str) -> list[str]:
    return [each for each in spellings.split("|") if each]


def _countries() -> Iterator[tuple[str, Sense]]:
    for row in rows("countries.csv"):
        code = row["code"]
        for spelling in (row["name"], *_spelled(row["official"]), *_spelled(row["aliases"])):
            yield from _cased(spelling, Sense("name", code, weight=10))
        for spelling in _spelled(row["adjectives"]):
            yield from _cased(spelling, Sense("adjective", code, weight=10))
            if not spelling.endswith(("s", "sh", "ch", "ese", "man", "men")):
                yield from _cased(f"{spelling}s", Sense("adjective", code, weight=10))


def _regions() -> Iterator[tuple[str, Sense]]:
    for row in rows("regions.csv"):
        for spelling in (row["name"], *_spelled(row["aliases"])):
            yield from _cased(spelling, Sense("region", row["country"], row["region"], 8))
        for spelling in _spelled(row["abbreviations"]):
            for form in {spelling, spelling.upper()}:
                yield form, Sense("abbreviation", row["country"], row["region"], 8)


def _cities() -> Iterator[tuple[str, Sense]]:
    capitals = {(_plain(row["capital"]), row["code"]) for row in rows("countries.csv")}
    for row in (*rows("cities.csv"), *rows("city_names.csv")):
        is_capital = (_plain(row["name"]), row["country"]) in capitals
        inhabitants = int(row["population"])
        weight = math.log10(inhabitants) + (_CAPITAL_BONUS if is_capital else 0)
        kind: Kind = "word" if row.get("is_word") and not is_capital else "city"
        sense = Sense(kind, row["country"], row.get("region") or "", round(weight, 2))
        for spelling in dict.fromkeys((row["name"], _plain(row["name"]))):
            yield from _cased(spelling, sense) if weight >= _CAPITALS_FROM else [(spelling, sense)]
    for row in rows("countries.csv"):
        if row["capital"]:
            yield row["capital"], Sense("city", row["code"], weight=_SMALL_CAPITAL)


def _plain(name: str) -> str:
    """Without accents, as most newspapers write it."""
    decomposed = unicodedata.normalize("NFD", name.translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _clues() -> Iterator[tuple[str, Sense]]:
    for row in rows("clues.csv"):
        for clue in _spelled(row["clues"]):
            yield clue, Sense("clue", row["country"])
    for row in rows("blocked.csv"):
        yield from _cased(row["phrase"], Sense("blocked", ""))


def _other_banks(spellings: Iterable[str]) -> Iterator[tuple[str, Sense]]:
    for spelling in spellings:
        if spelling.startswith("Bank of "):
            for word in _OTHER_BANKS:
                yield from _cased(f"{word} {spelling}", Sense("blocked", ""))


def _others() -> Iterator[tuple[str, Sense]]:
    for kind, file in _NAMED.items():
        for row in rows(file):
            for names_, is_short in ((row["patterns"], False), (row.get("short", ""), True)):
                for spelling in _spelled(names_):
                    for form in dict.fromkeys((spelling, _plain(spelling))):
                        yield from _cased(form, Sense(kind, row["code"], is_short=is_short))


def _cased(spelling: str, sense: Sense) -> Iterator[tuple[str, Sense]]:
    """As it is, and in capitals; with a straight apostrophe also with a curly one."""
    # Words of two or three letters in capitals are too often others: "US" for "us" in a headline, "TOGO" is none.
    forms = {spelling} | ({spelling.upper()} if len(spelling) > 3 else set())
    yield from ((form, sense) for form in sorted(forms))
    yield from ((form.replace("'", "\u2019"), sense) for form in sorted(forms) if "'" in form)


def _readings() -> dict[str, tuple[Reading, ...]]:
    found: dict[str, list[Reading]] = defaultdict(list)
    for row in rows("ambiguous.csv"):
        found[row["name"]].append(Reading(row["sense"], float(row["prior"]), tuple(_spelled(row["cues"]))))
    return {name: tuple(each) for name, each in found.items()}
