"""Searching many texts for many patterns at once: whole words, and of those that overlap the first and longest."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

#: The number of the pattern, where it starts and where it ends, in characters.
Match = tuple[int, int, int]

#: Texts are searched together, as many as come to about so many characters: it bounds the memory.
_TOGETHER = 1_000_000
#: And so many in one call of the search.
_AT_ONCE = 30_000
#: Stands between texts that are searched together, and in no pattern.
_BETWEEN = "\0"
_EDGE = b"\0"


@dataclass(frozen=True, slots=True)
class Found:
    """Matches in several texts, sorted by text and place: parallel arrays of int64.

    Attributes:
        text: the number of the text.
        pattern: the number of the pattern.
        start: the offset of the first character in its text.
        end: the offset behind the last one.
    """

    text: Numbers
    pattern: Numbers
    start: Numbers
    end: Numbers

    def by_text(self, count: int) -> Iterator[list[Match]]:
        """The matches of each of `count` texts, in order."""
        rows = list(zip(self.pattern.tolist(), self.start.tolist(), self.end.tolist(), strict=True))
        bounds = np.searchsorted(self.text, np.arange(count + 1)).tolist()
        return (rows[first:last] for first, last in pairwise(bounds))


class Matcher:
    """Finds patterns as whole words: nothing that is a letter, a digit or a mark on one stands right beside them.

    Leftmost first, then longest, never overlapping, as the same search over the words one by one would give it. Case
    counts. A pattern given twice is found under one of its numbers.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        if any(_BETWEEN in each or not each for each in patterns):
            raise ValueError("searching for many patterns: one of them is empty or holds the character U+0000")
        given = [_encoded(each) for each in patterns]
        # Automata with a row for every byte do not fit the processor's caches: five times slower on 20,000 names.
        compact = Implementation.ContiguousNFA
        self._leftmost = BytesAhoCorasick(given, matchkind=MatchKind.LeftmostLongest, implementation=compact)
        self._every = BytesAhoCorasick(given, matchkind=MatchKind.Standard, implementation=compact)
        self._has_edge = np.array([not all(map(_is_part_of_word, each)) for each in patterns], dtype="bool")

    def find(self, text: str) -> list[Match]:
        """The matches in one text, in order; for many texts `find_all` is faster."""
        return next(self.find_all([text]).by_text(1))

    def find_all(self, texts: Sequence[str]) -> Found:
        """The matches in each of the texts."""
        parts = [np.empty((4, 0), dtype=np.int64)]
        for first, last in _spans(texts, _TOGETHER):
            parts.append(self._find_together(texts[first:last]))
            parts[-1][0] += first
        return Found(*np.concatenate(parts, axis=1))

    def _find_together(self, texts: Sequence[str]) -> Numbers:
        """Columns (text, pattern, start, end) in order."""
        joined = _Joined(texts)
        matches = joined.search(self._leftmost)
        is_whole = joined.is_whole(matches)
        found = joined.placed(matches[:, is_whole])
        # Part of a word, a name of several words may hide others that are whole; a name of one word cannot.
        parts = matches[:, ~is_whole]
        hidden = np.unique(joined.placed(parts[:, self._has_edge[parts[0]]])[0])
        if not hidden.size:
            return found
        others = self._find_hidden([texts[number] for number in hidden.tolist()])
        others[0] = hidden[others[0]]
        is_hidden = np.zeros(len(texts), dtype="bool")
        is_hidden[hidden] = True
        found = np.concatenate([found[:, ~is_hidden[found[0]]], others], axis=1)
        return found[:, np.argsort(found[0], kind="stable")]

    def _find_hidden(self, texts: Sequence[str]) -> Numbers:
        """The same of texts in which a leftmost match was part of a word: chosen among every occurrence."""
        joined = _Joined(texts)
        every = joined.search(self._every, overlapping=True)
        return joined.placed(_longest(every[:, joined.is_whole(every)]))


class _Joined:
    """Several texts as bytes, with an edge around each; matches in them are columns (pattern, start, end)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._lengths = _lengths(texts)
        encoded = [_encoded(each) for each in texts]
        self._parts = [_EDGE.join(encoded[first:last]) + _EDGE for first, last in _spans(texts, _AT_ONCE)]
        self._bytes = b"".join([_EDGE, *self._parts])
        self._letters = np.frombuffer(self._bytes, dtype=np.uint8)
        # Bytes that go on with a character are no characters.
        self._within = np.flatnonzero((self._letters & 0xC0) == 0x80)

    def search(self, automaton: BytesAhoCorasick, *, overlapping: bool = False) -> Numbers:
        """What the automaton finds, whole words or not."""
        # Few texts in one call: of long lists of tuples Python's garbage collector makes more work than the search.
        found, offset = [np.empty((3, 0), dtype=np.int64)], len(_EDGE)
        for part in self._parts:
            found.append(_columns(automaton.find_matches_as_indexes(part, overlapping=overlapping)))
            found[-1][1:] += offset
            offset += len(part)
        return np.concatenate(found, axis=1)

    def is_whole(self, matches: Numbers) -> NDArray[np.bool_]:
        """Of each match whether no part of a word stands right before or behind it."""
        classes = np.maximum(_CLASS[self._letters[matches[1] - 1]], _CLASS[self._letters[matches[2]]])
        is_whole: NDArray[np.bool_] = classes == 0
        for row in np.flatnonzero(classes == 2).tolist():
            _, start, end = matches[:, row].tolist()
            is_whole[row] = not (_is_part_of_word(self._before(start)) or _is_part_of_word(self._behind(end)))
        return is_whole

    def _before(self, place: int) -> str:
        first = place - 1
        while self._bytes[first] & 0xC0 == 0x80:
            first -= 1
        return _decoded(self._bytes[first:place])

    def _behind(self, place: int) -> str:
        last = place + 1
        while self._bytes[last : last + 1] and self._bytes[last] & 0xC0 == 0x80:
            last += 1
        return _decoded(self._bytes[place:last])

    def placed(self, matches: Numbers) -> Numbers:
        """Columns (text, pattern, start, end), in characters of the text, of matches in order."""
        pattern, start, end = matches
        start, end = start - _below(self._within, start), end - _below(self._within, end)
        begins = len(_EDGE) + np.concatenate([[0], np.cumsum(self._lengths + len(_BETWEEN))])
        counts = np.diff(np.searchsorted(start, begins))
        offset = np.repeat(begins[:-1], counts)
        return np.stack([np.repeat(np.arange(len(counts)), counts), pattern, start - offset, end - offset])


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(letters: bytes) -> str:
    return letters.decode("utf-8", "surrogatepass")


def _columns(matches: list[Match]) -> Numbers:
    numbers = np.fromiter(chain.from_iterable(matches), dtype=np.int64, count=3 * len(matches))
    return np.ascontiguousarray(numbers.reshape(-1, 3).T)


def _below(numbers: Numbers, places: Numbers) -> Numbers:
    """How many of the numbers are below each of the places; both are in order."""
    if len(numbers) > len(places):
        return np.searchsorted(numbers, places)
    return np.cumsum(np.bincount(np.searchsorted(places, numbers, side="right"), minlength=len(places)))[: len(places)]


def _lengths(texts: Sequence[str]) -> Numbers:
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


def _spans(texts: Sequence[str], size: int) -> Iterator[tuple[int, int]]:
    """Consecutive texts, first and behind the last, that come to about so many characters."""
    reached = np.cumsum(_lengths(texts))
    first = before = 0
    while first < len(texts):
        last = min(len(texts), int(np.searchsorted(reached, before + size)) + 1)
        yield first, last
        first, before = last, int(reached[last - 1])


#: By byte: 0 is part of no word, 1 part of one, 2 part of a character beyond ASCII, which has to be looked at.
_CLASS = np.array([2 if byte >= 128 else chr(byte).isalnum() for byte in range(256)], dtype=np.uint8)


@cache
def _is_part_of_word(letter: str) -> bool:
    """Also of a sign on the letter before it, such as a vowel of Devanagari: to `str.isalnum` those are none."""
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


def _longest(matches: Numbers) -> Numbers:
    """Of columns (pattern, start, end) that overlap the leftmost, of those the longest; in order."""
    # One number to sort by, start first and then length, falling: they come nearly in this order.
    matches = matches[:, np.argsort((matches[1] << 24) - (matches[2] - matches[1]), kind="stable")]
    _, start, end = matches
    # What nothing before it reaches is kept in any case, and what overlaps the last such one is not; only the others
    # have to be looked at one by one.
    reached = np.maximum.accumulate(np.concatenate([[0], end]))[:-1]
    is_kept = start >= reached
    head = np.flatnonzero(is_kept)[np.cumsum(is_kept) - 1]
    last, reaches = -1, 0
    for position in np.flatnonzero(~is_kept & (start >= end[head])).tolist():
        if head[position] != last:
            last, reaches = int(head[position]), int(end[head[position]])
        if start[position] >= reaches:
            is_kept[position] = True
            reaches = int(end[position])
    return matches[:, is_kept]
