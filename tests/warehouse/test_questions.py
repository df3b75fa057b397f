"""What the questions in the documents answer where the demo has nothing of the kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from tests.answers import QUESTIONS
from tests.warehouse.rows import at
from tests.warehouse.test_dashboard import fill

if TYPE_CHECKING:
    from pathlib import Path

README = QUESTIONS.parent.parent / "README.md"


def answer(location: warehouse.Location, question: str, document: Path = QUESTIONS) -> list[tuple[Any, ...]]:
    """What the SQL below a question in a document says of a warehouse."""
    _, _, below = document.read_text().partition(f"{question}\n")
    found = re.search(r"```sql\n(.*?)```", below, re.DOTALL)
    assert found, f"no {question!r} in {document.name}"
    with warehouse.connect(location) as connection:
        return connection.execute(found[1]).fetchall()


@pytest.mark.parametrize(
    ("question", "document", "count"),
    [
        ("Which headlines were changed after publication?", README, 1),
        ("### Which headlines were changed?", QUESTIONS, 1),
        ("### Which numbers were revised?", QUESTIONS, 1),
    ],
)
def test_a_change_is_one_by_the_site_and_not_by_how_we_read(
    location: warehouse.Location, question: str, document: Path, count: int
) -> None:
    texts = [("Six dead", None), ("Seven dead", "correction"), ("Seven dead in 2 fires", "reading")]
    revisions = [
        {
            "article_uid": "s:1", "site": "s", "revision": number, "observed_at": at(number), "title": title,
            "changed_fields": ["title"] if kind else [], "is_content_change": kind is not None, "change_kind": kind,
            "paragraphs_before": ["1 dead"] if kind else [], "paragraphs_after": [f"{number} dead"] if kind else [],
        }
        for number, (title, kind) in enumerate(texts, 1)
    ]  # fmt: skip
    fill(location, revisions=revisions, articles=[{"article_uid": "s:1", "site": "s"}])
    assert len(answer(location, question, document)) == count


def sight(site: str, hours: float, edition: str, title: str, number: int = 1) -> dict[str, Any]:
    return {
        "observed_at": at(hours), "site": site, "section": "trending", "edition": edition, "rank": number,
        "article_uid": f"{site}:{number}", "title": title, "page_uid": "home", "run_id": f"{site}-{hours}",
    }  # fmt: skip


def test_what_trends_is_that_of_the_newest_look_at_each_site_whatever_ran_since(location: warehouse.Location) -> None:
    looks = [sight("s", hours, edition, f"Old {hours}") for hours in (0, 1) for edition in ("north", "south")]
    looks += [sight("t", 0.5, "north", "Theirs"), sight("s", 1, "west", "Gone by", 2)]
    fill(location, sidebars=looks, runs=[{"run_id": "z", "flow": "retag", "site": "s", "published_at": at(2)}])
    found = answer(location, "### What trends in several editions at once?")
    assert found == [("s", "Old 1", 2, 1), ("t", "Theirs", 1, 1), ("s", "Gone by", 1, 2)]


def test_an_entry_whose_headline_was_edited_is_one(location: warehouse.Location) -> None:
    looks = [sight("s", hours, "north", f"As of {hours}") for hours in (0, 1, 2)]
    looks += [sight("s", hours, "north", "Other", 2) for hours in (0, 1)]
    looks += [sight("s", 2, "south", "As it is there")]
    fill(location, sidebars=looks)
    longest = answer(location, "### What trended longest in each edition?")
    assert longest == [("s", "north", "As of 2", 3, 1), ("s", "south", "As it is there", 1, 1)]
    ((_, _, editions, _),) = answer(location, "### What trends in several editions at once?")
    assert editions == 2
    of_all = answer(location, "What has been trending, and how high did it get?", README)
    assert [best_rank for _, best_rank, *_ in of_all] == [1, 2]
