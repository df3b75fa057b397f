import csv
from importlib.resources import files

import pytest

from transforms.sections import kind_of, section_of


def test_a_section_comes_from_the_first_of_the_sites_words_that_is_known():
    assert section_of("law-governance", "law-order") == "politics"
    assert section_of(None, "law-order") == "crime_law"
    assert section_of("headlines", "Sports & Games") == "sport"
    assert section_of("Economy   Business") == "economy"
    assert section_of("headlines", "other", None) is None


def test_a_kind_is_ours_where_it_is_known_and_else_the_sites():
    assert kind_of("Press Release") == "press_release"
    assert kind_of("LiveBlogPosting") == "liveblog"
    assert kind_of("news") == "news"
    assert kind_of("Recipe") == "Recipe"
    assert kind_of(None) is None


@pytest.mark.parametrize("name", ["sections", "kinds"])
def test_a_vocabulary_says_each_word_once_and_has_its_licence_beside_it(name):
    folder = files("transforms").joinpath("vocabularies")
    rows = list(csv.DictReader(folder.joinpath(f"{name}.csv").read_text(encoding="utf-8").splitlines()))
    words = [word for row in rows for word in row["site_values"].split("|")]
    assert len(set(words)) == len(words)
    assert len({row["code"] for row in rows}) == len(rows)
    assert "Licence" in folder.joinpath(f"{name}.md").read_text(encoding="utf-8")


def test_every_sector_and_label_of_the_first_site_that_names_a_subject_has_a_section():
    sectors = (
        "agro-forestry art-culture economy-business education energy-extractives health law-governance politics "
        "science-environment socialgender sports technology transport urban-development wash"
    ).split()
    labels = (
        "business education entertainment health law-order lifestyle politics science-environment sports-games "
        "technology"
    ).split()
    assert [word for word in (*sectors, *labels) if section_of(word) is None] == []
