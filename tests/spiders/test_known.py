"""The file of known articles: found again by key, whatever the order they were written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spiders.known import KnownArticles
from spiders.known_writing import write_known

if TYPE_CHECKING:
    from pathlib import Path


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=st.sets(st.text(min_size=1), max_size=40), absent=st.text())
def test_every_article_written_is_found_and_no_other(tmp_path: Path, keys: set[str], absent: str) -> None:
    path = tmp_path / "known.bin"
    write_known(path, keys)
    with KnownArticles(path) as known:
        assert len(known) == len(keys)
        assert all(key in known for key in keys)
        assert (absent in known) == (absent in keys)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.sets(st.text(min_size=1), max_size=40), second=st.sets(st.text(min_size=1), max_size=40))
def test_what_is_added_later_stands_as_if_all_had_been_written_at_once(
    tmp_path: Path, first: set[str], second: set[str]
) -> None:
    grown, whole = tmp_path / "grown.bin", tmp_path / "whole.bin"
    write_known(grown, first)
    write_known(grown, second, base=grown)
    write_known(whole, first | second)
    assert grown.read_bytes() == whole.read_bytes()


def test_no_file_knows_nothing(tmp_path: Path) -> None:
    assert "1" not in KnownArticles(tmp_path / "absent")
    assert "1" not in KnownArticles(None)
