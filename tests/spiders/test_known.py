"""The file of known articles: found again by id, whatever the order they were written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spiders.known import KnownArticle, KnownArticles, write_known

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = st.integers(min_value=0, max_value=2**32 - 1)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.dictionaries(st.text(min_size=1), st.tuples(SECONDS, SECONDS), max_size=40), absent=st.text())
def test_every_article_written_is_found_and_no_other(
    tmp_path: Path, entries: dict[str, tuple[int, int]], absent: str
) -> None:
    path = tmp_path / "known.bin"
    write_known(path, ((each, *times) for each, times in entries.items()))
    with KnownArticles(path) as known:
        assert len(known) == len(entries)
        assert {each: known.get(each) for each in entries} == {
            each: KnownArticle(*times) for each, times in entries.items()
        }
        assert (known.get(absent) is None) == (absent not in entries)


def test_no_file_knows_nothing(tmp_path: Path) -> None:
    assert KnownArticles(tmp_path / "absent").get("1") is None
    assert KnownArticles(None).get("1") is None
