"""The names of the vocabularies as arrays, so that the mentions of many texts can be decided together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from transforms import places
from transforms.names import NAMED, names
from transforms.own_names import Named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from transforms.names import Names, Sense

    Numbers = NDArray[np.int64]

#: What a pattern is: of the roles from `ABBREVIATION` on it may be a place.
BLOCKED, NAME_OF_ITS_OWN, CLUE, ABBREVIATION, ADJECTIVE, PLACE = range(6)
_ROLES = {"blocked": BLOCKED, "clue": CLUE, "abbreviation": ABBREVIATION, "adjective": ADJECTIVE}


@dataclass(frozen=True, slots=True)
class NameTables:
    """Arrays by pattern, and by sense where the name begins with `sense_`; codes, kinds and regions are positions.

    Attributes:
        role: what it is.
        key: equal where spellings differ in case alone.
        has_readings: whether it is decided by cues.
        is_name: whether it is a country's name first of all.
        is_given: whether it is a given name as well.
        is_surname: whether it is an adjective or a demonym that is a surname as well.
        yields_to_person: whether it is no place in a text that names a person so.
        surname: of a person the `key` of the last word, -1 where that is the name of no place.
        first: its first sense as a place; one more at the end.
        has_several: whether it has several of them.
        speaks_for: of the countries `spoken_for` that for which it speaks, where it is clear.
        speaks: how much; 0 where it is not clear.
        first_region: the first of the `named_regions` that it names; one more at the end.
        has_region: whether it names one.
        sense_spoken: its country among those `spoken_for`; of what none speaks for, the number behind the last.
        sense_region: the region, -1 for none.
        sense_is_likely: whether it is meant where nothing speaks for it: see `places.is_likely`.
        sense_is_word: whether it is a city named like a common word.
        sense_is_small: whether it is one that is not known by its name alone.
        sense_shown: what kind of name a mention is given.
        first_named: its first sense as an organisation, a person or an agency; one more at the end.
        has_named: whether it has one.
        named: what that is, a position among the `bearers`.
        named_code: its code.
        named_kind: its kind.
        named_short: whether the name is short for it.
        named_has_cue: whether the vocabulary has words that tell that it is meant.
        named_home: its country among those `spoken_for`, -1 for none.
    """

    codes: list[str]
    kinds: list[str]
    regions: list[tuple[str, str]]
    spoken_for: list[str]
    bearers: list[Named]
    role: NDArray[Any]
    key: NDArray[Any]
    has_readings: NDArray[Any]
    is_name: NDArray[Any]
    is_given: NDArray[Any]
    is_surname: NDArray[Any]
    yields_to_person: NDArray[Any]
    surname: NDArray[Any]
    first: NDArray[Any]
    has_several: NDArray[Any]
    speaks_for: NDArray[Any]
    speaks: NDArray[Any]
    named_regions: NDArray[Any]
    first_region: NDArray[Any]
    has_region: NDArray[Any]
    sense_code: NDArray[Any]
    sense_spoken: NDArray[Any]
    sense_weight: NDArray[Any]
    sense_region: NDArray[Any]
    sense_is_likely: NDArray[Any]
    sense_is_word: NDArray[Any]
    sense_is_small: NDArray[Any]
    sense_shown: NDArray[Any]
    first_named: NDArray[Any]
    has_named: NDArray[Any]
    named: NDArray[Any]
    named_code: NDArray[Any]
    named_kind: NDArray[Any]
    named_short: NDArray[Any]
    named_has_cue: NDArray[Any]
    named_home: NDArray[Any]


@cache
def name_tables() -> NameTables:
    """The tables of `names()`."""
    vocabulary = names()
    used = [[each for each in senses if each.kind not in NAMED | {"clue", "blocked"}] for senses in vocabulary.senses]
    own = [[each for each in senses if each.kind in NAMED] for senses in vocabulary.senses]
    everything = list(chain.from_iterable(vocabulary.senses))
    codes = _numbers(each.code for each in everything)
    kinds = _numbers(each.kind for each in everything)
    regions = _numbers((each.code, each.region) for each in everything if each.region)
    keys = [pattern.upper() for pattern in vocabulary.patterns]
    numbers = _numbers(keys)
    speaks = [_speaks(vocabulary, number) for number in range(len(keys))]
    spoken = _numbers(chain((code for code, weight in speaks if weight), vocabulary.homes.values()))
    named = [_named_regions(vocabulary, number) for number in range(len(keys))]
    senses, own_senses = list(chain.from_iterable(used)), list(chain.from_iterable(own))
    bearers = _numbers(Named(each.kind, each.code) for each in own_senses)
    homes = [vocabulary.homes.get((each.kind, each.code)) for each in own_senses]
    shown = [_shown(every, sense) for every, those in zip(vocabulary.senses, used, strict=True) for sense in those]
    return NameTables(
        codes=list(codes),
        kinds=list(kinds),
        regions=list(regions),
        spoken_for=list(spoken),
        bearers=list(bearers),
        role=np.array([_role(each[0]) for each in vocabulary.senses], dtype=np.int8),
        key=np.array([numbers[key] for key in keys]),
        has_readings=np.array([pattern in vocabulary.readings for pattern in vocabulary.patterns]),
        is_name=np.array([each[0].kind == "name" for each in vocabulary.senses]),
        is_given=np.array([pattern in vocabulary.given_names for pattern in vocabulary.patterns]),
        is_surname=np.array([pattern in places.SURNAMES for pattern in vocabulary.patterns]),
        yields_to_person=np.array([places.yields_to_person(each) for each in vocabulary.senses]),
        surname=np.array([numbers.get(places.surname(vocabulary, number) or "", -1) for number in range(len(keys))]),
        first=_bounds(used),
        has_several=np.array([len(each) > 1 for each in used]),
        speaks_for=np.array([spoken.get(code, len(spoken)) for code, _ in speaks]),
        speaks=np.array([weight for _, weight in speaks]),
        named_regions=np.array([regions[each] for each in chain.from_iterable(named)], dtype=np.int64),
        first_region=_bounds(named),
        has_region=np.array([len(each) > 0 for each in named]),
        sense_code=np.array([codes[each.code] for each in senses]),
        sense_spoken=np.array([spoken.get(each.code, len(spoken)) for each in senses]),
        sense_weight=np.array([each.weight for each in senses]),
        sense_region=np.array([regions.get((each.code, each.region), -1) for each in senses]),
        sense_is_likely=np.array(
            [
                places.is_likely(each, is_namesake=key.capitalize() in vocabulary.given_names)
                for key, those in zip(keys, used, strict=True)
                for each in those
            ]
        ),
        sense_is_word=np.array([each.kind == "word" for each in senses]),
        sense_is_small=np.array([places.is_small(each) for each in senses]),
        sense_shown=np.array([kinds[each] for each in shown]),
        first_named=_bounds(own),
        has_named=np.array([len(each) > 0 for each in own]),
        named=np.array([bearers[Named(each.kind, each.code)] for each in own_senses]),
        named_code=np.array([codes[each.code] for each in own_senses]),
        named_kind=np.array([kinds[each.kind] for each in own_senses]),
        named_short=np.array([each.is_short for each in own_senses]),
        named_has_cue=np.array([each.code in vocabulary.cues for each in own_senses]),
        named_home=np.array([-1 if home is None else spoken[home] for home in homes]),
    )


@cache
def code_numbers() -> dict[str, int]:
    """The number of each code."""
    return {code: number for number, code in enumerate(name_tables().codes)}


@lru_cache(maxsize=100_000)
def kind_of(pattern: int, number: int) -> int:
    """What kind of name a place of the country with this number is called by with this pattern."""
    tables, senses = name_tables(), names().senses[pattern]
    return tables.kinds.index(next((each.kind for each in senses if each.code == tables.codes[number]), senses[0].kind))


def entries(rows: Numbers, pattern: Numbers, first: Numbers) -> tuple[Numbers, Numbers]:
    """Each row as often as its pattern has entries, and the numbers of these entries."""
    begins, ends = first[pattern[rows]], first[pattern[rows] + 1]
    counts = ends - begins
    if (counts == 1).all():
        return rows, begins
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(rows, counts), np.repeat(begins, counts) + within


def _numbers(values: Iterable[Any]) -> dict[Any, int]:
    """Each value's place among the sorted ones: numbers sort as their values do."""
    return {value: number for number, value in enumerate(sorted(set(values)))}


def _bounds(lists: Sequence[Sequence[object]]) -> Numbers:
    return np.concatenate([[0], np.cumsum([len(each) for each in lists])]).astype(np.int64)


def _role(first: Sense) -> int:
    return NAME_OF_ITS_OWN if first.kind in NAMED else _ROLES.get(first.kind, PLACE)


def _shown(senses: Sequence[Sense], chosen: Sense) -> str:
    """Of places the kind of the first sense of that code: "Luxembourg" is a name and no city."""
    return next(each.kind for each in senses if each.code == chosen.code)


def _speaks(vocabulary: Names, number: int) -> tuple[str, float]:
    """The country for which a pattern speaks when other names are decided, and how much."""
    first = vocabulary.senses[number][0]
    is_clear = len({each.code for each in vocabulary.senses[number]}) == 1
    if first.kind == "clue" or (is_clear and vocabulary.patterns[number] not in vocabulary.readings):
        return first.code, places.SPEAKS.get(first.kind, 0.0)
    return first.code, 0.0


def _named_regions(vocabulary: Names, number: int) -> list[tuple[str, str]]:
    if vocabulary.patterns[number] in vocabulary.readings:
        return []
    return [
        (each.code, each.region)
        for each in vocabulary.senses[number]
        if each.region and each.kind in {"region", "abbreviation"}
    ]
