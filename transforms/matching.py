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

#: An automaton with a row for every byte is half again as fast, and takes too much memory beyond so many characters.
_DENSE_UP_TO = 2_000_000
#: Texts are searched together, as many as come to about so many characters: it bounds the memory.
_TOGETHER = 1_000_000
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
        is_small = sum(map(len, patterns)) <= _DENSE_UP_TO
        # Every occurrence, also within words and within one another: what is wanted is chosen from these in arrays,
        # at less cost than one look at each.
        self._automaton = BytesAhoCorasick(
            [_encoded(each) for each in patterns],
            matchkind=MatchKind.Standard,
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
        # Searched as bytes: offsets in characters would be reckoned for every occurrence, wanted or not.
        given = [_encoded(texts[number]) for number in numbers]
        joined = b"".join((_EDGE, *(each + _EDGE for each in given)))
        every = self._automaton.find_matches_as_indexes(joined, overlapping=True)
        flat = np.fromiter(chain.from_iterable(every), dtype=np.int64, count=3 * len(every)).reshape(-1, 3)
        letters = np.frombuffer(joined, dtype=np.uint8)
        pattern, start, end = _longest(_whole_words(joined, letters, flat)).T
        begins = np.cumsum([len(_EDGE), *(len(each) + len(_EDGE) for each in given)])
        which = np.searchsorted(begins, start, side="right") - 1
        if not joined.isascii():
            # Characters so far, by byte: all but those that go on with a character.
            count = np.cumsum((letters & 0xC0) != 0x80)
            start, end, begins = count[start - 1], count[end - 1], count[begins - 1]
        return np.array(numbers, dtype=np.int64)[which], pattern, start - begins[which], end - begins[which]


_NONE: Numbers = np.empty(0, dtype=np.int64)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _chunks(texts: Sequence[str]) -> Iterator[list[int]]:
    """The numbers of texts that are searched together."""
    chunk: list[int] = []
    size = 0
    for number, text in enumerate(texts):
        chunk.append(number)
        size += len(text)
        if size >= _TOGETHER:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


#: By byte: 0 is part of no word, 1 part of one, 2 part of a character beyond ASCII, which has to be looked at.
_CLASS = np.array([2 if byte >= 128 else chr(byte).isalnum() for byte in range(256)], dtype=np.uint8)


def _whole_words(joined: bytes, letters: NDArray[np.uint8], matches: Numbers) -> Numbers:
    """Those of the rows (pattern, start, end) with no part of a word right before or behind them."""
    classes = np.maximum(_CLASS[letters[matches[:, 1] - 1]], _CLASS[letters[matches[:, 2]]])
    is_whole = classes == 0
    for row in np.flatnonzero(classes == 2).tolist():
        _, start, end = matches[row].tolist()
        is_whole[row] = not (_is_part_of_word(_before(joined, start)) or _is_part_of_word(_behind(joined, end)))
    return matches[is_whole]


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
