from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.wire_text import own_text, read_marks


@pytest.mark.parametrize(
    ("body", "own"),
    [
        ("New Delhi, Dec 12 (PTI) \u2014 Rain fell.\n\nIt stopped.", "Rain fell.\n\nIt stopped."),
        ("Rain fell.\n\nIt stopped.\n\nPTI ABC DEF", "Rain fell.\n\nIt stopped."),
        ("Rain fell. PTI ABC", "Rain fell."),
        ("Rain fell. (ANI)", "Rain fell."),
        ("Rome [Italy], December 12 (ANI): Rain fell. (ANI)", "Rain fell."),
        ("Rain fell. IANS na/dpb", "Rain fell."),
        ("Rain fell. -- Reuters", "Rain fell."),
        ("Rain fell.\n\n\u2014 AFP", "Rain fell."),
        ("Rain fell.\n\nUNI XC 1234", "Rain fell.\n\nUNI XC 1234"),
        ("Rain fell. AP GRS GRS", "Rain fell."),
        ("Rain fell.\n\n(Reporting by Ann Lee in Rome; Editing by B. Ray)", "Rain fell."),
        ("Rain fell. (Additional reporting by Ann Lee; editing by Bob Ray)", "Rain fell."),
        ("Rain fell.\n\nReporting by Ann Lee; Editing by Bob Ray", "Rain fell."),
        ("Rain fell.\n\n(With inputs from agencies.)", "Rain fell."),
        ("Rain fell. (With inputs from ANI)", "Rain fell."),
        ("Rain fell.\n\nPTI\n\n(Only the headline and picture may have been reworked by the staff.)", "Rain fell."),
        ("Rain fell.\n\nThis story has not been edited by our staff and comes from a syndicated feed.", "Rain fell."),
        ("Rain fell.\n\n(Disclaimer: The above press release has been provided by PNN.)", "Rain fell."),
        ("ROME, Dec. 12, 2025 /PRNewswire/ -- Rain fell.\n\nSOURCE Acme Corp.", "Rain fell."),
        ("Rain fell.\n\n###", "Rain fell."),
        ("(With inputs from agencies.)", ""),
        ("Rain fell.", "Rain fell."),
        (None, ""),
        ("", ""),
    ],
)
def test_the_marks_of_agency_and_desk_are_no_part_of_the_text_that_is_compared(body, own):
    assert own_text(body) == own


@pytest.mark.parametrize(
    "body",
    [
        "He works for Reuters",
        "He told PTI",
        "The party won in Delhi (AAP)",
        "Rain fell on the roads of AP",
        "Rain fell. AP",
        "The story was published in Rome.",
        "The story of the agency.\n\nWith the inputs of farmers dear, prices rose.",
        "(With inputs from agencies.)\n\nRain fell.",
        "This report by the ministry says that rain fell.",
        "Rain fell ($1 = 83 rupees)",
    ],
)
def test_what_is_part_of_the_story_stays(body):
    assert own_text(body) == body


def test_marks_are_kept_apart_by_what_they_are():
    marks = read_marks(
        "ROME, Dec 12 (Reuters) - Rain.\n\n(Reporting by Ann Lee)\n\nPTI ABC\n\n(With inputs from agencies.)"
    )
    assert marks.dateline.agencies == ("Reuters",)
    assert (marks.trailers, marks.trailer_agencies) == (("PTI ABC",), ("PTI",))
    assert marks.credits == ("(Reporting by Ann Lee)",)
    assert marks.notices == ("(With inputs from agencies.)",)


PIECES = [
    "Rain fell.",
    "New Delhi, Dec 12 (PTI) ",
    "\n\n",
    " (ANI)",
    "PTI ABC",
    "(With inputs from agencies.)",
    "###",
    "(",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8).map("".join))
def test_the_own_text_is_a_piece_of_the_body_and_taking_the_marks_off_never_fails(body):
    assert own_text(body) in body
