"""The tables of stories in a DuckDB of their own, for tests and benchmarks that publish many small runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd

import warehouse
from flows.publishing import to_arrow, to_removals
from flows.story_matching import match_stories
from warehouse.declared import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLES = tuple(each.name for each in warehouse.STORY_INDEX_TABLES)


def frame_of(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """These articles as they are now: of one that comes twice the last is what it says."""
    frame = pd.DataFrame(rows).drop_duplicates("article_uid", keep="last", ignore_index=True)
    frame = frame.astype(dict.fromkeys(("title", "summary", "body", "language", "source"), "str"))
    times = ("published_at", "updated_at")
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True).dt.as_unit("us") for name in times})


class Lake:
    """The tables of stories and of articles in a DuckDB of their own, written as `warehouse.publish` writes them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
        for name in (*TABLES, "articles"):
            columns = ", ".join(c.ddl.removesuffix(" NOT NULL") for c in tables()[name].columns)
            self.connection.execute(f"CREATE TABLE lake.{name} ({columns})")

    def publish(self, frame: pd.DataFrame) -> None:
        """One run over these articles."""
        found = match_stories(warehouse.StoryIndex(self.connection), frame)
        for name, gone in found.removes.items():
            if len(gone):
                self._delete(name, to_removals(gone), list(gone.columns))
        for name, written in found.replaces.items():
            if len(written):
                incoming = tables()[name].conform(to_arrow(name, written))
                self._delete(name, incoming, list(tables()[name].key))
                self._write(f"INSERT INTO lake.{name} BY NAME FROM incoming", incoming)
        self._delete("articles", frame, ["article_uid"])
        self._write("INSERT INTO lake.articles BY NAME FROM incoming", frame)

    def _delete(self, name: str, incoming: object, key: list[str]) -> None:
        same = " AND ".join(f"t.{column} IS NOT DISTINCT FROM i.{column}" for column in key)
        self._write(f"DELETE FROM lake.{name} AS t USING incoming AS i WHERE {same}", incoming)

    def _write(self, sql: str, incoming: object) -> None:
        self.connection.register("incoming", incoming)
        self.connection.execute(sql)
        self.connection.unregister("incoming")

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        return {name: self.connection.execute(f"FROM lake.{name} ORDER BY ALL").fetchall() for name in TABLES}

    def stories(self) -> dict[str, str]:
        """Article to story."""
        return dict(self.connection.execute("SELECT article_uid, story_id FROM lake.story_members").fetchall())
