"""Two passes over the replica with an hour between: the warehouse says what the site said, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import warehouse
from flows import publishing
from flows.settings import Settings
from tests.flows.crawled import crawl
from tests.flows.warehouse_dump import location
from tests.replica import Replica
from tests.truth import compare, sidebars_by_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


class TwoPasses(NamedTuple):
    connection: duckdb.DuckDBPyConnection
    first: dict[str, Any]
    second: dict[str, Any]
    changes: dict[str, Any]


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoPasses]:
    settings = Settings(home=tmp_path_factory.mktemp("two-passes"))
    where = location(settings.home)
    warehouse.create(where)
    with Replica(articles=240, seed=5, days=3) as site:
        ingest(settings, site.base_url)
        first = site.truth()
        site.advance(hours=1)
        ingest(settings, site.base_url)
        second, changes = site.truth(), site.changes(first["now"])
    with warehouse.connect(where) as connection:
        yield TwoPasses(connection, first, second, changes)


def ingest(settings: Settings, base_url: str) -> None:
    publishing.publish_landing(settings, crawl(settings, base_url))


def test_every_field_of_every_article_is_the_truth(passes: TwoPasses) -> None:
    result = compare(passes.connection, passes.second)
    assert result.wrong == []
    assert result.compared["is there"] == len(passes.second["articles"]) > 240


def test_no_article_is_there_twice(passes: TwoPasses) -> None:
    query = "SELECT count(*), count(DISTINCT article_uid), count(DISTINCT canonical_url) FROM articles"
    assert len(set(passes.connection.execute(query).fetchone() or ())) == 1


def test_the_second_pass_found_what_the_site_changed_and_nothing_else(passes: TwoPasses) -> None:
    revised = passes.connection.execute(
        "SELECT site_article_id, is_content_change FROM revisions WHERE revision = 2"
    ).fetchall()
    ids = {article_id for article_id, _ in revised if article_id in passes.first["articles"]}
    assert ids == set(passes.changes["revised"])
    text = {article_id for article_id, is_content_change in revised if is_content_change} & set(
        passes.first["articles"]
    )
    assert text == set(passes.changes["content_revised"])
    assert passes.changes["touched"], "the hour must have touched some pages without changing them"
    assert not ids & set(passes.changes["touched"])


def test_both_texts_of_a_changed_article_are_kept(passes: TwoPasses) -> None:
    assert passes.changes["content_revised"]
    for article_id in passes.changes["content_revised"]:
        titles = passes.connection.execute(
            "SELECT title FROM revisions WHERE site_article_id = ? ORDER BY revision", [article_id]
        ).fetchall()
        expected = [(each["articles"][article_id]["title"],) for each in (passes.first, passes.second)]
        assert titles == expected


def test_the_lists_beside_an_article_are_as_they_were_shown(passes: TwoPasses) -> None:
    pages = sidebars_by_page(passes.connection)
    compared = 0
    for article_id, article in passes.second["articles"].items():
        # Pages fetched twice hold the entries of both passes; those that came with the second hold one.
        if article_id in passes.first["articles"]:
            continue
        shown = pages[f"devdiscourse:{article_id}"]
        trending = passes.second["sidebars"][""]["trending"]
        expected = [
            (each["rank"], each["title"], each["country"], each["badge"], f"devdiscourse:{each['site_article_id']}")
            for each in trending
            if each["site_article_id"] != article_id
        ]
        assert [entry for entry in shown["trending"] if entry[-1] != f"devdiscourse:{article_id}"] == expected
        also_read = [f"devdiscourse:{each['site_article_id']}" for each in article["also_read"]]
        assert [entry[-1] for entry in shown["also_read"]] == also_read
        compared += 1
    assert compared > 0
