"""Tags as a run leaves them, and bringing them up to date."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

import warehouse
from flows import retagging
from flows.errors import NotFound
from flows.location import location
from flows.settings import Settings
from flows.tagging import own_terms
from tests.flows.forked import run_forked
from tests.flows.warehouse_dump import environment

if TYPE_CHECKING:
    from pathlib import Path

OWN = "tag,name,patterns\nrain,Rain,rain|monsoon\nminister,Ministers,minister\n"


@pytest.fixture
def home(tmp_path: Path, published: Path) -> Settings:
    """A warehouse with one published run."""
    return Settings(home=shutil.copytree(published, tmp_path, dirs_exist_ok=True))


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with warehouse.connect(location(settings)) as connection:
        return connection.execute(sql).fetchall()


TAGS = "SELECT * FROM tags ORDER BY article_uid, scheme, tag"


def test_a_run_tags_its_articles_and_says_by_which_versions(home: Settings) -> None:
    assert rows(home, "SELECT count(*) > 0 FROM tags WHERE scheme = 'country' AND evidence[1] <> ''") == [(True,)]
    assert rows(home, "SELECT count(*) FROM articles ANTI JOIN tagged USING (article_uid)") == [(0,)]
    assert rows(home, "FROM checks WHERE NOT passed AND severity = 'error'") == []


def test_nothing_is_tagged_anew_while_versions_are_the_same(home: Settings) -> None:
    before = rows(home, TAGS)
    assert retagging.retag(home) == retagging.Retagged()
    assert rows(home, TAGS) == before


def put_own(settings: Settings, text: str = OWN) -> None:
    settings.vocabularies_path.mkdir(exist_ok=True)
    (settings.vocabularies_path / "weather.csv").write_text(text, encoding="utf-8")


def test_a_vocabulary_put_into_the_home_is_a_scheme_after_retagging(home: Settings) -> None:
    others = rows(home, TAGS)
    put_own(home)
    expected = retagging.count_changes(home)
    assert expected.changes["added"] > 0
    assert rows(home, TAGS) == others, "looking writes nothing"
    done = retagging.retag(home, batch=25)
    assert (done.articles, done.changes) == (expected.articles, expected.changes)
    assert len(done.run_ids) > 1
    assert rows(home, "SELECT count(*) FROM tags WHERE scheme = 'weather'") == [(done.changes["added"],)]
    assert rows(home, "SELECT * FROM tags WHERE scheme <> 'weather' ORDER BY article_uid, scheme, tag") == others
    (home.vocabularies_path / "weather.csv").unlink()
    assert retagging.retag(home).changes["removed"] == expected.changes["added"]
    assert rows(home, TAGS) == others, "a scheme that is there no longer leaves nothing behind"


def test_the_flow_does_the_same_on_a_prefect_server(home: Settings, prefect_api: dict[str, str]) -> None:
    put_own(home)
    expected = retagging.count_changes(home, ["weather"])
    runs = "[retag(['weather'], dry_run=True), retag(['weather'])]"
    command = f"import json; from flows.retag import retag; print(json.dumps({runs}))"
    done = run_forked(command, env=environment(home.home, prefect_api))
    assert done.returncode == 0, done.stderr[-3000:]
    looked, tagged = json.loads(done.stdout.splitlines()[-1])
    assert looked == {"articles": expected.articles, "changes": expected.changes, "run_ids": []}
    assert (tagged["articles"], tagged["changes"]) == (expected.articles, expected.changes)
    assert rows(home, "SELECT count(*) FROM tags WHERE scheme = 'weather'") == [(expected.changes["added"],)]


def test_one_scheme_can_be_brought_up_to_date_alone(home: Settings) -> None:
    put_own(home)
    done = retagging.retag(home, ["weather"])
    assert done.articles == rows(home, "SELECT count(*) FROM articles")[0][0]
    put_own(home, OWN.replace("|monsoon", ""))
    again = retagging.retag(home, ["weather"])
    assert again.articles == done.articles
    assert retagging.retag(home).articles == 0


def test_retagging_goes_on_where_it_was_stopped(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put_own(home)
    publish, published = warehouse.publish, 0

    def publish_once(*arguments: object, **named: object) -> int:
        nonlocal published
        published += 1
        if published > 1:
            raise KeyboardInterrupt
        return publish(*arguments, **named)

    monkeypatch.setattr(warehouse, "publish", publish_once)
    with pytest.raises(KeyboardInterrupt):
        retagging.retag(home, batch=25)
    monkeypatch.undo()
    total = rows(home, "SELECT count(*) FROM articles")[0][0]
    assert retagging.retag(home, batch=25).articles == total - 25


def test_an_unknown_scheme_is_named(home: Settings) -> None:
    with pytest.raises(NotFound, match=r"no scheme weather; there are .*country"):
        retagging.retag(home, ["weather"])


def test_what_is_wrong_with_an_own_vocabulary_is_said_and_the_rest_is_used(
    home: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    put_own(home, OWN + ",No code,x-ray\nwind,Wind,\n")
    (home.vocabularies_path / "broken.csv").write_bytes(b"tag,patterns\n\xff\xfe\n")
    terms = own_terms(home)
    assert set(terms["tag"]) == {"rain", "minister"}
    said = caplog.text
    assert "weather.csv, line 4: the column tag is empty or missing" in said
    assert "weather.csv, line 5: the column patterns is empty" in said
    assert "broken.csv, line 2: it is not in UTF-8 (byte 0xff)" in said
