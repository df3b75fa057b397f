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
from transforms.among import is_among
from transforms.name_tables import ABBREVIATION, ADJECTIVE, CLUE, PLACE, code_numbers, entries, kind_of, name_tables
from transforms.names import names
from transforms.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from transforms.matching import Found
    from transforms.name_tables import NameTables
    from transforms.places import Context

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

#: Texts are decided together, so many at most: it bounds the tables.
_TOGETHER = 1_000
#: A mention as one number, to sort by: the match, the kind and the code.
_KIND, _CODE = 24, 16


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
    parts = [np.empty((5, 0), dtype=np.int64)]
    for first in range(0, len(texts), _TOGETHER):
        last = min(len(texts), first + _TOGETHER)
        begin, end = np.searchsorted(found.text, (first, last))
        text, pattern = found.text[begin:end] - first, found.pattern[begin:end]
        batch = _Batch(texts[first:last], text, pattern, found.start[begin:end], found.end[begin:end])
        parts.append(batch.mentions())
        parts[-1][0] += first
    return Mentions(*np.concatenate(parts, axis=1))


@dataclass(slots=True)
class _Batch:
    """Some texts and the matches in them, all arrays by match; `rows` are some of the matches, in order."""

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
        """Columns (text, start, end, code, kind), sorted."""
        tables = self.tables
        self.around = Surroundings(self.texts, self.text, self.start, self.end)
        self.role = tables.role[self.pattern]
        after_capital, is_title, is_given = self._persons_before()
        is_place = self._is_place(is_title, is_given)
        rows = np.flatnonzero(is_place)
        self._listen(rows)
        qualified = self._qualified(rows)
        by_comma = np.array(sorted(qualified), dtype=np.int64)
        group = self._groups(rows, tables.key)
        yields = np.flatnonzero(tables.yields_to_person[self.pattern[rows]])
        yields = yields[is_among(group[yields], self._persons(is_given))]
        is_left = np.ones(len(rows), dtype=bool)
        is_left[yields[~is_among(group[yields], by_comma)]] = False
        rows, group = rows[is_left], group[is_left]
        by_cues = group[tables.has_readings[self.pattern[rows]]]
        is_special = is_among(group, np.concatenate([by_cues, by_comma]))
        located = np.concatenate(
            [
                self._likeliest(rows[~is_special], group[~is_special], after_capital),
                self._one_by_one(rows[is_special], group[is_special], qualified),
            ],
            axis=1,
        )
        row, kind, code = np.concatenate([located, self._names_of_their_own(located)], axis=1)
        made = np.sort(row << _KIND | kind << _CODE | code, kind="stable")
        row, kind, code = made >> _KIND, made >> _CODE & (1 << _KIND - _CODE) - 1, made & (1 << _CODE) - 1
        return self._with_counties(np.stack([self.text[row], self.start[row], self.end[row], code, kind]))

    def _each(self, rows: Numbers) -> Iterator[tuple[int, str, int, int]]:
        """Of each match its number, its text, and where in it it starts and ends."""
        text, start, end = (each[rows].tolist() for each in (self.text, self.start, self.end))
        return zip(rows.tolist(), map(self.texts.__getitem__, text), start, end, strict=True)

    def _groups(self, rows: Numbers, key: NDArray[Any]) -> Numbers:
        """Text and key of the name as one number."""
        groups: Numbers = self.text[rows] * len(key) + key[self.pattern[rows]]
        return groups

    def _persons_before(self) -> tuple[Flags, Flags, Flags]:
        """Whether a word with a capital, a title, and a given name stands before: see `places.person_before`."""
        follows, is_title, is_given = np.zeros((3, len(self.text)), dtype=bool)
        rows, word = self.around.following_capital(np.flatnonzero(self.role == PLACE))
        follows[rows] = True
        # Farther off nothing counts: what the rules find there they find in the word.
        words = zip(self._each(rows), word.tolist(), strict=True)
        before = [places.person_before(text[start - length : start]) for (_, text, start, _), length in words]
        is_title[rows], is_given[rows] = np.array(before, dtype=bool).reshape(-1, 2).T
        return follows, is_title, is_given

    def _is_place(self, is_title: Flags, is_given: Flags) -> Flags:
        """Where nothing around says otherwise: the patterns of `transforms.places` are tried where they may match."""
        around, role = self.around, self.role
        is_place = (role >= ABBREVIATION) & ~is_given & ~is_title
        is_place[is_title] = self.tables.is_name[self.pattern[is_title]] & ~is_given[is_title]
        name, adjective, abbreviation = (np.flatnonzero(role == each) for each in (PLACE, ADJECTIVE, ABBREVIATION))
        is_place[abbreviation] = False
        abbreviation = around.following_comma(abbreviation)
        is_place[abbreviation] = True
        given = name[self.tables.is_given[self.pattern[name]]]
        surname = adjective[self.tables.is_surname[self.pattern[adjective]]]
        for test, rows in (
            (places.is_part_of_name, around.with_tail(name)),
            (places.is_of_something, around.following_of(name)),
            (places.is_given_name, around.before_capital(given)),
            (places.is_surname, around.following_capital(surname)[0]),
            (places.is_language, around.of_language(adjective)),
            (places.is_no_abbreviation, abbreviation),
        ):
            asked = self._each(rows[is_place[rows]])
            is_place[[row for row, text, start, end in asked if test(text, start, end)]] = False
        return np.asarray(is_place, dtype=bool)

    def _persons(self, is_given: Flags) -> Numbers:
        """The names, as text and key in one number, that the texts give to persons."""
        named = np.flatnonzero(self.tables.surname[self.pattern] >= 0)
        given = np.flatnonzero(is_given)
        return np.concatenate([self._groups(named, self.tables.surname), self._groups(given, self.tables.key)])

    def _listen(self, located: Numbers) -> None:
        """Takes note of the names that are clear by themselves."""
        tables = self.tables
        heard = np.concatenate([located, np.flatnonzero(self.role == CLUE)])
        pattern = self.pattern[heard]
        # One column more than there are countries, for those that nothing speaks for.
        width = len(tables.spoken_for) + 1
        at = self.text[heard] * width + tables.speaks_for[pattern]
        speaks = np.bincount(at, tables.speaks[pattern], len(self.texts) * width)
        self.speaks = speaks.astype(np.float64, copy=False).reshape(-1, width)
        naming = located[tables.has_region[self.pattern[located]]]
        rows, flat = entries(naming, self.pattern, tables.first_region)
        # Likewise for what is in none, whose number -1 is the last.
        self.has_region = np.zeros((len(self.texts), len(tables.regions) + 1), dtype=bool)
        self.has_region[self.text[rows], tables.named_regions[flat]] = True

    def _qualified(self, located: Numbers) -> dict[int, str]:
        """By text and name the country that the name behind a comma gives, see `places.qualified`; the last decides."""
        rows = self.around.before_comma(located[: np.searchsorted(located, len(self.text) - 1)])
        follows = (self.text[rows] == self.text[rows + 1]) & (self.start[rows + 1] == self.end[rows] + 2)
        rows = rows[follows]
        pairs = zip(self.pattern[rows].tolist(), self.pattern[rows + 1].tolist(), strict=True)
        groups = self._groups(rows, self.tables.key).tolist()
        codes = zip(groups, (_by_comma(*pair) for pair in pairs), strict=True)
        return {group: code for group, code in codes if code is not None}

    def _names_of_their_own(self, located: Numbers) -> Numbers:
        """Organisations, persons and agencies, where no city of the name is among the mentions of places."""
        tables = self.tables
        is_free = tables.has_named[self.pattern]
        rows, kind, _ = located
        for each in own_names.INSTEAD:
            is_free[rows[kind == tables.kinds.index(each)]] = False
        rows, sense = entries(np.flatnonzero(is_free), self.pattern, tables.first_named)
        is_meant = own_names.meant(self.texts, self.text[rows], sense, tables, self.speaks)
        rows, sense = rows[is_meant], sense[is_meant]
        return np.stack([rows, tables.named_kind[sense], tables.named_code[sense]])

    def _likeliest(self, rows: Numbers, group: Numbers, after_capital: Flags) -> Numbers:
        """Columns (row, kind, code), see `places.likeliest`: of names of which nothing but size and company decides."""
        tables = self.tables
        sense, is_likely = self._best_senses(rows)
        sure = self._sure(rows, sense, np.flatnonzero(is_likely), after_capital)
        # The first sure one decides for those behind it; before, another place may have been too unlikely.
        decided, first, name = np.unique(group[sure], return_index=True, return_inverse=True)
        unsure = np.ones(len(rows), dtype=bool)
        unsure[sure] = False
        later = np.flatnonzero(unsure)
        later = later[is_among(group[later], decided)]
        kept, name = np.concatenate([sure, later]), np.concatenate([name, np.searchsorted(decided, group[later])])
        decider = sure[first[name]]
        is_decided = decider <= kept
        kept, decider = kept[is_decided], decider[is_decided]
        code, kind = tables.sense_code[sense[decider]], tables.sense_shown[sense[decider]]
        others = np.flatnonzero(self.pattern[rows[kept]] != self.pattern[rows[decider]])
        pairs = zip(self.pattern[rows[kept[others]]].tolist(), code[others].tolist(), strict=True)
        kind[others] = [kind_of(*pair) for pair in pairs]
        return np.stack([rows[kept], kind, code])

    def _best_senses(self, rows: Numbers) -> tuple[Numbers, Flags]:
        """Of each row the likeliest sense (of equal ones the first), and whether it is likely enough."""
        tables = self.tables
        sense = tables.first[self.pattern[rows]]
        several = np.flatnonzero(tables.has_several[self.pattern[rows]])
        if len(several):
            of, each = entries(rows[several], self.pattern, tables.first)
            score = tables.sense_weight[each] + self._support(of, each)
            begins = np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]]))
            counts = np.diff(begins, append=len(of))
            is_best = np.flatnonzero(score == np.repeat(np.maximum.reduceat(score, begins), counts))
            sense[several] = each[is_best[np.searchsorted(is_best, begins)]]
        is_likely = tables.sense_is_likely[sense]
        left = np.flatnonzero(~is_likely)
        is_likely[left] = self._support(rows[left], sense[left]) >= 1.0
        return sense, is_likely

    def _support(self, rows: Numbers, sense: Numbers) -> NDArray[np.float64]:
        """How much the text speaks for each of the senses."""
        text = self.text[rows]
        support = np.minimum(1.0, self.speaks[text, self.tables.sense_spoken[sense]]) * places.COUNTRY_BONUS
        support += self.has_region[text, self.tables.sense_region[sense]] * places.REGION_BONUS
        return np.asarray(support)

    def _sure(self, rows: Numbers, sense: Numbers, likely: Numbers, after_capital: Flags) -> Numbers:
        """Of the likely ones those of which the words right beside do not say otherwise."""
        is_sure = np.ones(len(likely), dtype=bool)
        words = np.flatnonzero(self.tables.sense_is_word[sense[likely]])
        is_sure[words] = [places.is_near(text, start) for _, text, start, _ in self._each(rows[likely[words]])]
        small = np.flatnonzero(self.tables.sense_is_small[sense[likely]])
        is_within = after_capital.copy()
        is_within[self.around.before_capital(rows[likely[small]])] = True
        small = small[is_within[rows[likely[small]]]]
        beside = self._each(rows[likely[small]])
        is_part = np.array([places.is_within_name(text, start, end) for _, text, start, end in beside], dtype=bool)
        is_sure[small] &= ~is_part
        return likely[is_sure]

    def _one_by_one(self, rows: Numbers, group: Numbers, qualified: dict[int, str]) -> Numbers:
        """Columns (row, kind, code) of the names that cues decide, or another name behind a comma."""
        vocabulary, numbers, made = names(), code_numbers(), []
        decided: dict[int, str | None] = dict(qualified)
        contexts: dict[int, Context] = {}
        patterns, texts = self.pattern[rows].tolist(), self.text[rows].tolist()
        for (row, text, start, end), pattern, key, number in zip(
            self._each(rows), patterns, group.tolist(), texts, strict=True
        ):
            code = decided.get(key)
            if code is None:
                context = contexts.get(number) or contexts.setdefault(number, self._context(number))
                code = places.country(text, (pattern, start, end), vocabulary.senses[pattern], context)
                decided[key] = code
            if code is not None:
                made.append((row, kind_of(pattern, numbers[code]), numbers[code]))
        return np.array(made, dtype=np.int64).reshape(-1, 3).T

    def _context(self, number: int) -> Context:
        """What a text says of countries."""
        tables = self.tables
        weights, is_named = self.speaks[number], self.has_region[number]
        (heard,), (named,) = weights.nonzero(), is_named.nonzero()
        return places.Context(
            speaks={
                tables.spoken_for[each]: weight
                for each, weight in zip(heard.tolist(), weights[heard].tolist(), strict=True)
            },
            regions={tables.regions[each] for each in named.tolist()},
        )

    def _with_counties(self, made: Numbers) -> Numbers:
        """The mentions, and counties that no vocabulary lists."""
        begins, ends = made[0] << 32 | made[1], made[0] << 32 | made[2]
        text, start = np.concatenate([self.around.places_of(each) for each in (b"County", b"Parish")], axis=1)
        place = text << 32 | start
        is_free = np.searchsorted(begins, place, side="right") == np.searchsorted(ends, place, side="right")
        numbers, found, kind = np.unique(text[is_free]), [], self.tables.kinds.index("region")
        spans = zip(*(np.searchsorted(made[0], each).tolist() for each in (numbers, numbers + 1)), strict=True)
        for number, (first, last) in zip(numbers.tolist(), spans, strict=True):
            counties = places.counties(self.texts[number], made[1:3, first:last].T.tolist(), self._context(number))
            found += [(number, start, end, code_numbers()[code], kind) for code, start, end in counties]
        others = np.array(found, dtype=np.int64).reshape(-1, 5).T
        return np.insert(made, np.searchsorted(begins, others[0] << 32 | others[1]), others, axis=1)


@lru_cache(maxsize=100_000)
def _by_comma(pattern: int, following: int) -> str | None:
    """The country that a name gives to the one that stands before it and a comma."""
    vocabulary = names()
    return places.qualified(", ", 0, vocabulary.senses[pattern], (following, 2, 2), vocabulary)
