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
    """The letters around names: parallel to the arrays (number of the text, start, end) that tell where they stand.

    A question is asked of some of the names, given as rows of the arrays; the answer is those of which it is true.
    """

    def __init__(self, texts: Sequence[str], text: Numbers, start: Numbers, end: Numbers) -> None:
        # A byte for a character: what is not in Latin-1 becomes "?", which `_RUN` takes for what it may be.
        encoded = [each.encode("latin-1", "replace") for each in texts]
        self.letters = np.frombuffer(b"\0".join([_MARGIN, *encoded, _MARGIN]), dtype=np.uint8)
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        self.begins = len(_MARGIN) + 1 + np.cumsum(lengths + 1) - lengths - 1
        begins = self.begins[text]
        self.place, self.behind = begins + start, begins + end

    def following_capital(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Where the word before, with a blank between, has a capital letter; and the length of word and blank."""
        rows = rows[self.letters[self.place[rows] - 1] == _BLANK]
        follows, length = np.zeros(len(rows), dtype=bool), np.ones(len(rows), dtype=np.int64)
        left, at = np.arange(len(rows)), self.place[rows] - 2
        for reached in range(2, places.REACH + 1):
            kinds = _RUN[self.letters[at]]
            follows[left[kinds == _CAPITAL]] = True
            goes_on = np.flatnonzero(kinds)
            if not len(goes_on):
                break
            left, at = left[goes_on], at[goes_on] - 1
            length[left] = reached
        return rows[follows], length[follows]

    def before_capital(self, rows: Numbers) -> Numbers:
        """Where a word with a capital letter stands behind."""
        rows = rows[self.letters[self.behind[rows]] == _BLANK]
        after = self.letters[self.behind[rows] + 1]
        before: Numbers = rows[(after >= ord("A")) & (after <= ord("Z"))]
        return before

    def following_comma(self, rows: Numbers) -> Numbers:
        """Where ", " stands before."""
        return rows[self._is_comma(self.place[rows] - 2)]

    def before_comma(self, rows: Numbers) -> Numbers:
        """Where ", " stands behind."""
        return rows[self._is_comma(self.behind[rows])]

    def _is_comma(self, at: Numbers) -> Flags:
        is_comma: Flags = (self.letters[at] == _COMMA) & (self.letters[at + 1] == _BLANK)
        return is_comma

    def with_tail(self, rows: Numbers) -> Numbers:
        """Where a word may stand behind that is one of `places.TAIL_WORDS`, as far as three letters tell."""
        rows = rows[self.letters[self.behind[rows]] == _BLANK]
        return rows[_TAILS[self._three(self.behind[rows] + 1)]]

    def of_language(self, rows: Numbers) -> Numbers:
        """Where a word as in "-speaking" may stand behind, as far as three letters tell."""
        behind = self.letters[self.behind[rows]]
        rows = rows[(behind == _BLANK) | (behind == _HYPHEN)]
        return rows[_LANGUAGES[self._three(self.behind[rows] + 1)]]

    def following_of(self, rows: Numbers) -> Numbers:
        """Where one of `places.OF_WORDS` may stand before with " of" or " for", as far as their last letters tell."""
        rows = rows[self.letters[self.place[rows] - 1] == _BLANK]
        at = self.place[rows] - 2
        at[_ENDS_THE[self._pair(at)]] -= 4
        is_one = _ENDS_OF[self._pair(at)]
        rows, at = rows[is_one], at[is_one]
        at -= np.where(self.letters[at] | 0x20 == ord("r"), len("for "), len("of "))
        return rows[_BODIES[self._three(at - 2)]]

    def _pair(self, at: Numbers) -> Numbers:
        """The letter there and the one before as a number."""
        made: Numbers = self.letters[at - 1].astype(np.int64) << 8 | self.letters[at]
        return made

    def _three(self, at: Numbers) -> Numbers:
        """The three letters from there on, whatever their case, as a number below `_THREES`."""
        letters = [self.letters[at + step].astype(np.int64) & 0x1F for step in range(3)]
        made: Numbers = letters[0] << 10 | letters[1] << 5 | letters[2]
        return made

    def places_of(self, word: bytes) -> Numbers:
        """Where in the texts a word stands, of ASCII letters, the first of them rare: columns (text, start)."""
        at = np.flatnonzero(self.letters == word[0])
        for step in range(1, len(word)):
            at = at[self.letters[at + step] == word[step]]
        text = np.searchsorted(self.begins, at, side="right") - 1
        return np.stack([text, at - self.begins[text]])


_OTHER, _LETTER, _CAPITAL = range(3)
#: What a byte is to the word before a name: of a word or its apostrophe, full stop ("Mr.") or an unknown character.
_RUN = np.array(
    [
        _CAPITAL if "A" <= chr(byte) <= "Z" else _LETTER if chr(byte).isalnum() or chr(byte) in "'._?" else _OTHER
        for byte in range(256)
    ],
    dtype=np.int8,
)


#: Of three letters only the last five bits count, which tell the letters of the alphabet apart, large or small.
_THREES = 1 << 15


def _threes(words: Sequence[str]) -> Flags:
    """By numbers as `_three` makes them whether a word begins so; of words of two letters with any behind."""
    made = np.zeros((32, 32, 32), dtype=bool)
    for word in words:
        first, second, *third = (ord(letter) & 0x1F for letter in word[:3])
        made[first, second, third or slice(None)] = True
    return made.reshape(_THREES)


def _pairs(*pairs: tuple[str, str]) -> Flags:
    """By the numbers of two letters, whatever their case, whether they are one of these."""
    made = np.zeros((256, 256), dtype=bool)
    for first, second in pairs:
        made[np.ix_([ord(first), ord(first.upper())], [ord(second), ord(second.upper())])] = True
    return made.reshape(-1)


_TAILS = _threes(places.TAIL_WORDS)
_LANGUAGES = _threes(("language", "speaking"))
_ENDS_THE = _pairs(("h", "e"))
_ENDS_OF = _pairs(("o", "f"), ("o", "r"))
_BODIES = _threes([word[-3:] for word in places.OF_WORDS])
