from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.texts import SHARES, WEATHER, tags_of, texts
from transforms.schemes import sdg, topic
from transforms.vocabulary import vocabulary_file

BASEBALL = "medtop:20000849"
SENTENCES = [
    WEATHER,
    SHARES,
    "The striker scored twice and the club won the cup final at a full stadium.",
    "Police arrested two men after an armed robbery; they will appear in court.",
    "The health ministry began a vaccination campaign against measles in rural districts.",
    "It was said to be so.",
]
ARTICLES = st.fixed_dictionaries(
    {
        "title": st.sampled_from(SENTENCES) | st.none() | st.text(max_size=40),
        "summary": st.sampled_from(SENTENCES) | st.none(),
        "body": st.lists(st.sampled_from(SENTENCES), max_size=6).map("\n\n".join) | st.text(),
        "label": st.sampled_from(["headlines", "sports-games", "business", None]),
        "site_tags": st.lists(st.sampled_from(["Football", "Police", "Rain"]), max_size=2),
    }
)


def test_a_topic_comes_with_its_broader_one_and_the_words_where_they_stand():
    frame = topic.tag(texts({"title": "Cricket: India win the first Test", "body": "The bowler took five wickets."}))
    assert tags_of(frame)["planet:0"] == {"medtop:15000000", "medtop:20000888"}
    cricket = frame[frame["tag"] == "medtop:20000888"].iloc[0]
    assert cricket["name"] == "cricket"
    assert "title@0: Cricket" in cricket["evidence"]
    assert "body@21: wickets" in cricket["evidence"]
    assert cricket["vocabulary_version"] == topic.version()
    assert 0 < cricket["score"] <= 1


def test_an_unsure_article_has_no_topic():
    assert topic.tag(texts({"title": "A word with the neighbours", "body": "It was said to be so."})).empty


@pytest.mark.parametrize(
    "title",
    [
        "RBI keeps repo rate unchanged",
        "RBI governor to meet bankers",
        "Bomb squad called to station",
        "Flying squad seizes cash before polls",
        "Anti-Terrorist Squad arrests two in Gujarat",
        "Rescue squad seeks funds",
        "Second round of voting in Bihar",
        "Second round of India-US trade talks ends",
        "CHINA CLOSES SECOND ROUND OF OFFSHORE OIL BIDS",
        "CHRYSLER PUTS FOUR PLANTS ON OVERTIME",
        "Dust bowl fears grow",
        "The best chili in a bowl",
        "Two tiger cubs found dead",
        "A bout of inflation",
    ],
)
def test_one_word_that_other_news_has_too_makes_no_article_one_of_sport(title):
    assert not tags_of(topic.tag(texts({"title": title}))).get("planet:0", set()) & {"medtop:15000000", BASEBALL}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ortiz hits a two-run homer and has five RBI", BASEBALL),
        ("Guerrero leads the league with 120 RBIs", BASEBALL),
        ("Chicago Cubs trade for a shortstop", BASEBALL),
        ("15-man squad named for the first Test", "medtop:15000000"),
        ("Second-round match off in the rain", "medtop:15000000"),
        ("Anti-Terrorist Squad arrests two in Gujarat", "medtop:20000053"),
        ("Rescue squad seeks funds", "medtop:20000168"),
    ],
)
def test_words_of_sport_and_of_other_news_count_by_the_words_beside_them(title, expected):
    assert expected in tags_of(topic.tag(texts({"title": title})))["planet:0"]


@pytest.mark.parametrize("label", ["headlines", "agency-wire", "international", "other"])
def test_a_label_that_says_no_more_than_news_changes_nothing(label):
    row = {"title": WEATHER, "body": WEATHER}
    assert topic.tag(texts({**row, "label": label})).equals(topic.tag(texts(row)))


def test_the_sites_label_is_one_feature_which_the_text_can_outweigh():
    said = "Storm and heavy rain: weather office warns of a thunderstorm"
    both = topic.tag(texts({"title": said, "body": f"{WEATHER} {WEATHER}", "label": "technology"}))
    assert both.loc[both["tag"].str.startswith("medtop:1"), "tag"].iloc[0] == "medtop:17000000"
    alone = topic.tag(texts({"title": "What comes next", "label": "technology"}))
    assert alone["evidence"].tolist() == [["label@0: technology"]]


@settings(deadline=None, max_examples=25)
@given(st.lists(ARTICLES, min_size=1, max_size=6), st.randoms())
def test_an_article_gets_the_same_tags_alone_in_a_batch_and_in_any_order(rows, chance):
    together = texts(*rows)
    shuffled = together.sample(frac=1, random_state=chance.randint(0, 1000))
    for scheme in (topic, sdg):
        batch, again = scheme.tag(together), scheme.tag(shuffled)
        for uid in together["article_uid"]:
            of_batch = batch[batch["article_uid"] == uid].reset_index(drop=True)
            assert scheme.tag(together[together["article_uid"] == uid]).equals(of_batch)
            assert again[again["article_uid"] == uid].reset_index(drop=True).equals(of_batch)


def test_every_section_of_a_site_maps_to_a_topic_there_is():
    assert {code for mapped in topic.site_sections().values() for code, _ in mapped} <= set(topic.lists().tags)


@pytest.mark.parametrize("scheme", [topic, sdg])
def test_every_broader_topic_is_there_and_no_line_of_terms_is_empty(scheme):
    tags = scheme.lists().tags
    assert {tag.broader for tag in tags.values()} - {""} <= set(tags)
    assert all(scheme.lists().terms)


def test_the_seventeen_topics_at_the_top_are_all_there():
    top = [code for code, tag in topic.lists().tags.items() if not tag.broader]
    assert top == [f"medtop:{number:02}000000" for number in range(1, 18)]


@pytest.mark.parametrize("name", ["topic", "sdg"])
def test_source_and_licence_stand_beside_the_lists(name):
    text = vocabulary_file(f"{name}.md").read_text(encoding="utf-8")
    assert "Licence: Apache-2.0" in " ".join(text.split())
