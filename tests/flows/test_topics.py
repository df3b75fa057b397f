from __future__ import annotations

import shutil

import pytest

import warehouse
from flows import publishing, retagging, topic_models, topics
from flows.cli import main
from flows.errors import FlowsError
from flows.settings import Settings
from tests.flows.crawled import crawl
from tests.replica import Replica
from transforms.schemes import topic
from transforms.topic_model import TopicModel
from transforms.topic_training import Training


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A home with a warehouse of 300 articles: enough to learn from."""
    settings = Settings(home=tmp_path_factory.mktemp("topics"))
    warehouse.create(publishing.location(settings))
    with Replica(articles=300, seed=7) as site:
        publishing.publish_landing(settings, crawl(settings, site.base_url))
    return settings


@pytest.fixture(scope="module")
def trained(filled):
    return topics.train_topics(filled)


def test_training_says_what_it_measured_and_the_model_is_used_only_if_it_is_better(filled, trained):
    assert f"lists {trained.lists_f1:.3f}" in topics.described(trained)
    model = topic_models.topic_model(filled)
    assert (model.version if model else None) == (trained.model.version if trained.is_better else None)


@pytest.mark.parametrize(("learned_f1", "is_used"), [(0.9, True), (0.5, False), (0.4, False)])
def test_a_model_no_better_than_the_lists_is_kept_and_not_used(
    filled, trained, tmp_path, monkeypatch, learned_f1, is_used
):
    made = Training(trained.model, trained.articles, trained.held_out, 0.5, learned_f1)
    monkeypatch.setattr("transforms.train_topics", lambda _: made)
    settings = filled.model_copy(update={"home": tmp_path})
    topics.train_topics(settings)
    assert topic_models.model_path(settings).exists()
    model = topic_models.topic_model(settings)
    assert isinstance(model, TopicModel) == is_used
    assert ("is used from now on" in topics.described(made)) == is_used


def test_a_model_in_use_tags_the_articles_of_later_runs_and_retag_brings_the_others_up_to_date(
    filled, trained, tmp_path
):
    shutil.copytree(filled.home, tmp_path, dirs_exist_ok=True)
    settings = Settings(home=tmp_path)
    path = topic_models.model_path(settings)
    path.write_text(path.read_text().replace('"is_used": false', '"is_used": true'))
    version = f"{topic.version()}+{trained.model.version}"
    assert versions(settings) == {topic.version()}
    done = retagging.retag(settings, ["topic"])
    assert versions(settings) == {version}
    assert done.articles >= 300
    assert done.changes["changed"] > 0
    assert retagging.retag(settings, ["topic"]).articles == 0
    path.unlink()
    retagging.retag(settings, ["topic"])
    assert versions(settings) == {topic.version()}


def versions(settings):
    with warehouse.connect(publishing.location(settings)) as connection:
        query = "SELECT DISTINCT vocabulary_version FROM tags WHERE scheme = 'topic'"
        return {version for (version,) in connection.execute(query).fetchall()}


def test_without_training_there_is_no_model(tmp_path):
    assert topic_models.topic_model(Settings(home=tmp_path)) is None


DAMAGED = ["", '{"is_used": true, "mod', '{"a": 1}', "[]", '{"is_used": true, "model": "{}"}', "\udcff"]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_model_is_named_and_not_passed_over(tmp_path, text):
    settings = Settings(home=tmp_path)
    path = topic_models.model_path(settings)
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(FlowsError, match=r"topic.json is damaged .*wirehouse topics train"):
        topic_models.topic_model(settings)


def test_the_verb_says_in_one_line_that_there_is_too_little(crawled, tmp_path, monkeypatch, capsys):
    home = tmp_path / "home"
    shutil.copytree(crawled, home)
    monkeypatch.setenv("WIREHOUSE_HOME", str(home))
    with pytest.raises(SystemExit, match="1"):
        main(["topics", "train"])
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "two topics with 20 articles each are needed, and there are none" in captured.err
