"""Making the index anew: equal to what the runs made, and a cure where it is not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import warehouse
from flows import indexes
from flows.settings import Settings
from tests.flows.warehouse_dump import location
from warehouse import lake

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path, published: Path) -> Settings:
    return Settings(home=shutil.copytree(published, tmp_path, dirs_exist_ok=True))


def differing(settings: Settings, *, dry_run: bool) -> dict[str, tuple[int, int]]:
    found = indexes.reindex(settings, dry_run=dry_run)
    return {row["table"]: (row["lacking"], row["wrong"]) for row in found if row["lacking"] or row["wrong"]}


def copies(settings: Settings) -> list[tuple[object, ...]]:
    with warehouse.connect(location(settings.home)) as connection:
        return connection.execute("FROM copies ORDER BY article_uid").fetchall()


def test_the_index_made_anew_is_the_one_the_runs_made(settings: Settings) -> None:
    assert copies(settings)
    assert differing(settings, dry_run=True) == {}


def test_what_was_damaged_is_said_and_mended_in_a_run_of_its_own(settings: Settings) -> None:
    sound = copies(settings)
    with lake.open_lake(location(settings.home), read_only=False) as connection:
        connection.execute("DELETE FROM lake.copies")
        connection.execute("UPDATE lake.copy_pairs SET similarity = 0.5")
        connection.execute("DELETE FROM lake.copy_articles WHERE hash(article_uid) % 2 = 0")
        connection.execute("DELETE FROM lake.story_terms WHERE hash(term) % 2 = 0")
        connection.execute("UPDATE lake.story_members SET story_id = article_uid")
        connection.execute("DELETE FROM lake.stories")
    damage = differing(settings, dry_run=True)
    assert damage.keys() == {"copies", "copy_pairs", "copy_articles", "story_terms", "story_members", "stories"}
    assert damage["copies"] == (len(sound), 0)
    assert copies(settings) == []
    assert differing(settings, dry_run=False) == damage
    assert copies(settings) == sound
    assert differing(settings, dry_run=True) == {}
    with warehouse.connect(location(settings.home)) as connection:
        assert connection.execute("SELECT count(*) FROM runs WHERE flow = 'reindex'").fetchone() == (1,)
