"""Finding numbers among others: by their last bits, which a small table tells, and in full only where these agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

#: So many of the last bits: the table stays within the processor's cache.
_MASK = (1 << 16) - 1


def is_among(numbers: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """`np.isin`, many times faster where few of the numbers are among the others."""
    result = _may_be_among(numbers, others)
    likely = np.flatnonzero(result)
    if len(likely):
        some = np.sort(others[_may_be_among(others, numbers[likely])])
        result[likely] = some.take(np.searchsorted(some, numbers[likely]), mode="clip") == numbers[likely]
    return result


def _may_be_among(numbers: Numbers, others: Numbers) -> NDArray[np.bool_]:
    table = np.zeros(_MASK + 1, dtype=bool)
    table[others & _MASK] = True
    result: NDArray[Any] = table[numbers & _MASK]
    return result
