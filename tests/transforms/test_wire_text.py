from __future__ import annotations

from transforms.wire_text import own_text


def test_a_dateline_is_no_part_of_the_text_that_is_compared() -> None:
    assert own_text("New Delhi, Dec 12 (PTI) — Rain fell.\n\nIt stopped.") == "Rain fell.\n\nIt stopped."
    assert own_text("Rain fell.") == "Rain fell."
    assert own_text(None) == ""
