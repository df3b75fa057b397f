"""A set of texts in a few bytes each: what a run has heard of or dealt with, which grows with every page."""

from __future__ import annotations

from array import array

from spiders.known import fingerprint

_FEWEST_SLOTS = 1 << 10


class KeySet:
    """Remembers texts by their fingerprints, 8 bytes each, in a table of open addresses that is half empty.

    A set of the texts themselves takes ten times as much. Of a million texts two are taken for one with a probability
    of 3 in 10^8.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FEWEST_SLOTS))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: str) -> bool:
        return self._slots[self._place(_number(key))] != 0

    def add(self, key: str) -> bool:
        """Adds a text; whether it was not there."""
        number = _number(key)
        place = self._place(number)
        if self._slots[place]:
            return False
        self._slots[place] = number
        self._count += 1
        if 2 * self._count > len(self._slots):
            self._grow()
        return True

    def _place(self, number: int) -> int:
        """Where the number stands, or the free slot where it belongs."""
        slots, last = self._slots, len(self._slots) - 1
        place = number & last
        while slots[place] and slots[place] != number:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        old, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
        for number in old:
            if number:
                self._slots[self._place(number)] = number


def _number(key: str) -> int:
    """The fingerprint as a number; 0 marks a free slot."""
    return int.from_bytes(fingerprint(key), "little") or 1
