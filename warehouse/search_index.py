"""The index that `search` reads, looked up by article."""

# ruff: noqa: S608 - the names put into SQL here are declared ones
from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from warehouse.declared import table
from warehouse.rebuilding import IndexTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

SEARCH_INDEX_TABLES = tuple(
    IndexTable(name, identity, tuple(column.name for column in table(name).columns))
    for name, identity in (
        ("search_documents", ("article_uid",)),
        ("search_postings", ("month_date", "term", "article_uid")),
    )
)
"""All that is made from the articles so that words are found in them, and can be made again from them."""

_WANTED = pa.schema([pa.field("article_uid", pa.string())])


class SearchIndex:
    """The tables of the index in one schema of a connection: the lake's, or those of a rebuilding."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str = "lake") -> None:
        self._connection = connection
        self._schema = schema

    def documents(self, article_uids: Iterable[str]) -> pa.Table:
        """The rows of `search_documents` of these articles."""
        listed = ", ".join(column.name for column in table("search_documents").columns)
        self._connection.register("wanted", pa.table({"article_uid": list(article_uids)}, schema=_WANTED))
        try:
            return self._connection.execute(
                f"SELECT {listed} FROM {self._schema}.search_documents SEMI JOIN wanted USING (article_uid)"
            ).to_arrow_table()
        finally:
            self._connection.unregister("wanted")
