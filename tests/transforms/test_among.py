"""Numbers among others, also where their last bits agree."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.among import is_among

#: Few last bits, so that many agree.
NUMBERS = st.lists(st.builds(lambda high, low: (high << 16) + low, st.integers(0, 5), st.integers(0, 5)))


@given(NUMBERS, NUMBERS)
def test_the_same_are_found_as_in_a_set(numbers, others):
    found = is_among(np.array(numbers, dtype=np.int64), np.array(others, dtype=np.int64))
    assert found.tolist() == [each in set(others) for each in numbers]
