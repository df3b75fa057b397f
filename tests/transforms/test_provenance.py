import csv
from importlib.resources import files

import pytest

from transforms.provenance import agency_of, dateline_of, is_own_byline, syndication_of


@pytest.mark.parametrize(
    ("paragraph", "dateline"),
    [
        ("New Delhi, Dec 12 (PTI) The court", "New Delhi, Dec 12 (PTI)"),
        ("WASHINGTON (AP) \u2014 The", "WASHINGTON (AP)"),
        ("New Delhi [India], December 12 (ANI): Prime", "New Delhi [India], December 12 (ANI)"),
        ("Geneva, 12 December 2025 (UN News) \u2014 The", "Geneva, 12 December 2025 (UN News)"),
        ("BEIJING, Dec. 12 (Xinhua) -- China", "BEIJING, Dec. 12 (Xinhua)"),
        ("LONDON/PARIS, Dec 12 (Reuters) - The", "LONDON/PARIS, Dec 12 (Reuters)"),
        ("Rio de Janeiro, Dec 12 - The", "Rio de Janeiro, Dec 12"),
        ("\u092e\u0941\u0902\u092c\u0908, Dec 12 (PTI) x", "\u092e\u0941\u0902\u092c\u0908, Dec 12 (PTI)"),
        ("Clinton (D) said", None),
        ("The company on May 12 - the day of", None),
        ("he met the man from the agency (PTI)", None),
        ("President Ann Lee met him on Friday", None),
        ("A " * 5000 + "(PTI)", None),
        ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_a_dateline_has_a_place_and_an_agency_or_a_date(paragraph, dateline):
    assert dateline_of(paragraph) == dateline


@pytest.mark.parametrize(
    ("byline", "code"),
    [
        ("PTI", "PTI"),
        ("Reuters", "Reuters"),
        ("Reuters Health", "Reuters"),
        ("UN NEWS", "UN News"),
        ("PRNewswire", "PR Newswire"),
        ("The Associated Press", "AP"),
        ("Associated Press of Pakistan", "APP"),
        ("Australian Associated Press", "AAP"),
        ("(With inputs from PTI and ANI.)", "PTI"),
        ("Captain Ania Apt", None),
        ("a pti-like word", None),
        ("Planet News Desk", None),
        (None, None),
    ],
)
def test_an_agency_is_known_by_whole_words(byline, code):
    assert agency_of(byline) == code


@pytest.mark.parametrize(
    ("attribution", "is_own", "expected"),
    [
        ("(This story has not been edited by staff and is auto-generated from a syndicated feed.)", False, "verbatim"),
        ("(This story has not been edited by staff and is auto-generated from a syndicated feed.)", True, "verbatim"),
        ("(With inputs from agencies.)", True, "desk"),
        ("(with additional inputs from PTI)", False, "desk"),
        ("The author is a lawyer.", True, "own"),
        (None, True, "own"),
        (None, False, "unknown"),
    ],
)
def test_syndication_is_what_the_page_says(attribution, is_own, expected):
    assert syndication_of(attribution, is_own=is_own) == expected


def test_a_byline_is_the_sites_own_when_it_names_the_site_or_an_author_of_opinion():
    assert is_own_byline("planet", "news", "Planet News Desk", None)
    assert is_own_byline("dailyplanet", "news", "The Daily Planet", None)
    assert is_own_byline("planet", "blog", None, "Lois Lane")
    assert not is_own_byline("planet", "news", "PTI", "Lois Lane")
    assert not is_own_byline("planet", "blog", "PTI", None)


def test_the_vocabulary_of_agencies_says_each_spelling_once_and_has_its_licence_beside_it():
    folder = files("transforms").joinpath("vocabularies")
    rows = list(csv.DictReader(folder.joinpath("agencies.csv").read_text(encoding="utf-8").splitlines()))
    spellings = [spelling for row in rows for spelling in row["patterns"].split("|")]
    assert len(set(spellings)) == len(spellings)
    assert len({row["code"] for row in rows}) == len(rows)
    assert all(agency_of(spelling) is not None for spelling in spellings)
    assert all(agency_of(row["code"]) in {row["code"], None} for row in rows)
    assert "Licence" in folder.joinpath("agencies.md").read_text(encoding="utf-8")
