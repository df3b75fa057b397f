"""Taking articles out of the warehouse: what hangs together with them is computed again, as if they had never been."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

import warehouse
from flows.matching import match
from flows.publishing import to_arrow, to_removals
from flows.search_indexing import index_words
from flows.story_matching import match_stories

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import duckdb

#: What is about an article and stays: the addresses and the exchanges are facts, the ledger says what became of them.
FACTS = frozenset({"urls", "fetches", "takedowns"})
_TEXT = ("title", "summary", "body")


@dataclass(slots=True)
class Changes:
    """What a run changes, by table, as `warehouse.publish` takes it."""

    appends: dict[str, pa.Table] = field(default_factory=dict)
    replaces: dict[str, pa.Table] = field(default_factory=dict)
    removes: dict[str, list[pa.Table]] = field(default_factory=dict)

    def remove(self, table: str, **columns: Sequence[Any] | pa.Array[Any]) -> None:
        """Removes the rows that agree with these values in these columns."""
        self.removes.setdefault(table, []).append(pa.table(columns))


def withdraw(
    connection: duckdb.DuckDBPyConnection,
    uids: Collection[str],
    rewritten: pd.DataFrame | None = None,
    keeps: frozenset[str] = FACTS,
) -> Changes:
    """Every row about these articles goes, but for those of the tables `keeps`; copies and stories follow.

    Copies of an article that goes are labelled anew, by the earliest that is left of their group. `rewritten` are rows
    of the articles table that are put in the place of what they were at the same time: their copies, their stories and
    the words that they are found by follow too, their other rows are the caller's.
    """
    gone = sorted(uids)
    known = warehouse.rows_of(connection, "articles", gone).to_pandas()
    # An article without words has no copies and no story but its own: what is left is what is true without it.
    wordless = known.assign(**{name: pd.Series(None, index=known.index, dtype="str") for name in _TEXT})
    articles = wordless if rewritten is None else pd.concat([wordless, rewritten])
    matched = match(warehouse.CopyIndex(connection), articles)
    stories = match_stories(warehouse.StoryIndex(connection), articles, matched)
    words = index_words(warehouse.SearchIndex(connection), articles.iloc[len(known) :])
    changes = Changes()
    for name, frame in (matched.appends | stories.appends | words.appends).items():
        changes.appends[name] = to_arrow(name, frame)
    for name, frame in (matched.replaces | stories.replaces | words.replaces).items():
        about = "story_id" if name == "stories" else "article_uid"
        changes.replaces[name] = to_arrow(name, frame[~frame[about].isin(gone)])
    for name, frame in (matched.removes | stories.removes | words.removes).items():
        changes.removes[name] = [to_removals(frame)]
    for name in warehouse.table_names():
        if name not in keeps and "article_uid" in warehouse.arrow_schema(name).names:
            changes.remove(name, article_uid=gone)
    if "sidebars" not in keeps:
        changes.remove("sidebars", page_uid=gone)  # what stood beside them, not only the entries that lead to them
    changes.remove("stories", story_id=gone)
    texts = _texts_of_no_one_else(connection, gone, set(matched.replaces["copy_articles"]["text_hash"].dropna()))
    for table, column in (
        ("copy_texts", "text_hash"),
        ("copy_keys", "text_hash"),
        ("copy_pairs", "text_hash"),
        ("copy_pairs", "other_hash"),
    ):
        changes.remove(table, **{column: texts})
    return changes


def _texts_of_no_one_else(connection: duckdb.DuckDBPyConnection, uids: list[str], taken: set[int]) -> pa.Array[Any]:
    """The texts, as hashes, that only these articles have, and none takes on now."""
    found = connection.execute(
        "SELECT text_hash FROM lake.copy_articles WHERE text_hash IS NOT NULL"
        " GROUP BY text_hash HAVING bool_and(article_uid IN (SELECT unnest($uids)))",
        {"uids": uids},
    ).fetchall()
    return pa.array([text for (text,) in found if text not in taken], pa.int64())
