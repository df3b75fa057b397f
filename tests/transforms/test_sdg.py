from __future__ import annotations

import pytest

from tests.transforms.texts import tags_of, texts
from transforms.schemes import sdg


def goals(title, body=""):
    return tags_of(sdg.tag(texts({"title": title, "body": body}))).get("planet:0", set())


@pytest.mark.parametrize(
    ("title", "body", "goal"),
    [
        ("UN agency warns of famine in the north", "Food insecurity is worst where crop failure came first.", "sdg:2"),
        (
            "Measles vaccination campaign begins",
            "Health workers visit every village, the health ministry said.",
            "sdg:3",
        ),
        ("Village gets drinking water at last", "Piped water and sanitation reach every house.", "sdg:6"),
        ("Climate summit agrees on loss and damage fund", "Greenhouse gas emissions still rise.", "sdg:13"),
        ("Coral reefs bleach again", "Marine life suffers where overfishing goes on.", "sdg:14"),
        ("World Bank approves soft loan", "The development bank lends to least developed countries.", "sdg:17"),
    ],
)
def test_an_article_about_a_target_has_its_goal(title, body, goal):
    assert goal in goals(title, body)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Air strikes hit the city, Labour party says", "The union of players met."),
        ("Business climate improves, survey finds", "The investment climate is better too."),
        ("Miami Dolphins lose again", "The quarterback was hurt."),
        ("Ivory Coast cocoa arrivals rise", "Exporters were content."),
        ("Shares in Waste Management Inc fall", "The company said nothing."),
    ],
)
def test_what_only_sounds_like_a_goal_has_none(title, body):
    assert goals(title, body) == set()


def test_one_word_is_a_coincidence():
    assert goals("Poverty") == set()


def test_a_target_named_only_far_down_is_not_what_the_article_is_about():
    filler = "The band played on for another hour and the guests stayed. " * 12
    said = "Climate change, global warming and greenhouse gas emissions came up."
    assert goals("A long evening", filler + said) == set()
    assert goals("A long evening", f"{said} {said} Paris agreement, net zero, carbon tax. {filler}") == {"sdg:13"}


def test_the_seventeen_goals_are_there():
    assert list(sdg.lists().tags) == [f"sdg:{number}" for number in range(1, 18)]
