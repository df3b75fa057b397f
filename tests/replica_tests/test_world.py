"""The replica's world moves as promised: seeded, with every sort of edit, copy and story in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from tests.replica import Replica
from tests.replica.truth import similarity
from tests.replica.world import World
from tests.replica_tests.reading import read_page


def test_the_same_seed_makes_the_same_world_however_the_clock_gets_there() -> None:
    first, second = World(articles=150, seed=9), World(articles=150, seed=9)
    until = first.clock_start + timedelta(hours=5)
    for hour in range(6):
        first.reach(first.clock_start + timedelta(hours=hour))
    assert [(a.id, a.versions) for a in first.visible(until)] == [(a.id, a.versions) for a in second.visible(until)]
    assert [a.id for a in World(articles=150, seed=10).visible(until)] != [a.id for a in first.visible(until)]


def test_an_hour_brings_every_sort_of_change(own: Replica) -> None:
    before = own.now()
    own.advance(minutes=30)
    own.advance(minutes=30)
    found = own.changes(before)
    fields = {field for names in found["revised"].values() for field in names}
    assert {"title", "summary", "body", "site_tags", "countries", "url"} <= fields
    assert {"image_url", "image_caption"} & fields
    assert 9 <= len(found["new"]) <= 15
    assert found["touched"]
    assert found["silent"]
    articles = own.truth()["articles"]
    live = [n for n in found["content_revised"] if articles[n]["kind"] == "liveblog"]
    assert live, "no live blog gained an update"
    assert all(articles[n]["content_revisions"] > 1 for n in found["content_revised"])


def test_headline_edits_move_the_address_but_the_old_one_still_answers(own: Replica) -> None:
    before, old = own.now(), own.truth()["articles"]
    own.advance(hours=1)
    (number, *_) = [n for n, fields in own.changes(before)["revised"].items() if "url" in fields]
    new = own.truth()["articles"][number]
    assert new["url"] != old[number]["url"]
    page = read_page(httpx.get(old[number]["url"], trust_env=False).text)
    assert page["canonical_url"] == new["url"]


def test_a_withdrawn_article_is_missing(own: Replica) -> None:
    number, told = next(iter(own.truth()["articles"].items()))
    own.withdraw(number)
    assert number not in own.truth()["articles"]
    answer = httpx.get(told["url"], trust_env=False, follow_redirects=False)
    assert answer.status_code != 200 or "no longer available" in answer.text


def test_planted_copies_are_alike_and_nothing_else_is() -> None:
    world = World(articles=400, seed=21)
    when = world.clock_start + timedelta(hours=6)
    visible = world.visible(when)
    texts = {a.id: a.content_at(when).paragraphs() for a in visible}
    for copy in (a for a in visible if a.copies is not None and a.copied_as in ("identical", "verbatim")):
        original = copy.copies
        assert original is None or similarity(texts[original.id], texts[copy.id]) > 0.7
    by_topic: dict[str, list[int]] = {}
    for article in visible:
        if article.copies is None:
            by_topic.setdefault(article.topic, []).append(article.id)
    closest = max(
        similarity(texts[a], texts[b]) for ids in by_topic.values() for a in ids[:20] for b in ids[:20] if a < b
    )
    assert closest < 0.7


def test_agencies_tell_one_event_in_words_of_their_own() -> None:
    world = World(articles=300, seed=2)
    when = world.clock_start
    groups: dict[str, dict[str, list[str]]] = {}
    for article in world.visible(when):
        if article.event and article.copies is None and article.kind == "news":
            groups.setdefault(article.event, {})[article.source] = article.content_at(when).paragraphs()
    told = [list(texts.values()) for texts in groups.values() if len(texts) > 1]
    assert len(told) > 20
    assert max(similarity(texts[0], texts[1]) for texts in told) < 0.15


def test_another_start_of_the_clock_is_another_time() -> None:
    world = World(articles=60, seed=1, clock_start=datetime(2026, 3, 1, 6, 0, tzinfo=UTC))
    newest = world.visible(world.clock_start)[-1]
    assert timedelta(0) <= world.clock_start - newest.created < timedelta(days=1)
