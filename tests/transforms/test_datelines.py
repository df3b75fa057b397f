import datetime

import pytest

from transforms.datelines import dateline_date, dateline_of, read_dateline


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
        ("Mumbai (Maharashtra) [India], December 12 (ANI): x", "Mumbai (Maharashtra) [India], December 12 (ANI)"),
        ("LONDON, Dec. 12, 2025 /PRNewswire/ -- Acme", "LONDON, Dec. 12, 2025 /PRNewswire/"),
        ("NEW YORK--(BUSINESS WIRE)--Acme said", "NEW YORK--(BUSINESS WIRE)"),
        ("Rome, Dec 12 (ANI/PTI) x", "Rome, Dec 12 (ANI/PTI)"),
        ("(Reuters) - The", "(Reuters)"),
        ("AP - A company", "AP"),
        ("Amaravati (AP), Dec 12 (PTI) The", "Amaravati (AP), Dec 12 (PTI)"),
        ("Amaravati, Dec 12 (AP) The", "Amaravati, Dec 12 (AP)"),
        ("Amaravati (AP): The minister", None),
        ("AMARAVATI (AP): The minister", None),
        ("Amaravati (AP) - The minister", None),
        ("Pittsburgh (PA) said", None),
        ("The UN (UN) - which", None),
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
    assert (read_dateline(paragraph) is None) == (dateline is None)


@pytest.mark.parametrize(
    ("paragraph", "place", "date", "agencies", "rest"),
    [
        ("New Delhi, Dec 12 (PTI) \u2014 Rain", "New Delhi", "Dec 12", ("PTI",), "Rain"),
        ("LONDON/PARIS, 12 Dec 2025 (Reuters) - Rain", "LONDON/PARIS", "12 Dec 2025", ("Reuters",), "Rain"),
        ("Rome, Dec 12 (ANI/PTI): Rain", "Rome", "Dec 12", ("ANI", "PTI"), "Rain"),
        ("WASHINGTON (AP) \u2014 Rain", "WASHINGTON", None, ("AP",), "Rain"),
        ("Rio de Janeiro, Dec 12 - Rain", "Rio de Janeiro", "Dec 12", (), "Rain"),
        ("(AFP) - Rain", None, None, ("AFP",), "Rain"),
    ],
)
def test_a_dateline_has_parts(paragraph, place, date, agencies, rest):
    found = read_dateline(paragraph)
    assert (found.place, found.date, found.agencies) == (place, date, agencies)
    assert paragraph[found.end :] == rest


@pytest.mark.parametrize(
    ("text", "published", "day"),
    [
        ("Dec 12", datetime.date(2025, 12, 13), datetime.date(2025, 12, 12)),
        ("Dec. 31", datetime.date(2026, 1, 1), datetime.date(2025, 12, 31)),
        ("1 January", datetime.date(2025, 12, 31), datetime.date(2026, 1, 1)),
        ("12 December 2024", datetime.date(2025, 12, 13), datetime.date(2024, 12, 12)),
        ("Feb 29", datetime.date(2025, 3, 1), datetime.date(2024, 2, 29)),
        ("Sept 31", datetime.date(2025, 9, 30), None),
        ("Dec 12, 2025", None, datetime.date(2025, 12, 12)),
        ("Dec 12", None, None),
        (None, datetime.date(2025, 12, 13), None),
    ],
)
def test_the_date_of_a_dateline_is_in_the_year_next_to_publication(text, published, day):
    assert dateline_date(text, published) == day
