"""What a flow asks the warehouse before it publishes."""

# ruff: noqa: S608 - the names put into SQL here are declared ones
from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.content import CONTENT
from warehouse.declared import table as declared_table
from warehouse.lake import open_lake
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from warehouse.location import Location

    Uids: TypeAlias = Iterable[str] | pa.Array[Any] | pa.ChunkedArray[Any]
    Warehouse: TypeAlias = Location | duckdb.DuckDBPyConnection
    """A location, or a connection made by `connect`, which saves the third of a second that opening takes."""

_UIDS = pa.schema([pa.field("article_uid", pa.string())])

_NEWEST = """
SELECT article_uid, revision, published_at
FROM lake.revisions
SEMI JOIN wanted USING (article_uid)
QUALIFY row_number() OVER (PARTITION BY article_uid ORDER BY revision DESC) = 1
"""

_KNOWN_REVISIONS = """
SELECT {content}, r.revision, r.observed_at, a.first_seen_at
FROM (FROM lake.revisions SEMI JOIN found USING (article_uid, revision) WHERE {place}) AS r
JOIN lake.articles AS a USING (article_uid)
"""

_URLS = pa.schema([pa.field("url", pa.string())])

_TOUCHED_URLS = """
SELECT url FROM lake.urls SEMI JOIN wanted_urls USING (url)
UNION
SELECT url FROM lake.urls SEMI JOIN wanted USING (article_uid)
"""

_KNOWN_URLS = """
SELECT {columns}, a.kind, a.published_at, a.updated_at, a.first_seen_at
FROM (FROM lake.urls SEMI JOIN found USING (url) WHERE {place}) AS t
LEFT JOIN lake.articles AS a USING (article_uid)
"""

_MOST_PLACES = 5_000
"""Of more rows than this it is not asked where they lie: they lie nearly everywhere."""


def is_published(warehouse: Warehouse, run_id: str) -> bool:
    """Whether the run is in `runs`."""
    with _reading(warehouse) as connection:
        return snapshot_of(connection, run_id) is not None


def published_runs(warehouse: Warehouse) -> frozenset[str]:
    """The ids of all runs in `runs`."""
    with _reading(warehouse) as connection:
        return frozenset(run_id for (run_id,) in connection.execute("SELECT run_id FROM lake.runs").fetchall())


def known_revisions(warehouse: Warehouse, article_uids: Uids) -> pa.Table:
    """The newest revision of each of the articles that the warehouse knows.

    Returns:
        One row per known article: the content columns, revision, observed_at, and first_seen_at of the article.
    """
    content = ", ".join(f'r."{column.name}"' for column in CONTENT)
    with _reading(warehouse) as connection, _given(connection, wanted=_uids(article_uids)):
        newest = connection.execute(_NEWEST).to_arrow_table()
        return _placed(connection, _KNOWN_REVISIONS.format(content=content, place="{place}"), newest, "published_at")


def known_urls(warehouse: Warehouse, urls: Iterable[str], article_uids: Uids) -> pa.Table:
    """What the ledger knows of these addresses, and of all addresses of these articles.

    Returns:
        One row per address: the columns of the table `urls`, and kind, published_at, updated_at and first_seen_at of
        its article.
    """
    wanted = pa.Table.from_pydict({"url": list(urls)}, schema=_URLS)
    with _reading(warehouse) as connection, _given(connection, wanted=_uids(article_uids), wanted_urls=wanted):
        touched = connection.execute(_TOUCHED_URLS).to_arrow_table()
        return _placed(connection, _KNOWN_URLS.format(columns=_listed("urls", "t"), place="{place}"), touched, "url")


def stale_articles(warehouse: Warehouse, versions: Iterable[str], *, after: str, limit: int, exactly: bool) -> pa.Table:
    """Articles that were tagged by other versions, or never: the next ones in the order of article_uid.

    Args:
        warehouse: where to look.
        versions: `{scheme}={version}` of each scheme that is asked for, sorted, as in the table `tagged`.
        after: only articles behind this article_uid; empty for the first.
        limit: the most articles to give.
        exactly: also articles that were tagged by further schemes, as when one is there no longer.

    Returns:
        Rows of the table `articles`.
    """
    is_current = (
        "coalesce(t.versions, []) = $versions" if exactly else "list_has_all(coalesce(t.versions, []), $versions)"
    )
    sql = (
        f"SELECT {_listed('articles', 'a')}"
        " FROM lake.articles AS a LEFT JOIN lake.tagged AS t USING (article_uid)"
        f" WHERE a.article_uid > $after AND NOT {is_current} ORDER BY a.article_uid LIMIT $limit"
    )
    with _reading(warehouse) as connection:
        given = {"versions": list(versions), "after": after, "limit": limit}
        return connection.execute(sql, given).to_arrow_table()


def rows_of(warehouse: Warehouse, table: str, article_uids: Uids) -> pa.Table:
    """All rows of `table` that are about these articles, with the table's columns; it must have an `article_uid`."""
    place = next(iter(declared_table(table).sorted_by), "article_uid")
    keys = ", ".join(dict.fromkeys(("article_uid", place)))
    with _reading(warehouse) as connection, _given(connection, wanted=_uids(article_uids)):
        found = connection.execute(
            f"SELECT DISTINCT {keys} FROM lake.{table} SEMI JOIN wanted USING (article_uid)"
        ).to_arrow_table()
        sql = f"SELECT {_listed(table)} FROM lake.{table} SEMI JOIN found USING (article_uid) WHERE {{place}}"
        return _placed(connection, sql, found, place)


def snapshot_of(connection: duckdb.DuckDBPyConnection, run_id: str) -> int | None:
    """The snapshot that published the run; None if it is not published."""
    row = connection.execute(
        "SELECT coalesce(kept_snapshot, snapshot_id) FROM lake.runs WHERE run_id = ?", [run_id]
    ).fetchone()
    return None if row is None else int(row[0])


def _listed(table: str, alias: str = "") -> str:
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{column.name}"' for column in declared_table(table).columns)


def _uids(article_uids: Uids) -> pa.Table:
    uids = article_uids if isinstance(article_uids, (pa.Array, pa.ChunkedArray)) else list(article_uids)
    return pa.Table.from_pydict({"article_uid": uids}, schema=_UIDS)


def _placed(connection: duckdb.DuckDBPyConnection, sql: str, found: pa.Table, place: str) -> pa.Table:
    """The answer of `sql`, which reads whole rows at `{place}` for those that `found` says are there.

    A table is sorted by its column `place`. Without a condition on it the widest columns of all rows would be read and
    most of them thrown away; constants let the statistics tell which row groups to read.
    """
    values = pc.unique(found.column(place))
    known = values.drop_null()
    where = ["true"]
    if len(known) <= _MOST_PLACES:
        listed = ", ".join(quoted(str(each)) for each in known.to_pylist())
        where = [f'"{place}" IN ({listed})'] if len(known) else []
        where += [f'"{place}" IS NULL'] if values.null_count else []
    with _given(connection, found=found):
        answers = [connection.execute(sql.format(place=each)).to_arrow_table() for each in where or ("false",)]
    return pa.concat_tables(answers)


@contextlib.contextmanager
def _given(connection: duckdb.DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Lets SQL name these tables."""
    for name, rows in tables.items():
        connection.register(name, rows)
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)


@contextlib.contextmanager
def _reading(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    if isinstance(warehouse, duckdb.DuckDBPyConnection):
        yield warehouse
        return
    with open_lake(warehouse, read_only=True) as connection:
        yield connection
