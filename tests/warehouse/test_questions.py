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
