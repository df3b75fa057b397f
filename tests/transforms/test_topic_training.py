from __future__ import annotations

import pandas as pd
import pytest

from tests.transforms.texts import texts
from transforms.errors import TooFewArticles, VocabularyError
from transforms.schemes import topic
from transforms.term_support import BODY_LIMIT
from transforms.topic_model import from_json, learn
from transforms.topic_training import is_held_out, macro_f1, train

#: Words that no list knows: what is right here can only have been learned.
SPORT, MONEY = ["zorfing", "quibbet", "marnel"], ["plonder", "vastic", "drubel"]


def labelled(count):
    rows = [
        {
            "title": f"{words[number % 3]} {words[(number + 1) % 3]} today",
            "body": f"They spoke of {words[number % 2]} and of item{number % 7}.",
            "label": label,
        }
        for number in range(count)
        for words, label in ((SPORT, "sports-games"), (MONEY, "business"), (MONEY + SPORT, "headlines"))
    ]
    return texts(*rows)


def test_what_the_lists_do_not_know_is_learned_from_the_clear_labels():
    training = train(labelled(60))
    assert training.is_better
    assert (training.lists_f1, training.learned_f1) == (0.0, pytest.approx(1.0, abs=0.2))
    given = topic.tag(texts({"title": "Zorfing and quibbet"}), training.model)
    assert given["tag"].tolist() == ["medtop:15000000"]
    assert given["method"].tolist() == ["learned"]
    assert given["evidence"].tolist() == [["title@0: Zorfing", "title@12: quibbet"]]
    assert given["vocabulary_version"].tolist() == [f"{topic.version()}+{training.model.version}"]


def test_the_order_of_the_articles_does_not_change_the_model():
    articles = labelled(30)
    shuffled = articles.sample(frac=1, random_state=3)
    assert train(shuffled).model.version == train(articles).model.version


def test_labels_that_name_no_topic_are_not_learned_from():
    articles = labelled(60)
    without = articles[articles["label"] != "headlines"]
    assert train(without).model.version == train(articles).model.version


def test_the_articles_it_is_measured_on_are_kept_from_the_model():
    articles = labelled(60)
    unseen = articles["article_uid"].map(is_held_out)
    changed = articles.assign(title=articles["title"].mask(unseen, "something else"))
    assert train(changed).model.version == train(articles).model.version


def test_a_model_comes_back_from_its_file_as_it_was():
    model = train(labelled(30)).model
    assert from_json(model.to_json()).version == model.version


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"topics": []}',
        '{"topics": ["a"], "words": ["b"], "idf": [], "weights": [[1.0]], "least_margin": 0}',
    ],
)
def test_a_damaged_model_is_refused(text):
    with pytest.raises(VocabularyError, match="train it again"):
        from_json(text)


@pytest.mark.parametrize("count", [0, 5])
def test_too_few_articles_are_refused_with_what_there_is(count):
    articles = labelled(count) if count else texts({"title": "One", "label": "headlines"}).iloc[:0]
    with pytest.raises(TooFewArticles, match="two topics with 20 articles"):
        train(pd.DataFrame(articles))


def test_a_model_that_is_not_sure_says_nothing():
    model = train(labelled(60)).model
    assert topic.tag(texts({"title": "Nothing of the kind"}), model).empty


def test_part_of_a_word_at_the_end_of_what_is_read_of_a_long_article_is_found_where_it_stands():
    model = train(labelled(60)).model
    start = BODY_LIMIT - len("marnel")
    body = f"{'Zorfing and quibbet. '.ljust(start)}marneling went on"
    opinion = model.opinion({"title": "", "summary": "", "body": body})
    assert opinion is not None
    assert ("body", start, "marnel") in opinion.words


def test_articles_without_a_word_in_common_are_too_few_to_learn_from():
    articles = [{"title": f"word{number}", "summary": "", "body": ""} for number in range(40)]
    with pytest.raises(TooFewArticles, match="no word is in 3 of the 40 articles"):
        learn(articles, ["a", "b"] * 20)


def test_macro_f1_is_the_mean_over_the_classes_and_silence_is_wrong():
    assert macro_f1(["a", "a", "b"], ["a", None, "b"]) == pytest.approx((2 / 3 + 1) / 2)
