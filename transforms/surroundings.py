"""What stands right before and behind names, looked at for many of them at once; where in doubt the answer is yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transforms import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_MARGIN = b"\0" * (places.REACH + 8)
_BLANK, _COMMA, _HYPHEN = b" ,-"


class Surroundings:
    """The letters around names: parallel to the arrays (number of the text, start, end) that tell where they stand."""

    def __init__(self, texts: Sequence[str], text: Numbers, start: Numbers, end: Numbers) -> None:
        # A byte for a character: what is not in Latin-1 becomes "?", which `_RUN` takes for what it may be.
        joined = "\0".join(texts).encode("latin-1", "replace")
        self.letters = np.frombuffer(b"".join((_MARGIN, joined, _MARGIN)), dtype=np.uint8)
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        begins = np.cumsum(lengths + 1) - lengths - 1 + len(_MARGIN)
        self.place, self.behind = begins[text] + start, begins[text] + end

    def follows_capital(self, of: Flags) -> tuple[Flags, Numbers]:
        """Whether the word before, with a blank between, has a capital letter; and the length of word and blank.

        Only looked at where `of` says so.
        """
        follows = np.zeros(len(self.place), dtype=bool)
        length = np.ones(len(self.place), dtype=np.int64)
        left = np.flatnonzero((self.letters[self.place - 1] == _BLANK) & of)
        at = self.place[left] - 2
        for reached in range(2, places.REACH + 1):
            kinds = _RUN[self.letters[at]]
            follows[left[kinds == _CAPITAL]] = True
            left, at = left[kinds != _OTHER], at[kinds != _OTHER] - 1
            length[left] = reached
        return follows, length

    def is_before_capital(self) -> Flags:
        after = self.letters[self.behind + 1]
        is_capital: Flags = (self.letters[self.behind] == _BLANK) & (after >= ord("A")) & (after <= ord("Z"))
        return is_capital

    def follows_comma(self) -> Flags:
        """Whether ", " stands before."""
        follows: Flags = (self.letters[self.place - 1] == _BLANK) & (self.letters[self.place - 2] == _COMMA)
        return follows

    def is_before_comma(self) -> Flags:
        """Whether ", " stands behind."""
        is_before: Flags = (self.letters[self.behind] == _COMMA) & (self.letters[self.behind + 1] == _BLANK)
        return is_before

    def may_have_tail(self) -> Flags:
        """Whether a word stands behind that begins like one of `places.TAIL_WORDS`."""
        may_have: Flags = (self.letters[self.behind] == _BLANK) & np.isin(self._three_behind(), _TAILS)
        return may_have

    def may_be_language(self) -> Flags:
        """Whether a word as in "-speaking" stands behind, as far as three letters tell."""
        behind = self.letters[self.behind]
        may_be: Flags = ((behind == _BLANK) | (behind == _HYPHEN)) & np.isin(self._three_behind(), _LANGUAGES)
        return may_be

    def may_follow_of(self) -> Flags:
        """Whether " of", " for" and their "the" stand before, as far as two letters tell."""
        last, one = self.letters[self.place - 2] | 0x20, self.letters[self.place - 3] | 0x20
        is_the = (last == ord("e")) & (one == ord("h")) & np.isin(self.letters[self.place - 6] | 0x20, _OF_OR_FOR)
        is_one = is_the | ((last == ord("f")) & (one == ord("o"))) | ((last == ord("r")) & (one == ord("o")))
        follows: Flags = is_one & (self.letters[self.place - 1] == _BLANK)
        return follows

    def _three_behind(self) -> Numbers:
        """The three letters after the one behind, in small letters, as a number."""
        letters = [self.letters[self.behind + step].astype(np.int64) | 0x20 for step in (1, 2, 3)]
        made: Numbers = letters[0] << 16 | letters[1] << 8 | letters[2]
        return made


_OTHER, _LETTER, _CAPITAL = range(3)
#: What a byte is to the word before a name: of a word or its apostrophe, full stop ("Mr.") or an unknown character.
_RUN = np.array(
    [
        _CAPITAL if "A" <= chr(byte) <= "Z" else _LETTER if chr(byte).isalnum() or chr(byte) in "'._?" else _OTHER
        for byte in range(256)
    ],
    dtype=np.int8,
)


def _threes(words: Sequence[str]) -> Numbers:
    """Numbers as `_three_behind` makes them; of words of two letters with any letter behind."""
    made = set()
    for word in words:
        for letter in range(256) if len(word) < 3 else [ord(word[2])]:
            made.add((ord(word[0]) | 0x20) << 16 | (ord(word[1]) | 0x20) << 8 | letter | 0x20)
    return np.array(sorted(made), dtype=np.int64)


_TAILS = _threes(places.TAIL_WORDS)
_LANGUAGES = _threes(("language", "speaking"))
_OF_OR_FOR = np.frombuffer(b"fr", dtype=np.uint8)
