import pytest

from transforms.provenance import is_own_byline, provenance_of
from transforms.wire_text import read_marks

FEED = "(This story has not been edited by staff and is auto-generated from a syndicated feed.)"
PTI_COPY = "New Delhi, Dec 12 (PTI) Rain fell.\n\nIt stopped. PTI ABC DEF"


def origin(source=None, attribution=None, body="Rain fell.", *, is_own=False):
    return provenance_of((source, None), (attribution,) if attribution else (), read_marks(body), is_own=is_own)


@pytest.mark.parametrize(
    ("source", "attribution", "body", "is_own", "expected"),
    [
        ("PTI", FEED, "Rain.", False, ("verbatim", f"notice: {FEED}")),
        ("Planet", FEED, "Rain.", True, ("verbatim", f"notice: {FEED}")),
        ("Planet", "(With inputs from agencies.)", "Rain.", True, ("desk", "notice: (With inputs from agencies.)")),
        ("PTI", "(with additional inputs from PTI)", PTI_COPY, False,
         ("desk", "notice: (with additional inputs from PTI)")),
        ("Planet Desk with Agency Inputs", None, "Rain.", True, ("desk", "byline: Planet Desk with Agency Inputs")),
        ("Planet", None, "Rain.\n\n(With inputs from PTI)", True, ("desk", "notice: (With inputs from PTI)")),
        ("PTI", None, PTI_COPY, False, ("verbatim", "prefix: New Delhi, Dec 12 (PTI)")),
        ("ANI", None, "Rain fell. (ANI)", False, ("verbatim", "trailer: (ANI)")),
        ("ANI", None, PTI_COPY, False, ("unknown", None)),
        ("Planet", "The author is a lawyer.", "Rain.", True, ("own", "byline: Planet")),
        (None, None, "Rain.", True, ("own", None)),
        ("PTI", None, "Rain.", False, ("unknown", None)),
    ],
)  # fmt: skip
def test_syndication_is_what_the_page_says_and_the_words_are_kept(source, attribution, body, is_own, expected):
    found = origin(source, attribution, body, is_own=is_own)
    assert (found.syndication, found.syndication_evidence) == expected


def test_every_witness_that_names_an_agency_is_evidence_and_the_byline_comes_first():
    found = origin("Reuters", "(With inputs from AP and PTI.)", PTI_COPY)
    assert found.source_agency == "Reuters"
    assert found.agencies == ("Reuters", "PTI", "AP")
    assert found.agency_evidence == (
        "byline: Reuters",
        "prefix: New Delhi, Dec 12 (PTI)",
        "trailer: PTI ABC DEF",
        "notice: (With inputs from AP and PTI.)",
    )


@pytest.mark.parametrize(
    ("source", "body", "agency"),
    [
        (None, "Rome, Dec 12 (ANSA) Rain.", "ANSA"),
        (None, "Rain fell. (ANI)", "ANI"),
        ("Planet News Desk", "Rain fell.\n\n(With inputs from AFP)", "AFP"),
        ("AP Chief Minister's Office", "Amaravati (AP): Rain fell in AP.", None),
        ("Planet", "The UN said the PA and the AAP had agreed.", None),
    ],
)
def test_the_agency_comes_from_the_best_witness_there_is(source, body, agency):
    assert origin(source, None, body).source_agency == agency


def test_witnesses_that_disagree_are_flagged():
    assert origin("PTI", None, PTI_COPY).flags == ()
    assert origin("ANI", None, PTI_COPY).flags == ("agencies_disagree",)
    assert origin("Planet", None, PTI_COPY, is_own=True).flags == ("own_byline_wire_text",)
    assert origin("Planet", "(With inputs from PTI)", is_own=True).flags == ()
    assert origin("PTI", "(With inputs from ANI)").flags == ()


def test_a_byline_is_the_sites_own_when_it_names_the_site_or_an_author_of_opinion():
    assert is_own_byline("planet", "news", "Planet News Desk", None)
    assert is_own_byline("dailyplanet", "news", "The Daily Planet", None)
    assert is_own_byline("planet", "blog", None, "Lois Lane")
    assert not is_own_byline("planet", "news", "PTI", "Lois Lane")
    assert not is_own_byline("planet", "blog", "PTI", None)
