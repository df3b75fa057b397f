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
_AT_ONCE = 100_000
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
        parts = [np.empty((0, 4), dtype=np.int64)]
        for first, last in _spans(texts, _TOGETHER):
            parts.append(self._find_together(texts[first:last]))
            parts[-1][:, 0] += first
        text, pattern, start, end = np.concatenate(parts).T
        return Found(text, pattern, start, end)

    def _find_together(self, texts: Sequence[str]) -> Numbers:
        """Rows (text, pattern, start, end) in order."""
        joined, rows = self._search(texts)
        letters = np.frombuffer(joined, dtype=np.uint8)
        is_whole = _is_whole(joined, letters, rows)
        # Bytes that go on with a character are no characters.
        within = np.flatnonzero((letters & 0xC0) == 0x80)
        begins = 1 + np.concatenate([[0], np.cumsum(_lengths(texts) + 1)])

        def placed(rows: Numbers) -> Numbers:
            start, end = (rows[:, column] - np.searchsorted(within, rows[:, column]) for column in (1, 2))
            text = np.searchsorted(begins, start, side="right") - 1
            return np.stack([text, rows[:, 0], start - begins[text], end - begins[text]], axis=1)

        found = placed(rows[is_whole])
        # Part of a word, a name of several words may hide others that are whole; a name of one word cannot.
        hidden = np.unique(placed(rows[~is_whole & self._has_edge[rows[:, 0]]])[:, 0])
        if not hidden.size:
            return found
        others = [self._find_hidden(texts[number], number) for number in hidden.tolist()]
        found = np.concatenate([found[~np.isin(found[:, 0], hidden)], *others])
        return found[np.lexsort((found[:, 2], found[:, 0]))]

    def _search(self, texts: Sequence[str]) -> tuple[bytes, Numbers]:
        """The texts as bytes, edges around each, and rows (pattern, start, end): leftmost and longest, whole or not."""
        # Few texts in one call: of long lists of tuples Python's garbage collector makes more work than the search.
        parts, rows = [_EDGE], [np.empty((0, 3), dtype=np.int64)]
        offset = len(_EDGE)
        for first, last in _spans(texts, _AT_ONCE):
            part = _encoded(_BETWEEN.join(texts[first:last])) + _EDGE
            rows.append(_rows(self._leftmost.find_matches_as_indexes(part)))
            rows[-1][:, 1:] += offset
            parts.append(part)
            offset += len(part)
        return b"".join(parts), np.concatenate(rows)

    def _find_hidden(self, text: str, number: int) -> Numbers:
        """The rows of a text in which a leftmost match was part of a word: chosen among every occurrence."""
        joined = _EDGE + _encoded(text) + _EDGE
        letters = np.frombuffer(joined, dtype=np.uint8)
        every = _rows(self._every.find_matches_as_indexes(joined, overlapping=True))
        chosen = _longest(every[_is_whole(joined, letters, every)])
        within = np.flatnonzero((letters & 0xC0) == 0x80)
        chosen[:, 1:] -= np.searchsorted(within, chosen[:, 1:]) + len(_EDGE)
        return np.concatenate([np.full((len(chosen), 1), number), chosen], axis=1)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _rows(matches: list[Match]) -> Numbers:
    return np.fromiter(chain.from_iterable(matches), dtype=np.int64, count=3 * len(matches)).reshape(-1, 3)


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


def _is_whole(joined: bytes, letters: NDArray[np.uint8], matches: Numbers) -> NDArray[np.bool_]:
    """For each of the rows (pattern, start, end) whether no part of a word stands right before or behind it."""
    classes = np.maximum(_CLASS[letters[matches[:, 1] - 1]], _CLASS[letters[matches[:, 2]]])
    is_whole: NDArray[np.bool_] = classes == 0
    for row in np.flatnonzero(classes == 2).tolist():
        _, start, end = matches[row].tolist()
        is_whole[row] = not (_is_part_of_word(_before(joined, start)) or _is_part_of_word(_behind(joined, end)))
    return is_whole


def _before(joined: bytes, place: int) -> str:
    first = place - 1
    while joined[first] & 0xC0 == 0x80:
        first -= 1
    return joined[first:place].decode("utf-8", "surrogatepass")


def _behind(joined: bytes, place: int) -> str:
    last = place + 1
    while joined[last : last + 1] and joined[last] & 0xC0 == 0x80:
        last += 1
    return joined[place:last].decode("utf-8", "surrogatepass")


@cache
def _is_part_of_word(letter: str) -> bool:
    """Also of a sign on the letter before it, such as a vowel of Devanagari: to `str.isalnum` those are none."""
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


def _longest(matches: Numbers) -> Numbers:
    """Of rows (pattern, start, end) that overlap the leftmost, of those the longest; in order."""
    # One number to sort by, start first and then length, falling: rows come nearly in this order.
    matches = matches[np.argsort((matches[:, 1] << 24) - (matches[:, 2] - matches[:, 1]), kind="stable")]
    start, end = matches[:, 1], matches[:, 2]
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
    return matches[is_kept]
