"""Searching many texts for many patterns at once: whole words, and of those that overlap the first and longest."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

#: The number of the pattern, where it starts and where it ends, in characters.
Match = tuple[int, int, int]

#: An automaton with a row for every byte is half again as fast, and takes too much memory beyond so many characters.
_DENSE_UP_TO = 2_000_000
#: Texts are searched together, as many as come to about so many characters: it bounds the memory.
_TOGETHER = 1_000_000
#: Stands between texts that are searched together, and in no pattern.
_BETWEEN = "\0"


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
        return (rows[first:last] for first, last in zip(bounds, bounds[1:], strict=False))


class Matcher:
    """Finds patterns as whole words: nothing that is a letter, a digit or a mark on one stands right beside them.

    Leftmost first, then longest, never overlapping, as the same search over the words one by one would give it. Case
    counts. A pattern given twice is found under one of its numbers.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        if any(_BETWEEN in each or not each for each in patterns):
            raise ValueError("searching for many patterns: one of them is empty or holds the character U+0000")
        is_small = sum(map(len, patterns)) <= _DENSE_UP_TO
        # Every occurrence, also within words and within one another: what is wanted is chosen from these in arrays,
        # at less cost than one look at each.
        self._automaton = AhoCorasick(
            list(patterns),
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.DFA if is_small else Implementation.ContiguousNFA,
        )

    def find(self, text: str) -> list[Match]:
        """The matches in one text, in order; for many texts `find_all` is faster."""
        return next(self.find_all([text]).by_text(1))

    def find_all(self, texts: Sequence[str]) -> Found:
        """The matches in each of the texts."""
        parts = [self._find_together(texts, numbers) for numbers in _chunks(texts)]
        columns = [np.concatenate([_NONE, *(part[column] for part in parts)]) for column in range(4)]
        text, pattern, start, end = columns
        order = np.lexsort((start, text))
        return Found(text[order], pattern[order], start[order], end[order])

    def _find_together(self, texts: Sequence[str], numbers: list[int]) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        given = [texts[number] for number in numbers]
        joined = _BETWEEN.join(given)
        every = self._automaton.find_matches_as_indexes(joined, overlapping=True)
        flat = np.fromiter(chain.from_iterable(every), dtype=np.int64, count=3 * len(every)).reshape(-1, 3)
        pattern, start, end = _longest(_whole_words(joined, flat)).T
        begins = np.cumsum([0, *(len(each) + 1 for each in given)])
        which = np.searchsorted(begins, start, side="right") - 1
        return np.array(numbers, dtype=np.int64)[which], pattern, start - begins[which], end - begins[which]


_NONE: Numbers = np.empty(0, dtype=np.int64)


def _chunks(texts: Sequence[str]) -> Iterator[list[int]]:
    """The numbers of texts that are searched together; those with letters beyond ASCII apart, as they take longer."""
    for is_ascii in (True, False):
        chunk: list[int] = []
        size = 0
        for number, text in enumerate(texts):
            if text.isascii() == is_ascii:
                chunk.append(number)
                size += len(text)
                if size >= _TOGETHER:
                    yield chunk
                    chunk, size = [], 0
        if chunk:
            yield chunk


def _whole_words(text: str, matches: Numbers) -> Numbers:
    """Those of the rows (pattern, start, end) with no part of a word right before or behind them."""
    if text.isascii():
        # A character that is part of no word at either end, so that there is always one to look at.
        is_part = _IS_PART_OF_ASCII_WORD[np.frombuffer(f"\0{text}\0".encode("ascii"), dtype=np.uint8)]
        return matches[~(is_part[matches[:, 1]] | is_part[matches[:, 2] + 1])]
    letters = np.frombuffer(f"\0{text}\0".encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    beside = np.stack([letters[matches[:, 1]], letters[matches[:, 2] + 1]])
    known, places = np.unique(beside, return_inverse=True)
    is_part = np.array([_is_part_of_word(chr(letter)) for letter in known.tolist()], dtype="bool")
    return matches[~is_part[places.reshape(beside.shape)].any(axis=0)]


def _is_part_of_word(letter: str) -> bool:
    """Also of a sign on the letter before it, such as a vowel of Devanagari: to `str.isalnum` those are none."""
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


_IS_PART_OF_ASCII_WORD = np.array([chr(code).isalnum() for code in range(128)], dtype="bool")


def _longest(matches: Numbers) -> Numbers:
    """Of rows (pattern, start, end) that overlap the leftmost, of those the longest; in order."""
    matches = matches[np.lexsort((matches[:, 0], -matches[:, 2], matches[:, 1]))]
    start, end = matches[:, 1], matches[:, 2]
    # What nothing before it reaches is kept in any case; only the others have to be looked at one by one.
    reached = np.maximum.accumulate(np.concatenate([[0], end]))[:-1]
    is_kept = start >= reached
    heads = np.flatnonzero(is_kept)
    last = -1
    reaches = 0
    for position in np.flatnonzero(~is_kept).tolist():
        head = int(heads[np.searchsorted(heads, position) - 1])
        if head != last:
            last, reaches = head, int(end[head])
        if start[position] >= reaches:
            is_kept[position] = True
            reaches = int(end[position])
    return matches[is_kept]
