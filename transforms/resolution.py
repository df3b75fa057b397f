"""Deciding the mentions of many texts together: by tables, and one by one only where the words around may matter.

The rules are those of `transforms.places`; what stands here finds out cheaply for which matches they can make a
difference. The context of a text (which countries it speaks of) is a row of a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from transforms import own_names, places
from transforms.name_tables import ABBREVIATION, ADJECTIVE, CLUE, PLACE, name_tables
from transforms.names import names
from transforms.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from transforms.matching import Found, Match
    from transforms.name_tables import NameTables
    from transforms.places import Context

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

#: Texts are decided together, so many at most: it bounds the tables.
_TOGETHER = 1_000


@dataclass(frozen=True, slots=True)
class Mentions:
    """Mentions in several texts, sorted by text, place, kind and code: parallel arrays.

    `code` and `kind` are numbers of `name_tables().codes` and `.kinds`.
    """

    text: Numbers
    start: Numbers
    end: Numbers
    code: Numbers
    kind: Numbers


def resolve_all(texts: Sequence[str], found: Found) -> Mentions:
    """The mentions among the matches of `names().matcher`: places by country, the rest by their code."""
    parts = [np.empty((0, 5), dtype=np.int64)]
    for first in range(0, len(texts), _TOGETHER):
        last = min(len(texts), first + _TOGETHER)
        begin, end = np.searchsorted(found.text, (first, last))
        text, pattern = found.text[begin:end] - first, found.pattern[begin:end]
        batch = _Batch(texts[first:last], text, pattern, found.start[begin:end], found.end[begin:end])
        parts.append(batch.mentions())
        parts[-1][:, 0] += first
    return Mentions(*np.concatenate(parts).T)


@dataclass(slots=True)
class _Batch:
    """Some texts and the matches in them, all arrays by match."""

    texts: Sequence[str]
    text: Numbers
    pattern: Numbers
    start: Numbers
    end: Numbers
    tables: NameTables = field(default_factory=name_tables)
    around: Surroundings = field(init=False)
    role: NDArray[Any] = field(init=False)
    speaks: NDArray[np.float64] = field(init=False)
    has_region: Flags = field(init=False)

    def mentions(self) -> Numbers:
        """Rows (text, start, end, code, kind), sorted."""
        self.around = Surroundings(self.texts, self.text, self.start, self.end)
        self.role = self.tables.role[self.pattern]
        follows_capital, word = self.around.follows_capital(self.role == PLACE)
        is_before_capital = self.around.is_before_capital()
        is_title, is_given = self._follows_person(follows_capital, word)
        is_place = self._is_place(is_title, is_given, is_before_capital)
        self._listen(is_place)
        qualified = self._qualified(is_place)
        named = self.text * len(self.tables.key) + self.tables.key[self.pattern]
        is_person = self.tables.yields_to_person[self.pattern] & np.isin(named, self._persons(is_given))
        rows = np.flatnonzero(is_place & ~(is_person & ~np.isin(named, list(qualified))))
        group = named[rows]
        special = set(group[self.tables.has_readings[self.pattern[rows]]].tolist()) | set(qualified)
        is_special = np.isin(group, np.array(sorted(special), dtype=np.int64))
        found = [
            self._likeliest(rows[~is_special], group[~is_special], follows_capital | is_before_capital),
            self._one_by_one(rows[is_special], group[is_special], qualified),
        ]
        located = np.concatenate(found)
        made = np.concatenate([located, self._names_of_their_own(located)])
        made = np.concatenate([made, self._counties(made)])
        return made[np.lexsort((made[:, 3], made[:, 4], made[:, 2], made[:, 1], made[:, 0]))]

    def _match(self, row: int) -> tuple[str, Match]:
        match = int(self.pattern[row]), int(self.start[row]), int(self.end[row])
        return self.texts[int(self.text[row])], match

    def _follows_person(self, follows_capital: Flags, word: Numbers) -> tuple[Flags, Flags]:
        """Whether a title, and whether a given name stands before: see `places.person_before`."""
        is_title, is_given = np.zeros((2, len(self.text)), dtype=bool)
        rows = np.flatnonzero(follows_capital)
        where = (each[rows].tolist() for each in (self.text, self.start, word))
        for row, text, start, length in zip(rows.tolist(), *where, strict=True):
            # Farther off nothing counts: what the rules find there they find in the word.
            is_title[row], is_given[row] = places.person_before(self.texts[text][start - length : start])
        return is_title, is_given

    def _is_place(self, is_title: Flags, is_given: Flags, is_before_capital: Flags) -> Flags:
        """Where nothing around says otherwise: the patterns of `transforms.places` are tried where they may match."""
        around, role = self.around, self.role
        is_place = (role >= ABBREVIATION) & ((role != ABBREVIATION) | around.follows_comma())
        is_place &= ~is_given & (~is_title | self.tables.is_name[self.pattern])
        is_followed = self.tables.is_given[self.pattern] & is_before_capital
        for test, is_asked in (
            (places.is_part_of_name, (role == PLACE) & around.may_have_tail()),
            (places.is_of_something, (role == PLACE) & around.may_follow_of()),
            (places.is_given_name, (role == PLACE) & is_followed),
            (places.is_language, (role == ADJECTIVE) & around.may_be_language()),
            (places.is_no_abbreviation, role == ABBREVIATION),
        ):
            for row in np.flatnonzero(is_place & is_asked).tolist():
                text, start, end = self.texts[int(self.text[row])], int(self.start[row]), int(self.end[row])
                is_place[row] = not test(text, start, end)
        return np.asarray(is_place, dtype=bool)

    def _persons(self, is_given: Flags) -> Numbers:
        """The names, as text and key in one number, that the texts give to persons."""
        surname = self.tables.surname[self.pattern]
        key = np.where(is_given, self.tables.key[self.pattern], surname)
        return np.unique(self.text[key >= 0] * len(self.tables.key) + key[key >= 0])

    def _listen(self, is_place: Flags) -> None:
        """Takes note of the names that are clear by themselves."""
        tables = self.tables
        heard = np.flatnonzero((is_place | (self.role == CLUE)) & (tables.speaks[self.pattern] > 0))
        pattern = self.pattern[heard]
        # One column more than there are countries, for those that nothing speaks for.
        width = len(tables.spoken_for) + 1
        at = self.text[heard] * width + tables.speaks_for[pattern]
        speaks = np.bincount(at, tables.speaks[pattern], len(self.texts) * width)
        self.speaks = speaks.astype(np.float64, copy=False).reshape(-1, width)
        rows, flat = _each(np.flatnonzero(is_place), self.pattern, tables.first_region)
        self.has_region = np.zeros((len(self.texts), len(tables.regions)), dtype=bool)
        self.has_region[self.text[rows], tables.named_regions[flat]] = True

    def _qualified(self, is_place: Flags) -> dict[int, str]:
        """By text and name the country that the name behind a comma gives, see `places.qualified`; the last decides."""
        vocabulary, found = names(), {}
        here, next_ = slice(None, -1), slice(1, None)
        follows = (self.text[here] == self.text[next_]) & (self.start[next_] == self.end[here] + 2)
        follows &= self.around.is_before_comma()[here] & is_place[here]
        for row in np.flatnonzero(follows).tolist():
            text, match = self._match(row)
            following = self._match(row + 1)[1]
            code = places.qualified(text, match[2], vocabulary.senses[match[0]], following, vocabulary)
            if code is not None:
                found[int(self.text[row]) * len(self.tables.key) + int(self.tables.key[match[0]])] = code
        return found

    def _names_of_their_own(self, located: Numbers) -> Numbers:
        """Organisations, persons and agencies, where no city of the name is among the mentions of places."""
        tables = self.tables
        rows, sense = _each(np.arange(len(self.text)), self.pattern, tables.first_named)
        instead = located[np.isin(located[:, 4], [tables.kinds.index(kind) for kind in own_names.INSTEAD])]
        is_free = ~np.isin(_at(self.text[rows], self.start[rows]), _at(instead[:, 0], instead[:, 1]))
        rows, sense = rows[is_free], sense[is_free]
        is_meant = own_names.meant(self.texts, self.text[rows], sense, tables, self.speaks)
        rows, sense = rows[is_meant], sense[is_meant]
        return self._mentions(rows, tables.named_code[sense], tables.named_kind[sense])

    def _mentions(self, rows: Numbers, code: Numbers, kind: Numbers) -> Numbers:
        return np.stack([self.text[rows], self.start[rows], self.end[rows], code, kind], axis=1)

    def _likeliest(self, rows: Numbers, group: Numbers, is_within: Flags) -> Numbers:
        """See `places.likeliest`: for names of which nothing but size and company decides."""
        if not len(rows):
            return np.empty((0, 5), dtype=np.int64)
        sense, has_support = self._best_senses(rows)
        is_sure = self._is_sure(rows, sense, has_support, is_within)
        # The first sure one decides for those behind it; before, another place may have been too unlikely.
        sure = np.flatnonzero(is_sure)
        decided, first = np.unique(group[sure], return_index=True)
        position = np.minimum(np.searchsorted(decided, group), max(len(decided) - 1, 0))
        if not len(decided):
            return np.empty((0, 5), dtype=np.int64)
        decider = sure[first[position]]
        kept = np.flatnonzero((decided[position] == group) & (decider <= np.arange(len(rows))))
        decider = decider[kept]
        code = self.tables.sense_code[sense[decider]]
        kind = self.tables.sense_shown[sense[decider]]
        for at in np.flatnonzero(self.pattern[rows[kept]] != self.pattern[rows[decider]]).tolist():
            kind[at] = _kind(int(self.pattern[rows[kept[at]]]), self.tables.codes[code[at]])
        return self._mentions(rows[kept], code, kind)

    def _best_senses(self, rows: Numbers) -> tuple[Numbers, Flags]:
        """Of each row the likeliest sense (of equal ones the first), and whether the text speaks for it."""
        tables = self.tables
        of, sense = _each(rows, self.pattern, tables.first)
        text, region = self.text[of], tables.sense_region[sense]
        support = np.minimum(1.0, self.speaks[text, tables.sense_spoken[sense]]) * places.COUNTRY_BONUS
        support += np.where((region >= 0) & self.has_region[text, region], places.REGION_BONUS, 0.0)
        score = tables.sense_weight[sense] + support
        begins = np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]]))
        number = np.cumsum(np.concatenate([[False], of[1:] != of[:-1]]))
        is_best = np.flatnonzero(score == np.maximum.reduceat(score, begins)[number])
        best = is_best[np.unique(number[is_best], return_index=True)[1]]
        return sense[best], support[best] >= 1.0

    def _is_sure(self, rows: Numbers, sense: Numbers, has_support: Flags, is_within: Flags) -> Flags:
        tables = self.tables
        kind, weight = tables.sense_kind[sense], tables.sense_weight[sense]
        needed = np.where(tables.is_namesake[self.pattern[rows]], places.NAMESAKE_FROM, places.ALONE_FROM)
        clear = np.isin(kind, [tables.kinds.index(each) for each in ("name", "adjective", "region")])
        is_sure: Flags = has_support | (weight >= needed) | clear
        is_word = kind == tables.kinds.index("word")
        is_sure[is_word] = (has_support | (weight > places.WORD_FROM))[is_word]
        for at in np.flatnonzero(is_sure & is_word).tolist():
            text, match = self._match(int(rows[at]))
            is_sure[at] = places.is_near(text, match[1])
        is_small = (kind == tables.kinds.index("city")) & (weight < places.KNOWN_FROM)
        for at in np.flatnonzero(is_sure & is_small & is_within[rows]).tolist():
            text, match = self._match(int(rows[at]))
            is_sure[at] = not places.is_within_name(text, match[1], match[2])
        return is_sure

    def _one_by_one(self, rows: Numbers, group: Numbers, qualified: dict[int, str]) -> Numbers:
        """The names that cues decide, or another name behind a comma."""
        vocabulary, made = names(), []
        contexts = self._contexts(np.unique(self.text[rows]))
        numbers = {code: number for number, code in enumerate(self.tables.codes)}
        for row, key in zip(rows.tolist(), group.tolist(), strict=True):
            number = int(self.text[row])
            context = contexts[number]
            text, match = self._match(row)
            if key in qualified:
                context.decided.setdefault(vocabulary.patterns[match[0]].upper(), qualified[key])
            code = places.country(text, match, vocabulary.senses[match[0]], context)
            if code is not None:
                made.append((number, match[1], match[2], numbers[code], _kind(match[0], code)))
        return np.array(made, dtype=np.int64).reshape(-1, 5)

    def _contexts(self, numbers: Numbers) -> dict[int, Context]:
        """What is said of countries, of each of the texts."""
        found = {number: places.Context() for number in numbers.tolist()}
        for position, code in zip(*(each.tolist() for each in np.nonzero(self.speaks[numbers])), strict=True):
            number = int(numbers[position])
            found[number].speaks[self.tables.spoken_for[code]] = float(self.speaks[number, code])
        for position, region in zip(*(each.tolist() for each in np.nonzero(self.has_region[numbers])), strict=True):
            found[int(numbers[position])].regions.add(self.tables.regions[region])
        return found

    def _counties(self, made: Numbers) -> Numbers:
        numbers = [number for number, text in enumerate(self.texts) if "County" in text or "Parish" in text]
        contexts = self._contexts(np.array(numbers, dtype=np.int64))
        near = made[np.isin(made[:, 0], numbers)]
        found = []
        for number, context in contexts.items():
            taken = near[near[:, 0] == number][:, 1:3].tolist()
            for code, start, end in places.counties(self.texts[number], taken, context):
                found.append((number, start, end, self.tables.codes.index(code), self.tables.kinds.index("region")))
        return np.array(found, dtype=np.int64).reshape(-1, 5)


@lru_cache(maxsize=100_000)
def _kind(pattern: int, code: str) -> int:
    """What kind of name a place of this country is called by with this pattern."""
    senses = names().senses[pattern]
    return name_tables().kinds.index(next((each.kind for each in senses if each.code == code), senses[0].kind))


def _at(text: Numbers, start: Numbers) -> Numbers:
    """A place in one of the texts, as one number."""
    return (text << 32) + start


def _each(rows: Numbers, pattern: Numbers, first: Numbers) -> tuple[Numbers, Numbers]:
    """Each row as often as its pattern has entries, and the numbers of these entries."""
    begins, ends = first[pattern[rows]], first[pattern[rows] + 1]
    counts = ends - begins
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(rows, counts), np.repeat(begins, counts) + within
