"""Stories do not depend on the order and the batches that articles come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import warehouse
from flows.publishing import to_arrow
from flows.story_matching import TABLES, match_stories
from warehouse.declared import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = pd.Timestamp("2026-03-02T08:00:00Z")

QUAKE = "The tremor near Kasukabe in Saitama injured 1,412 people, seismologist Hideo Tanikawa of the Oyamada institute said."
FERRY = (
    "The ferry Herald Marlow sank off Zeebrugge with 1,338 aboard, harbourmaster Piet Vandamme of Townsend Lines said."
)
BUDGET = "Treasurer Imelda Okonkwo presented a budget of 4,512 crowns to the Ruritanian assembly in Strelsau."
BETWEEN = f"{QUAKE} {FERRY}"
TEXTS = (QUAKE, FERRY, BUDGET, BETWEEN, "Nothing was said of it.", "")
TITLES = (
    "Tremor in Kasukabe injures 1,412",
    "Ferry Herald Marlow sinks off Zeebrugge",
    "Okonkwo presents budget",
    "News",
)


def article(uid: str, text: str, *, title: str = "News", hours: float = 0, source: str = "PTI") -> dict[str, object]:
    return {
        "article_uid": uid,
        "published_at": DAY + pd.Timedelta(hours=hours),
        "updated_at": None,
        "title": title,
        "summary": None,
        "body": text,
        "language": "en",
        "source": source,
    }


class Lake:
    """The tables of stories and of articles in a DuckDB of their own, written as `warehouse.publish` writes them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
        for name in (*TABLES, "articles"):
            columns = ", ".join(c.ddl.removesuffix(" NOT NULL") for c in tables()[name].columns)
            self.connection.execute(f"CREATE TABLE lake.{name} ({columns})")

    def publish(self, rows: Sequence[dict[str, object]]) -> None:
        """One run over these articles; of one that comes twice the last is what it says now."""
        frame = pd.DataFrame(rows).drop_duplicates("article_uid", keep="last", ignore_index=True)
        frame = frame.astype(dict.fromkeys(("title", "summary", "body", "language", "source"), "str"))
        frame = frame.assign(
            **{name: pd.to_datetime(frame[name], utc=True).dt.as_unit("us") for name in ("published_at", "updated_at")}
        )
        found = match_stories(warehouse.StoryIndex(self.connection), frame)
        for name, gone in found.removes.items():
            if len(gone):
                incoming = to_arrow(name, gone)
                same = " AND ".join(f"t.{column} = i.{column}" for column in incoming.column_names)
                self._write(f"DELETE FROM lake.{name} AS t USING incoming AS i WHERE {same}", incoming)
        for name, written in found.replaces.items():
            incoming = tables()[name].conform(to_arrow(name, written))
            same = " AND ".join(f"t.{column} IS NOT DISTINCT FROM i.{column}" for column in tables()[name].key)
            self._write(f"DELETE FROM lake.{name} AS t USING incoming AS i WHERE {same}", incoming)
            self._write(f"INSERT INTO lake.{name} BY NAME FROM incoming", incoming)
        incoming = frame
        self._write("DELETE FROM lake.articles AS t USING incoming AS i WHERE t.article_uid = i.article_uid", incoming)
        self._write("INSERT INTO lake.articles BY NAME FROM incoming", incoming)

    def _write(self, sql: str, incoming: object) -> None:
        self.connection.register("incoming", incoming)
        self.connection.execute(sql)
        self.connection.unregister("incoming")

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        return {name: self.connection.execute(f"FROM lake.{name} ORDER BY ALL").fetchall() for name in TABLES}

    def stories(self) -> dict[str, str]:
        """Article to story."""
        return dict(self.connection.execute("SELECT article_uid, story_id FROM lake.story_members").fetchall())


def published(*runs: Sequence[dict[str, object]]) -> Lake:
    lake = Lake()
    for rows in runs:
        lake.publish(rows)
    return lake


articles = st.lists(
    st.builds(
        article,
        st.sampled_from([f"site:{number}" for number in range(9)]),
        st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3, unique=True).map("\n\n".join),
        title=st.sampled_from(TITLES),
        hours=st.sampled_from([0, 1, 5, 20, 60, 71, 73, 100, 150]),
        source=st.sampled_from(["PTI", "Reuters"]),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles, st.data())
def test_any_order_and_any_batches_give_the_same_rows(rows: list[dict[str, object]], data: st.DataObject) -> None:
    now = list({row["article_uid"]: row for row in rows}.values())
    at_once = published(now).dump()
    # Earlier texts of the articles first, then what they say now in any order and batches, some of it again.
    earlier = rows[: data.draw(st.integers(0, len(rows)))]
    later = data.draw(st.permutations(now)) + data.draw(st.lists(st.sampled_from(now), max_size=4))
    lake = Lake()
    for part in (earlier, later):
        while part:
            size = data.draw(st.integers(1, len(part)))
            lake.publish(part[:size])
            part = part[size:]
    assert lake.dump() == at_once
