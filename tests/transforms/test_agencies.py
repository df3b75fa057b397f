import csv
from importlib.resources import files

import pytest

from transforms.agencies import agencies_of, agency_of


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
    ("text", "codes"),
    [
        ("AP", ("AP",)),
        ("Lois Lane, AP", ("AP",)),
        ("Lois Lane | AP", ("AP",)),
        ("(With inputs from AP, AFP and UNI.)", ("AP", "AFP", "UNI")),
        ("PTI/ANI", ("PTI", "ANI")),
        ("PTI, PTI", ("PTI",)),
        ("dpa", ("dpa",)),
        ("DPA", ("dpa",)),
        ("AP Chief Minister's Office", ()),
        ("AAP leader", ()),
        ("Pittsburgh PA police", ()),
        ("UN", ()),
        ("UN Women", ()),
        ("ap", ()),
        ("", ()),
    ],
)
def test_an_abbreviation_with_other_meanings_counts_only_as_an_item_of_a_list(text, codes):
    assert agencies_of(text) == codes


def test_the_vocabulary_of_agencies_says_each_spelling_once_and_has_its_licence_beside_it():
    folder = files("transforms").joinpath("vocabularies")
    rows = list(csv.DictReader(folder.joinpath("agencies.csv").read_text(encoding="utf-8").splitlines()))
    spellings = [
        spelling
        for row in rows
        for name in ("patterns", "abbreviations")
        for spelling in row[name].split("|")
        if spelling
    ]
    assert len(set(spellings)) == len(spellings)
    assert len({row["code"] for row in rows}) == len(rows)
    assert {row["code"]: [agency_of(each) for each in row["patterns"].split("|")] for row in rows} == {
        row["code"]: [row["code"]] * len(row["patterns"].split("|")) for row in rows
    }
    assert all(agency_of(row["code"]) in {row["code"], None} for row in rows)
    assert "Licence" in folder.joinpath("agencies.md").read_text(encoding="utf-8")
