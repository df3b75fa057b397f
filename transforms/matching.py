"""Searching a text for many patterns at once: whole words, and of those that overlap the first and longest."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The number of the pattern, where it starts and where it ends, in characters.
Match = tuple[int, int, int]

#: An automaton of states by every byte is twice as fast, and larger than a laptop wants beyond this many characters.
_DENSE_UP_TO = 2_000_000


class Matcher:
    """Finds patterns as whole words: nothing that is a letter, a digit or a mark on one stands right beside them.

    Leftmost first, then longest, never overlapping, as the same search over the words one by one would give it. Case
    counts. A pattern given twice is found under its first number.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        dense = sum(map(len, patterns)) <= _DENSE_UP_TO
        kind = Implementation.DFA if dense else Implementation.ContiguousNFA
        self._patterns = list(patterns)
        self._longest = max(map(len, patterns), default=0)
        self._leftmost = AhoCorasick(
            self._patterns, matchkind=MatchKind.LeftmostLongest, store_patterns=False, implementation=kind
        )
        self._every = AhoCorasick(
            self._patterns,
            matchkind=MatchKind.Standard,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )

    def find(self, text: str) -> list[Match]:
        """The matches in order; positions are offsets in characters."""
        found: list[Match] = []
        reached = 0
        is_ascii = text.isascii()
        for match in self._leftmost.find_matches_as_indexes(text):
            _, start, end = match
            # Slices, as they may reach past the ends.
            if start >= reached and (
                not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
                if is_ascii
                else _is_whole(text, start, end)
            ):
                found.append(match)
                reached = end
            elif end > reached:
                # Part of a word, or of what was found already: it hid what it overlaps.
                hidden = self._hidden(text, max(start, reached), end)
                if hidden:
                    found += hidden
                    reached = hidden[-1][2]
        return found

    def _hidden(self, text: str, start: int, end: int) -> list[Match]:
        """Whole words that start from `start` on and before `end`, however far they reach."""
        window = text[start : end + self._longest]
        matches = [
            (number, start + first, start + last)
            for number, first, last in self._every.find_matches_as_indexes(window, overlapping=True)
            if start + first < end and _is_whole(text, start + first, start + last)
        ]
        found: list[Match] = []
        for match in sorted(matches, key=lambda each: (each[1], -each[2], each[0])):
            if not found or match[1] >= found[-1][2]:
                found.append(match)
        return found


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no letter, digit or mark stands right before `start`, or at `end`."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or after.isalnum() or _is_mark(text[start : start + 1]) or _is_mark(after))


def _is_mark(character: str) -> bool:
    """A sign on the letter before it, such as a vowel of Devanagari; those are no letters to `str.isalnum`."""
    return not character.isascii() and unicodedata.category(character).startswith("M")
