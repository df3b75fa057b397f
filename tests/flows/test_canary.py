"""The canary reads a few pages and says which fields no longer come; it leaves the warehouse alone."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from flows.canary import FIELD_LOST, read_pages
from flows.errors import RunInProgress
from flows.landings import site_lock
from flows.probing import ALWAYS, compare, probe
from flows.settings import Settings
from tests.flows import patient
from tests.flows.forked import run_forked
from tests.flows.test_past import add
from tests.flows.test_reporting import events
from tests.flows.warehouse_dump import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.replica import Replica


def coverage(*fields: tuple[str, int, int]) -> pd.DataFrame:
    rows = [{"field": name, "pages": pages, "found": found, "examples": ["u1"]} for name, found, pages in fields]
    return pd.DataFrame(rows, columns=["field", "pages", "found", "examples"])


def test_a_field_that_usually_comes_and_is_on_no_page_is_lost() -> None:
    usual = {"title": 1.0, "place": 0.8, "author": 0.2, "summary": 0.9}
    given = coverage(("title", 0, 5), ("place", 0, 5), ("author", 0, 5), ("summary", 1, 5))
    found = {each.field: each.is_lost for each in compare(given, usual, asked=5)}
    # One page in five has an author: that five have none is chance.
    assert found == {"title": True, "place": True, "author": False, "summary": False}


def test_kinds_of_pages_are_put_together_and_pages_without_the_field_named() -> None:
    given = coverage(("place", 0, 3), ("place", 0, 2))
    given["examples"] = [["u1"], None]
    (place,) = compare(given, {"place": 0.9}, asked=5)
    assert (place.pages, place.found, place.is_lost, place.examples) == (5, 0, True, ["u1"])


@pytest.mark.parametrize("asked", [0, 5])
def test_where_no_page_can_be_read_every_field_is_lost(asked: int) -> None:
    assert all(each.is_lost for each in compare(coverage(), {"title": 1.0, "place": 0.7}, asked=asked))


def test_a_few_pages_are_read_and_nothing_is_left_of_them(tmp_path: Path, still_site: Replica) -> None:
    probed = probe(
        Settings(home=tmp_path / "home"), "devdiscourse", base_url=still_site.base_url, pages=5, log=logging.getLogger()
    )
    assert {each.field for each in probed} == set(ALWAYS)
    assert {(each.found, each.pages, each.is_lost) for each in probed} == {(5, 5, False)}
    assert not (tmp_path / "home").exists()


def test_a_site_that_asked_to_be_left_alone_is_and_nothing_is_said_of_its_fields(
    tmp_path: Path, empty: Path, site: Replica
) -> None:
    settings = Settings(home=shutil.copytree(empty, tmp_path, dirs_exist_ok=True))
    asked = {"run_id": "run", "site": "devdiscourse", "url": f"{site.base_url}/news", "fetched_at": datetime.now(UTC)}
    asked |= {"purpose": "discovery", "outcome": "failed", "status": 429, "retry_after_s": 3600.0}
    add(settings, "fetches", asked)
    site.forget_requests()
    assert probe(settings, "devdiscourse", base_url=site.base_url, pages=5, log=logging.getLogger()) == []
    assert site.requests() == []


def test_no_page_is_asked_for_beside_a_run_of_the_site(
    tmp_path: Path, still_site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREHOUSE_HOME", str(tmp_path))
    monkeypatch.setattr("flows.canary.WAIT_S", 0.2)
    with (
        site_lock(Settings(home=tmp_path), "devdiscourse", holder="ingest"),
        pytest.raises(RunInProgress, match="ingest"),
    ):
        read_pages.fn("devdiscourse", still_site.base_url, 5)


LOST = """
import sys
from prefect import flow
from flows.canary import report_fields
from flows.probing import ProbedField

@flow
def canary():
    report_fields("devdiscourse", [
        ProbedField("title", 5, 0, 1.0, True, ["u1", "u2"]),
        ProbedField("place", 5, 0, 0.8, True, ["u2", "u3", "u4"]),
        ProbedField("author", 5, 2, 0.5, False, ["u5"]),
    ])

canary()
"""


def test_what_a_site_has_lost_is_told_once_and_as_other_alerts_are(tmp_path: Path, prefect_api: dict[str, str]) -> None:
    done = run_forked(LOST, env=environment(tmp_path, prefect_api))
    assert done.returncode == 0, done.stderr[-2000:]
    api = prefect_api["PREFECT_API_URL"]
    told = events(api, FIELD_LOST, {""})[""]
    assert (told["check"], told["severity"], told["subject"]) == ("fields_come", "warning", "devdiscourse")
    assert (told["expected"], told["observed"]) == (
        "title on 100%, place on 80% of the pages", "none of 5 pages has them",
    )  # fmt: skip
    assert told["examples"] == "u1, u2, u3"
    assert told["command"] == told["look deeper"]
    assert "FROM field_coverage WHERE site = 'devdiscourse'" in told["command"]
    assert [each["field"] for each in told["fields"]] == ["title", "place"]
    asked = {"filter": {"event": {"name": [FIELD_LOST]}}}
    assert len(patient.post(f"{api}/events/filter", json=asked).json()["events"]) == 1
