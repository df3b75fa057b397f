"""The index that stories are matched with, looked up by article and time."""

# ruff: noqa: S608 - the names put into SQL here are declared ones
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.declared import arrow_schema
from warehouse.declared import table as declared_table
from warehouse.rebuilding import IndexTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    import duckdb

Name = Literal["articles", "story_terms", "story_pairs", "story_members", "stories"]

_WANTED = pa.schema([pa.field("article_uid", pa.string())])
_WANTED_PAIRS = pa.schema([*_WANTED, pa.field("other_uid", pa.string())])
_TERMS = pa.schema([pa.field("term", pa.string())])
#: Times further apart are looked for apart, so that what lies between them is not read.
_APART = timedelta(days=1)
#: Times not further apart are asked for in one statement, and others too where it would take more statements than so
#: many: each costs about a hundredth of a second, reading what lies between more the longer it is.
_STRETCH = timedelta(days=15)
_MOST_STATEMENTS = 24
_AT_ONCE = timedelta(0)
#: Pairs are made of times in whole seconds: what is further apart by less than one may be a pair.
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_LINKS = pa.schema(
    [arrow_schema("story_pairs").field(name) for name in ("article_uid", "other_uid", "other_published_at", "score")]
)


class StoryIndex:
    """What the tables of a connection say of articles of certain times: it reads the files of these times only.

    The articles are those of the lake, the tables of the index those of `schema`: the lake's, or those of a rebuilding.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str = "lake") -> None:
        self._connection = connection
        self._schema = schema
        self._linked_days: set[date] = set()
        self._links = _LINKS.empty_table()

    def times(self, article_uids: Iterable[str]) -> pa.Table:
        """When each article that is known was published, or updated where only that is known.

        Returns:
            Columns article_uid, published_at.
        """
        sql = (
            "SELECT article_uid, coalesce(published_at, updated_at) AS published_at"
            " FROM lake.articles SEMI JOIN wanted USING (article_uid)"
        )
        return self._ask(sql, pa.table({"article_uid": list(article_uids)}, schema=_WANTED))

    def rows(self, name: Name, article_uids: Iterable[str], times: Iterable[datetime | None]) -> pa.Table:
        """The rows of a table about these articles, which were published at these times; the stories named after them.

        Returns:
            The table's columns; of `articles` article_uid, title and source.
        """
        columns = ["article_uid", "title", "source"] if name == "articles" else _columns(name)
        uid, time = ("story_id", "first_published_at") if name == "stories" else ("article_uid", "published_at")
        schema = "lake" if name == "articles" else self._schema
        select = (
            f"SELECT {', '.join(columns)} FROM {schema}.{name} AS t SEMI JOIN wanted AS w ON t.{uid} = w.article_uid"
        )
        wanted = pa.table({"article_uid": list(article_uids)}, schema=_WANTED)
        moments = list(times)
        conditions = list(_within(time, moments, _AT_ONCE))
        # An article without a time of publication has that of its update.
        if None in moments or not conditions or name == "articles":
            conditions.append(f"{time} IS NULL")
        return pa.concat_tables([self._ask(f"{select} WHERE ({each})", wanted) for each in conditions])

    def pairs(self, pairs: Iterable[tuple[str, str]], times: Iterable[datetime | None]) -> pa.Table:
        """The rows of `story_pairs` of these pairs (article_uid, other_uid), of articles published at these times."""
        wanted = pa.Table.from_pylist(
            [dict(zip(_WANTED_PAIRS.names, each, strict=True)) for each in pairs], _WANTED_PAIRS
        )
        select = (
            f"SELECT {', '.join(_columns('story_pairs'))} FROM {self._schema}.story_pairs"
            " SEMI JOIN wanted USING (article_uid, other_uid)"
        )
        conditions = list(_within("published_at", times, _AT_ONCE)) or ["false"]
        return pa.concat_tables([self._ask(f"{select} WHERE {each}", wanted) for each in conditions])

    def links(self, article_uids: Iterable[str], times: Iterable[datetime | None]) -> pa.Table:
        """The pairs of these articles, which were published at these times, without the terms that they share.

        All pairs of a day are read together, once, and are kept: what is linked is found in rings, mostly of one day.

        Returns:
            Columns article_uid, other_uid, other_published_at, score.
        """
        days = {time.date() for time in times if time is not None} - self._linked_days
        self._linked_days |= days
        self._links = pa.concat_tables([self._links, *self._links_of(days)])
        is_wanted = pc.is_in(self._links["article_uid"], pa.array(list(article_uids), type=pa.string()))
        return self._links.filter(is_wanted)

    def _links_of(self, days: Iterable[date]) -> Iterator[pa.Table]:
        select = f"SELECT {', '.join(_LINKS.names)} FROM {self._schema}.story_pairs"
        starts = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in sorted(days))
        for condition in _conditions("published_at", [(start, start + _DAY) for start in starts]):
            yield self._connection.execute(f"{select} WHERE {condition}").to_arrow_table().cast(_LINKS)

    def copies(self, article_uids: Iterable[str]) -> pa.Table:
        """The rows of `copies` of these articles."""
        return self._copies(("article_uid",), article_uids)

    def copies_of(self, canonical_uids: Iterable[str]) -> pa.Table:
        """The rows of `copies` of all that repeat these articles."""
        return self._copies(("canonical_uid",), canonical_uids)

    def copies_about(self, article_uids: Iterable[str]) -> pa.Table:
        """The rows of `copies` of these articles, and of all that repeat them."""
        return self._copies(("article_uid", "canonical_uid"), article_uids)

    def _copies(self, columns: Sequence[str], uids: Iterable[str]) -> pa.Table:
        wanted = pa.table({"article_uid": list(uids)}, schema=_WANTED)
        conditions = " OR ".join(f"{column} IN (SELECT article_uid FROM wanted)" for column in columns)
        return self._ask(
            f"SELECT {', '.join(_columns('copies'))} FROM {self._schema}.copies WHERE {conditions}", wanted
        )

    def terms_near(self, terms: Iterable[str], times: Iterable[datetime | None], within: timedelta) -> pa.Table:
        """The rows of `story_terms` with one of these terms, of articles published within so long of these times."""
        select = (
            f"SELECT {', '.join(_columns('story_terms'))} FROM {self._schema}.story_terms SEMI JOIN wanted USING (term)"
        )
        wanted = pa.table({"term": sorted(set(terms))}, schema=_TERMS)
        conditions = list(_within("published_at", times, within)) or ["false"]
        return pa.concat_tables([self._ask(f"{select} WHERE ({each})", wanted) for each in conditions])

    def _ask(self, sql: str, wanted: pa.Table) -> pa.Table:
        self._connection.register("wanted", wanted)
        try:
            return self._connection.execute(sql).to_arrow_table()
        finally:
            self._connection.unregister("wanted")


def _spans(times: Iterable[datetime | None], within: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """From when to before when each run of times goes that are not far apart, wider by `within` at both ends."""
    ordered = sorted({time for time in times if time is not None})
    ends = [n for n, time in enumerate(ordered) if n + 1 == len(ordered) or ordered[n + 1] - time > _APART + 2 * within]
    for first, last in zip([0, *(end + 1 for end in ends)], ends, strict=False):
        yield ordered[first] - within - _SECOND, ordered[last] + within + _SECOND


def _columns(name: str) -> list[str]:
    return [column.name for column in declared_table(name).columns]


STORY_INDEX_TABLES = (
    IndexTable("story_terms", ("article_uid", "term"), tuple(_columns("story_terms"))),
    IndexTable("story_pairs", ("article_uid", "other_uid"), tuple(_columns("story_pairs"))),
    IndexTable("story_members", ("article_uid",), tuple(_columns("story_members"))),
    IndexTable("stories", ("story_id",), tuple(_columns("stories"))),
)
"""All that is made from the articles to find their stories, and can be made again from them."""


def _within(column: str, times: Iterable[datetime | None], within: timedelta) -> Iterator[str]:
    """Conditions that the column is so near one of the times, or between two that are near each other."""
    return _conditions(column, list(_spans(times, within)))


def _conditions(column: str, spans: Sequence[tuple[datetime, datetime]]) -> Iterator[str]:
    """Conditions that the column is in one of these spans, which are in order; no row meets two of them."""
    gap, stretches = _STRETCH, _stretches(spans, _STRETCH)
    while len(stretches) > _MOST_STATEMENTS:
        gap *= 2
        stretches = _stretches(spans, gap)
    for stretch in stretches:
        # As constants, and one range about all of them: statistics tell which files and row groups to read by a range,
        # but not by ranges joined with OR.
        several = " OR ".join(_between(column, begin, end) for begin, end in stretch)
        yield f"{_between(column, stretch[0][0], stretch[-1][1])} AND ({several})"


def _stretches(spans: Sequence[tuple[datetime, datetime]], gap: timedelta) -> list[list[tuple[datetime, datetime]]]:
    """Spans that are not further apart than `gap`, together."""
    found: list[list[tuple[datetime, datetime]]] = []
    for span in spans:
        if found and span[0] - found[-1][-1][1] <= gap:
            found[-1].append(span)
        else:
            found.append([span])
    return found


def _between(column: str, begin: datetime, end: datetime) -> str:
    return f"({column} >= '{begin.isoformat()}' AND {column} < '{end.isoformat()}')"
