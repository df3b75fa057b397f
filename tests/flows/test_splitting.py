"""A run that found very many addresses is published in parts: the ledger is as if it had been published at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from flows.backfill_work import addresses_found
from flows.errors import CannotBeDone
from flows.landings import pick_up
from flows.location import location
from flows.splitting import split_addresses
from flows.stopped import publish_or_set_aside
from spiders.landing import LandingRun
from tests.flows.crawled import copy_of

if TYPE_CHECKING:
    from pathlib import Path

    from flows.settings import Settings

#: The run that wrote a row last is another.
LEDGER = "SELECT * EXCLUDE (run_id) FROM urls ORDER BY ALL"


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.connect(location(settings)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def settings(tmp_path: Path, crawled: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings, landing = copy_of(crawled, tmp_path)
    monkeypatch.setattr("flows.splitting.MOST_ADDRESSES", len(list(LandingRun(landing).lines("urls"))) // 3 + 1)
    return settings


def test_the_ledger_is_the_same_however_many_runs_bring_it(settings: Settings, published: Path) -> None:
    (run,) = pick_up(settings, "devdiscourse")
    found = {row["url"] for row in run.lines("urls")}
    publish_or_set_aside(settings, run)
    parts = pick_up(settings, "devdiscourse")
    assert len(parts) == 2
    for part in parts:
        publish_or_set_aside(settings, part)
    assert pick_up(settings, "devdiscourse") == []
    assert found <= {url for (url,) in rows(settings, "SELECT url FROM urls")}
    assert rows(settings, LEDGER) == rows(settings.model_copy(update={"home": published}), LEDGER)
    counts = rows(settings, "SELECT flow, count(*) FROM runs GROUP BY ALL ORDER BY ALL")
    assert counts == [("addresses", 2), ("test", 1)]
    assert rows(settings, "SELECT sum(discovered) = (SELECT count(*) FROM urls) FROM runs") == [(True,)]
    assert rows(settings, "SELECT * FROM checks WHERE severity = 'error' AND NOT passed") == []


def test_killed_while_it_is_split_a_run_is_split_again_into_the_same_parts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run,) = pick_up(settings, "devdiscourse")
    found = list(run.lines("urls"))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LandingRun, "complete", die)
        with pytest.raises(KeyboardInterrupt):
            split_addresses(run)
    # What was not complete is taken for a run that never began.
    assert [each.run_id for each in pick_up(settings, "devdiscourse")] == [run.run_id]
    split_addresses(run)
    parts = {each.run_id: list(each.lines("urls")) for each in pick_up(settings, "devdiscourse")}
    split_addresses(run)
    assert {each.run_id: list(each.lines("urls")) for each in pick_up(settings, "devdiscourse")} == parts
    assert sorted(row["url"] for part in parts.values() for row in part) == sorted(row["url"] for row in found)


def test_more_addresses_than_a_plan_can_hold_are_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (run,) = pick_up(settings, "devdiscourse")
    assert addresses_found(run) == list(dict.fromkeys(row["url"] for row in run.lines("urls")))
    monkeypatch.setattr("flows.backfill_work.MOST_FOUND", 10)
    with pytest.raises(CannotBeDone, match="more than 10 addresses"):
        addresses_found(run)
