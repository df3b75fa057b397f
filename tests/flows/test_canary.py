"""The canary reads a few pages and says which fields no longer come; it leaves the warehouse alone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from flows.probing import ALWAYS, compare, probe
from flows.settings import Settings

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
