"""A site built differently (no ids, valid JSON-LD, Atom, an archive by day): two passes against its truth."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import warehouse
from flows import crawling, publishing
from flows.settings import Settings
from tests.flows.warehouse_dump import location
from tests.replica_harbourledger import Replica

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

SITE = "harbourledger"
TIMES = ("published_at", "updated_at")
TEXT = ("title", "summary", "body")


class TwoPasses(NamedTuple):
    connection: duckdb.DuckDBPyConnection
    first: dict[str, Any]
    second: dict[str, Any]
    runs: list[str]
    asked: dict[str, Any]


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoPasses]:
    settings = Settings(home=tmp_path_factory.mktemp("second-site"))
    where = location(settings.home)
    warehouse.create(where)
    with Replica(articles=60, seed=3) as site:
        runs = [ingest(settings, site.base_url)]
        first = site.truth()
        site.advance(hours=1)
        runs.append(ingest(settings, site.base_url))
        second, asked = site.truth(), site.log()
    with warehouse.connect(where) as connection:
        yield TwoPasses(connection, first, second, runs, asked)


def ingest(settings: Settings, base_url: str) -> str:
    run = crawling.crawl_site(
        settings, SITE, flow="test", base_url=base_url, since=None, limit=None, log=logging.getLogger()
    )
    published = publishing.publish_landing(settings, run)
    assert published.state == "complete", published.reason
    return published.run_id


def uid_of(url: str) -> str:
    return f"{SITE}:{hashlib.sha256(url.encode()).hexdigest()[:16]}"


def rows(connection: duckdb.DuckDBPyConnection, query: str, *parameters: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = connection.execute(query, list(parameters)).to_arrow_table().to_pylist()
    return found


def typed(name: str, value: Any) -> Any:
    """A value of the truth, which comes as JSON, as the warehouse holds it."""
    if name in TIMES:
        return datetime.fromisoformat(value)
    if name == "site_date":
        return date.fromisoformat(value)
    return "\n\n".join(value) if name == "body" else value


def test_every_field_of_every_article_is_the_truth(passes: TwoPasses) -> None:
    found = {row["canonical_url"]: row for row in rows(passes.connection, "FROM articles WHERE site = ?", SITE)}
    truth = passes.second["articles"]
    assert found.keys() == truth.keys()
    assert len(truth) > 60
    wrong = [
        (url, name, typed(name, expected), found[url][name])
        for url, columns in truth.items()
        for name, expected in columns.items()
        if found[url][name] != typed(name, expected)
    ]
    assert wrong == []


def test_every_article_is_there_once_and_known_by_the_hash_of_its_canonical_address(passes: TwoPasses) -> None:
    found = rows(passes.connection, "SELECT article_uid, canonical_url FROM articles WHERE site = ?", SITE)
    assert sorted(row["article_uid"] for row in found) == sorted(map(uid_of, passes.second["articles"]))


def test_the_hour_that_comes_twice_is_told_apart(passes: TwoPasses) -> None:
    found = rows(
        passes.connection,
        "SELECT published_raw, published_at, time_flags FROM articles"
        " WHERE published_raw = '2 November 2025 at 1.30 am' ORDER BY published_at",
    )
    assert [f"{row['published_at']:%H:%M:%S}" for row in found] == ["05:30:12", "06:30:45"]
    assert [row["time_flags"] for row in found] == [[], []]


def test_nothing_is_found_wanting(passes: TwoPasses) -> None:
    assert rows(passes.connection, "SELECT url, field, problem, detail FROM findings") == []


def test_the_second_pass_found_what_the_site_changed_and_nothing_else(passes: TwoPasses) -> None:
    first, second = passes.first["articles"], passes.second["articles"]
    edited = {uid_of(url) for url, was in first.items() if any(was[name] != second[url][name] for name in TEXT)}
    touched = {uid_of(url) for url, was in first.items() if was["updated_at"] != second[url]["updated_at"]} - edited
    assert edited
    assert touched
    revised = rows(passes.connection, "SELECT article_uid, is_content_change FROM revisions WHERE revision > 1")
    assert {row["article_uid"] for row in revised if row["is_content_change"]} == edited
    assert {row["article_uid"] for row in revised} == edited


def test_the_lists_beside_an_article_are_as_they_were_shown(passes: TwoPasses) -> None:
    shown: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows(passes.connection, "FROM sidebars ORDER BY rank"):
        shown[row["run_id"], row["page_uid"], row["section"]].append((row["rank"], row["title"], row["article_uid"]))
    assert {run for run, *_ in shown} == set(passes.runs)
    for run, truth in zip(passes.runs, (passes.first, passes.second), strict=True):
        most_read = entries(truth["most_read"])
        expected = {(uid_of(url), "also_read"): entries(related) for url, related in truth["also_read"].items()}
        expected |= {(uid_of(url), "trending"): most_read for url in truth["also_read"]}
        wrong = [
            (page, found) for (in_run, *page), found in shown.items() if in_run == run and found != expected[*page]
        ]
        assert wrong == []


def entries(listed: list[tuple[str, str]]) -> list[tuple[Any, ...]]:
    return [(rank, title, uid_of(url)) for rank, (title, url) in enumerate(listed, 1)]


def test_what_robots_txt_forbids_was_never_asked_for(passes: TwoPasses) -> None:
    assert any("/archive/" in path for path in passes.asked["paths"])
    assert passes.asked["disallowed"] == []
