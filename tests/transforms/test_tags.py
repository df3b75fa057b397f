"""Tags: which place is meant, what an article is about, and that batches make no difference."""

from __future__ import annotations

import calendar
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transforms
from transforms.names import names, rows
from transforms.shapes import OWN_TERMS, TAGGED, TAGS, TEXTS, empty, widen
from transforms.vocabulary import vocabulary_file

NO_OWN = empty(OWN_TERMS)


def texts(*rows):
    return widen(pd.DataFrame([{"article_uid": f"planet:{number}", **row} for number, row in enumerate(rows)]), TEXTS)


def countries(body, title="News", **more):
    made = transforms.tags(texts({"title": title, "body": body, **more}), NO_OWN, ["country"])
    return dict(zip(made["tag"], made["method"], strict=True))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Georgia's president met Russian envoys in Tbilisi.", {"GE", "RU"}),
        ("Deputies in Georgia said a man from Atlanta was held.", {"US"}),
        ("The king of Jordan received Syrian refugees in Amman.", {"JO", "SY"}),
        ("Michael Jordan scored again. Jordan said he was tired.", set()),
        ("Aid went to Tunisia, Israel, Jordan, Morocco and Egypt.", {"TN", "IL", "JO", "MA", "EG"}),
        ("Ankara said Turkey would send troops.", {"TR"}),
        ("They ate roast turkey and stuffing.", set()),
        ("Niamey was calm, Niger's army said.", {"NE"}),
        ("Nigerians voted. Nigeria counts tonight.", {"NG"}),
        ("A ship left Papua New Guinea.", {"PG"}),
        ("Equatorial Guinea and Guinea-Bissau signed; Conakry in Guinea did not.", {"GQ", "GW", "GN"}),
        ("Rebels took Goma in eastern Congo.", {"CD"}),
        ("In Brazzaville, the government of the Republic of the Congo resigned.", {"CG"}),
        ("North Korea fired a missile, South Korea said.", {"KP", "KR"}),
        ("Chad closed its border with Sudan.", {"TD", "SD"}),
        ("Chad Smith, who plays the drums, was there.", set()),
        ("Washington rejected the proposal.", {"US"}),
        ("Delhi and Beijing resumed talks.", {"IN", "CN"}),
        ("The Bank of India raised its deposit rates.", set()),
        ("India's central bank acted, the Times of India said.", {"IN"}),
        ("A fire broke out in Paris, Texas, on Monday. Paris has one fire station.", {"US"}),
        ("A fire broke out in Paris on Monday.", {"FR"}),
        ("Police in London, Ontario, made an arrest.", {"CA"}),
        ("Sheriff's deputies in Avoyelles Parish arrested a man.", {"US"}),
        ("Latin American leaders met; the Indian Ocean was calm.", set()),
        ("A French-language paper for speakers of it.", set()),
        ("Kate French and Jo Muir complete the modern pentathlon.", set()),
        ("Judge Rebecca English and Jennifer Welsh spoke to Claire Danes.", set()),
        ("Mr. English met Mrs French and Michael German.", set()),
        ("Kate, French by birth, and her French friends sang.", {"FR"}),
        ("Most in Virginia French wines are, in Jordan English ones.", {"FR", "GB"}),
        ("Will French voters go to the polls? April German exports fell.", {"FR", "DE"}),
        ("The U.S. French envoy met Emmanuel Macron's Danish guests.", {"US", "FR", "DK"}),
        ("In August and on August 15, Indian farmers sow.", {"IN"}),
        ("In Arab countries Saudi envoys met.", {"SA"}),
        ("The US and India: Corona cases rose; a drug against Corona, and Moody of Gardner, said.", {"US", "IN"}),
        ("A fire broke out in Gardner, Massachusetts. Gardner has a fire station.", {"US"}),
        ("UNITED NATIONS AND JAPAN SIGN", {"JP"}),
        ("Ｊapan and xJapan and Japanx", set()),
    ],
)
def test_a_name_is_taken_for_the_country_that_the_text_means(body, expected):
    assert set(countries(body)) == expected


def test_an_article_is_about_what_it_opens_with_and_mentions_the_rest():
    body = "KATHMANDU: Nepal's cabinet met. " + "It talked for hours. " * 30 + "Trade with Peru was not discussed."
    assert countries(body, "Nepal votes") == {"NP": "about", "PE": "mentioned"}


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Independence Day on August 15", "Modi hoists the flag on August 15. US President Trump greeted India."),
        ("Arab ministers meet", "Trump spoke to Arab leaders in India."),
        ("Corona cases rise", "Corona is back, and a vaccine against Corona came from the US to India."),
        ("Chamber of Commerce meets envoys", "The Indian Chamber of Commerce met US envoys."),
        ("Merrill and Moody on India", "Analysts at Merrill spoke. The US firm of Moody, as Alcoa, is in India."),
        (
            "Union Pacific, Orange and Mercedes",
            "Shares of Union Pacific, a US railroad, are sold to India with Mercedes.",
        ),
        ("Gardner, Champlin and Reston write", "Donna Gardner met Reston of the US in India."),
    ],
)
def test_a_name_that_is_mostly_something_else_says_nothing_of_the_united_states(title, body):
    made = transforms.tags(texts({"title": title, "body": body}), NO_OWN, ["country"])
    evidence = [words for row in made.loc[made["tag"] == "US", "evidence"] for words in row]
    assert {each.partition(": ")[2] for each in evidence} <= {"US"}


def test_a_country_that_the_site_gives_counts_as_said_in_the_text():
    made = transforms.tags(texts({"title": "Rates rise", "countries": ["India", "Atlantis"]}), NO_OWN, ["country"])
    assert made[["tag", "method"]].to_numpy().tolist() == [["IN", "about"]]
    assert made["evidence"].tolist() == [["countries@0: India"]]


def test_organisations_people_and_agencies_are_found_by_any_of_their_names():
    body = "GENEVA (Reuters) The WHO's Tedros said the World Health Organization was ready, PM Modi told PTI."
    made = transforms.tags(texts({"title": "t", "body": body}), NO_OWN)
    found = {(scheme, tag) for scheme, tag in zip(made["scheme"], made["tag"], strict=True) if scheme != "country"}
    assert {
        ("organisation", "who"),
        ("person", "tedros-adhanom-ghebreyesus"),
        ("person", "narendra-modi"),
        ("agency", "Reuters"),
        ("agency", "PTI"),
    } <= found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Labour and the Tories argued, Keir Starmer said.", {"labour-party-uk", "conservative-party-uk"}),
        ("Labour won more seats than National, New Zealand officials said in Wellington.", {"labour-party-nz"}),
        ("Labour costs rose in Peru.", set()),
        ("Congress criticised the BJP in New Delhi.", {"indian-national-congress", "bjp"}),
        ("Congress passed the bill after US President Joe Biden spoke.", {"congress-us"}),
        ("The congress of dentists met. Congress ended.", set()),
        ("WHO WON THE CUP", set()),
        ("The WHO warned of an outbreak.", {"who"}),
        ("The World Health Organization met. WHO will meet again.", {"who"}),
        ("An NHS trust apologised; the White House did not.", {"nhs", "white-house"}),
        ("Santander, the bank, will pay.", {"santander"}),
        ("A fire broke out in Santander, Spain.", set()),
        ("The Republican nominee met Senate leaders in Washington.", {"republican-party-us", "us-senate"}),
        ("Royal Bank of Canada profits rose.", {"royal-bank-of-canada"}),
        ("ROYAL BANK OF CANADA PROFITS ROSE", {"royal-bank-of-canada"}),
        (
            "The National Bank of Canada and the Central Bank of India lend.",
            {"national-bank-of-canada", "central-bank-of-india"},
        ),
        ("The Bank of Canada met, the Industrial Bank of Japan did not.", {"bank-of-canada"}),
        ("The Agricultural Bank of China lends; a Barclays Bank of Ghana branch shut.", set()),
        (
            "The National Bank of Poland and the State Bank of India lend.",
            {"national-bank-of-poland", "state-bank-of-india"},
        ),
        ("João Lourenço met Joao Lourenco at the Bank of Zambia.", {"bank-of-zambia"}),
    ],
)
def test_a_short_name_counts_where_the_text_says_what_it_means(body, expected):
    made = transforms.tags(texts({"title": "t", "body": body}), NO_OWN, ["organisation"])
    assert set(made["tag"]) == expected


def test_a_name_is_found_without_its_accents_too():
    body = "João Lourenço spoke. Aziz Akhannouch and Andrej Babis did not."
    made = transforms.tags(texts({"title": "t", "body": body}), NO_OWN, ["person"])
    assert set(made["tag"]) == {"joao-lourenco", "aziz-akhannouch", "andrej-babis"}


def test_no_code_is_given_twice_and_every_country_is_known():
    for file in ("organisations.csv", "persons.csv", "agencies.csv"):
        codes = [row["code"] for row in rows(file)]
        assert len(codes) == len(set(codes))
    assert set(names().homes.values()) <= {row["code"] for row in rows("countries.csv")}
    assert set(names().cues) <= {row["code"] for row in rows("organisations.csv") if row["short"]}


def test_evidence_says_where_the_words_stand():
    rows = texts(
        {"title": "Peru – news", "summary": "From Lima", "body": "É\nIn Peru, Peruvian voters and Lima’s mayor"}
    )
    made = transforms.tags(rows, NO_OWN)
    assert len(made) > 0
    assert_evidence_is_where_it_says(rows, made)


def test_evidence_in_a_list_says_which_entry_has_the_words():
    rows = texts(
        {
            "title": "Flood relief and child malnutrition: vaccination begins",
            "body": "Vaccination of children against measles, hunger, malnutrition and poverty.",
            "label": "Health",
            "countries": ["India", "Peru"],
            "site_tags": ["News; more", "An outbreak of cholera", "UN"],
            "keywords": ["x", "", "vaccines", "maternal health"],
        }
    )
    made = transforms.tags(rows, NO_OWN)
    shown = {each for evidence in made["evidence"] for each in evidence}
    assert {"site_tags@1: cholera", "keywords@2: vaccines", "keywords@3: maternal health"} <= shown
    assert {"topic", "sdg", "country"} <= set(made["scheme"])
    assert_evidence_is_where_it_says(rows, made)


def assert_evidence_is_where_it_says(rows, made):
    for evidence in made["evidence"]:
        for each in evidence:
            column, offset, words = re.fullmatch(r"(\w+)@(\d+): (.+)", each).groups()
            value = rows.loc[0, column]
            if isinstance(value, str):
                assert value[int(offset) :].startswith(words)
            else:
                assert words in value[int(offset)]


WORDS = st.lists(
    st.sampled_from(
        ["Georgia", "Jordan", "said", "in", "Paris,", "Texas", "London", "the World Bank", "Modi", "Tbilisi.", "Ala.",
         "Congo", "(PTI)", "rains", "Chad", "é", "\n", "of India", "Bank", "Sheriff", "Dallas County", "U.S."]
    ),
    max_size=14,
).map(" ".join)  # fmt: skip
OWN, _ = transforms.own_terms(pd.DataFrame([{"file": "weather", "line": 2, "tag": "rain", "patterns": "rain"}]), [])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_an_article_gets_the_same_tags_alone_or_in_a_batch_in_any_order(given_texts, chance):
    rows = texts(*({"title": title, "body": body} for title, body in given_texts))
    together = transforms.tags(rows, OWN)
    alone = [transforms.tags(rows[n : n + 1], OWN) for n in range(len(rows))]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), together)
    order = list(range(len(rows)))
    chance.shuffle(order)
    pd.testing.assert_frame_equal(transforms.tags(rows.iloc[order], OWN), together)
    assert not together.duplicated(["article_uid", "scheme", "tag"]).any()
    assert together["score"].between(0, 1, inclusive="right").all()


def test_nothing_to_tag_gives_empty_frames_of_the_shape():
    assert transforms.tags(pd.DataFrame(), NO_OWN).dtypes.equals(empty(TAGS).dtypes)
    assert transforms.tagged(pd.DataFrame(), NO_OWN, "run-1").dtypes.equals(empty(TAGGED).dtypes)
    assert transforms.tags(texts({}), NO_OWN).empty


def test_an_unknown_scheme_is_refused():
    with pytest.raises(transforms.UnknownScheme, match="weather"):
        transforms.tags(texts({}), NO_OWN, ["weather"])


def test_one_scheme_alone_leaves_the_versions_of_the_others():
    known = pd.DataFrame([{"article_uid": "planet:0", "run_id": "r", "versions": ["country=old", "zoo=1"]}])
    made = transforms.tagged(texts({}), NO_OWN, "run-2", ["country"], known)
    now = transforms.scheme_versions(NO_OWN)["country"]
    assert made["versions"].tolist() == [[f"country={now}", "zoo=1"]]


def test_bad_rows_of_an_own_vocabulary_are_named_and_the_rest_is_used():
    lines = pd.DataFrame(
        [
            {"file": "zoo", "line": 2, "tag": "lion", "name": "Lions", "patterns": "lion|Simba"},
            {"file": "zoo", "line": 3, "tag": "", "patterns": "x-ray"},
            {"file": "zoo", "line": 4, "tag": "tiger", "patterns": None},
            {"file": "zoo", "line": 5, "tag": "cat", "patterns": "lion|puss"},
            {"file": "zoo", "line": 6, "tag": "bee", "patterns": "b"},
            {"file": "country", "line": 2, "tag": "x", "patterns": "yy"},
            {"file": "My Zoo", "line": 2, "tag": "x", "patterns": "yy"},
        ]
    )
    terms, faults = transforms.own_terms(lines, ["country"])
    assert terms[["tag", "name", "pattern"]].to_numpy().tolist() == [
        ["lion", "Lions", "lion"],
        ["lion", "Lions", "Simba"],
        ["cat", "cat", "puss"],
    ]
    assert faults[["file", "line"]].to_numpy().tolist() == [
        ["My Zoo", 2], ["country", 2], ["zoo", 3], ["zoo", 4], ["zoo", 5], ["zoo", 6],
    ]  # fmt: skip
    assert faults["reason"].str.contains("belongs to the tag 'lion' already").sum() == 1


def test_a_tag_of_several_rows_has_the_name_that_one_of_them_gives_in_any_order():
    def called(*given):
        lines = [{"file": "zoo", "line": line, "tag": "lion", **row} for line, row in enumerate(given, 2)]
        terms, _ = transforms.own_terms(pd.DataFrame(lines), [])
        made = transforms.tags(texts({"body": "A lion, Simba."}), terms, ["zoo"])
        return made[["name", "vocabulary_version"]].to_numpy().tolist()

    named, unnamed = {"name": "Lions", "patterns": "lion"}, {"name": None, "patterns": "Simba"}
    (first,) = called(named, unnamed)
    assert first[0] == "Lions"
    assert called(unnamed, named) == [first]


def test_own_patterns_in_small_letters_match_any_case_and_plurals_others_as_written():
    terms, _ = transforms.own_terms(
        pd.DataFrame([{"file": "zoo", "line": 2, "tag": "lion", "patterns": "lion|Simba|UNO"}]), []
    )
    made = transforms.tags(texts({"body": "LION Lions lion's simba SIMBA Uno İ lion lionheart"}), terms, ["zoo"])
    assert made["evidence"].tolist() == [
        ["body@0: LION", "body@5: Lions", "body@11: lion", "body@24: SIMBA", "body@36: lion"]
    ]


def test_tag_changes_tell_what_comes_goes_and_changes_and_pass_over_versions():
    def tag(code, **more):
        row = {"article_uid": "a", "scheme": "s", "tag": code, "name": code, "score": 0.5, "method": "m"}
        return {**row, "evidence": ["body@0: x"], "vocabulary_version": "1", **more}

    before = pd.DataFrame([tag("same"), tag("gone"), tag("more")])
    after = pd.DataFrame([tag("same", vocabulary_version="2"), tag("new"), tag("more", score=0.7)])
    made = transforms.tag_changes(before, after)
    assert dict(zip(made["tag"], made["change"], strict=True)) == {"gone": "removed", "more": "changed", "new": "added"}
    assert transforms.tag_changes(before, before).empty
    assert transforms.tag_changes(pd.DataFrame(), pd.DataFrame()).empty


def test_no_city_is_called_like_a_month_a_day_or_a_people():
    days = {*calendar.month_name, *calendar.day_name, "Arab"} - {""}
    peoples = {adjective for row in rows("countries.csv") for adjective in row["adjectives"].split("|")}
    assert not {row["name"] for row in rows("cities.csv")} & (days | peoples)


def test_every_vocabulary_says_where_it_comes_from_and_under_which_licence():
    for file in vocabulary_file("").iterdir():
        if file.name.endswith(".csv"):
            about = vocabulary_file(file.name.replace(".csv", ".md")).read_text(encoding="utf-8")
            assert "Source:" in about, file.name
            assert "Licence:" in about, file.name


def test_no_spelling_is_empty_or_found_in_no_text():
    for pattern in names().patterns:
        assert pattern == pattern.strip()
        assert names().matcher.find(pattern), pattern
