"""Comparing the warehouse with what the replica knows to be true, field by field."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

#: Fields of the truth that stand in the warehouse under the same name and in the same form.
PLAIN = (
    "site_article_id", "canonical_url", "kind", "label", "sector", "title", "summary", "source", "author",
    "place", "countries", "attribution", "site_tags", "keywords", "image_url", "image_caption",
    "image_is_ai_generated", "video_url", "first_published_in", "published_raw", "updated_raw",
)  # fmt: skip
SECTIONS = ("also_read", "trending", "opinion", "latest")


@dataclass
class Comparison:
    """How many values of each field were compared and right; and those that were not, with the page's traps."""

    compared: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, Any, Any, list[str]]] = field(default_factory=list)

    def note(self, name: str, article: dict[str, Any], expected: Any, found: Any) -> None:
        self.compared[name] += 1
        if expected == found:
            self.right[name] += 1
        else:
            self.wrong.append((article["site_article_id"], name, expected, found, article["traps"]))


def compare(connection: duckdb.DuckDBPyConnection, truth: dict[str, Any], site: str = "devdiscourse") -> Comparison:
    """Compares every article that the replica has with its row in `articles`."""
    result = Comparison()
    rows = connection.execute("FROM articles WHERE site = ?", [site]).to_arrow_table().to_pylist()
    found = {row["site_article_id"]: row for row in rows}
    for article_id, article in truth["articles"].items():
        result.note("is there", article, True, article_id in found)
        if article_id in found:
            _compare_article(result, article, found[article_id])
    return result


def _compare_article(result: Comparison, article: dict[str, Any], row: dict[str, Any]) -> None:
    for name in PLAIN:
        result.note(name, article, article[name], row[name])
    # An article that has got a new slug still answers at the old one, at which it may have been asked for.
    result.note("url", article, True, f"/{article['site_article_id']}-" in row["url"])
    result.note("body", article, article["body"], row["body"].split("\n\n") if row["body"] else [])
    for name in ("published_at", "updated_at"):
        result.note(name, article, datetime.fromisoformat(article[name]).astimezone(UTC), row[name])
    if article["attribution"] is not None:
        result.note("syndication", article, article["syndication"], row["syndication"])
    result.note("site_date", article, article["site_date"], row["site_date"].isoformat())


def sidebars_by_page(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    """Per article page and section, its entries as (rank, title, country, badge, article id) in order."""
    pages: dict[str, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    rows = connection.execute(
        "SELECT page_uid, section, rank, title, country, badge, article_uid FROM sidebars ORDER BY ALL"
    ).fetchall()
    for page_uid, section, *entry in rows:
        pages[page_uid][section].append(tuple(entry))
    return pages
