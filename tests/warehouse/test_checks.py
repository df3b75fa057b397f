from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest

import warehouse
from tests.warehouse.conftest import copy_of
from tests.warehouse.rows import a_run, articles, at, revisions, run, search_documents
from warehouse import checks, lake

if TYPE_CHECKING:
    from pathlib import Path

ALL = {"key_is_unique"} | {
    file.name.removesuffix(".sql") for file in resources.files(checks).iterdir() if file.name.endswith(".sql")
}


def failed(location: warehouse.Location) -> list[tuple[str, str | None, str]]:
    with warehouse.connect(location) as connection:
        return [(o.check, o.subject, o.observed) for o in checks.run(connection) if not o.passed]


def test_all_checks_pass_on_an_empty_and_on_a_sound_warehouse(
    location: warehouse.Location, revised: warehouse.Location
) -> None:
    for sound in (location, revised):
        with warehouse.connect(sound) as connection:
            outcomes = checks.run(connection)
        assert {outcome.check for outcome in outcomes} == ALL
        assert all(outcome.passed for outcome in outcomes)


@pytest.fixture(scope="module")
def revised(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> warehouse.Location:
    """Articles a and b, of which a has a second revision."""
    location = copy_of(empty_warehouse, tmp_path_factory.mktemp("revised"))
    warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b"]))
    later = {"revision": 2, "content_hash": "y"}
    newer = {"revisions": revisions("run-2", ["a"], observed_at=at(1), **later), "runs": run("run-2")}
    changed = {
        "articles": articles("run-2", ["a"], **later),
        "search_documents": search_documents(["a"], content_hash="y"),
    }
    warehouse.publish(location, "run-2", newer, changed)
    return location


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("INSERT INTO lake.runs SELECT * FROM lake.runs", ("key_is_unique", "runs", "2")),
        ("UPDATE lake.articles SET revision = 7 WHERE article_uid = 'a'", ("articles_are_newest_revisions", None, "1")),
        (
            "INSERT INTO lake.story_members (story_id, article_uid, published_at) VALUES ('b', 'a', '2025-12-10')",
            ("stories_sum_members", None, "1"),
        ),
        ("UPDATE lake.articles SET content_hash = '?'", ("articles_are_newest_revisions", None, "2")),
        ("DELETE FROM lake.articles WHERE article_uid = 'a'", ("revisions_have_articles", None, "2")),
        ("UPDATE lake.revisions SET revision = 3 WHERE revision = 2", ("revisions_are_numbered", None, "1")),
        (
            "UPDATE lake.revisions SET observed_at = '2020-01-01' WHERE revision = 2",
            ("revisions_follow_time", None, "1"),
        ),
    ],
)
def test_damage_is_found_and_counted(
    revised: warehouse.Location, tmp_path: Path, damage: str, expected: tuple[str, str | None, str]
) -> None:
    location = copy_of(revised.catalog_file.parent, tmp_path)
    with lake.open_lake(location, read_only=False) as connection:
        connection.execute(damage)
    assert expected in failed(location)


def test_a_check_without_a_severity_is_refused(
    location: warehouse.Location, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "odd.sql").write_text("-- Severity: grave\nSELECT NULL, 0, 0, true")
    monkeypatch.setattr("warehouse.checks.resources.files", lambda _: tmp_path)
    with pytest.raises(warehouse.WarehouseError, match=r"warehouse/checks/odd\.sql must have a line"):
        failed(location)
