"""The compact set of keys."""

from __future__ import annotations

import sys

from spiders.key_set import KeySet


def test_it_holds_what_was_added_and_nothing_else() -> None:
    keys = KeySet()
    assert all(keys.add(str(number)) for number in range(5_000))
    assert not any(keys.add(str(number)) for number in range(5_000))
    assert len(keys) == 5_000
    assert all(str(number) in keys for number in range(5_000))
    assert not any(str(number) in keys for number in range(5_000, 10_000))


def test_it_takes_a_fraction_of_a_set_of_texts() -> None:
    texts = {str(number) for number in range(10_000, 60_000)}
    keys = KeySet()
    for text in texts:
        keys.add(text)
    taken = sys.getsizeof(texts) + sum(map(sys.getsizeof, texts))
    assert sys.getsizeof(keys._slots) < taken / 4
