"""The indexes in a DuckDB of their own, for tests that publish many small runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd

import warehouse
from flows import indexes
from warehouse.declared import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.index_rows import IndexRows

STORIES = tuple(each.name for each in warehouse.STORY_INDEX_TABLES)


def frame_of(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """These articles as they are now: of one that comes twice the last is what it says."""
    frame = pd.DataFrame(rows).drop_duplicates("article_uid", keep="last", ignore_index=True)
    frame = frame.astype(dict.fromkeys(("title", "summary", "body", "language", "source"), "str"))
    times = ("published_at", "updated_at")
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True).dt.as_unit("us") for name in times})


class Lake:
    """The tables of copies, stories and articles in a DuckDB of their own, written as `warehouse.publish` does it."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
        for name in (*(each.name for each in indexes.TABLES), "articles"):
            columns = ", ".join(c.ddl.removesuffix(" NOT NULL") for c in tables()[name].columns)
            self.connection.execute(f"CREATE TABLE lake.{name} ({columns})")

    def publish(self, frame: pd.DataFrame) -> IndexRows:
        """One run over these articles; what it changed in the stories."""
        frame = frame.assign(content_hash=[str(hash(text)) for text in zip(frame["title"], frame["body"], strict=True)])
        _, stories = indexes.index(self.connection, "lake", frame)
        self.connection.execute("DELETE FROM lake.articles AS t USING frame AS f WHERE t.article_uid = f.article_uid")
        self.connection.execute("INSERT INTO lake.articles BY NAME FROM frame")
        return stories

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        return {name: self.connection.execute(f"FROM lake.{name} ORDER BY ALL").fetchall() for name in STORIES}

    def stories(self) -> dict[str, str]:
        """Article to story."""
        return dict(self.connection.execute("SELECT article_uid, story_id FROM lake.story_members").fetchall())
