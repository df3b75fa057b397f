"""The index from which copies are found: looked up by key, never loaded whole."""

# ruff: noqa: S608 - the names put into SQL here are declared ones, the numbers are numbers
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from warehouse.declared import table
from warehouse.rebuilding import IndexTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

_DEAD = "t.{column} NOT IN (SELECT text_hash FROM lake.copy_articles WHERE text_hash IS NOT NULL)"

COPY_INDEX_TABLES = (
    IndexTable("copy_articles", ("article_uid",), ("article_uid", "text_hash", "published_at")),
    IndexTable("copy_texts", ("text_hash",), ("text_hash", "words", "shingles"), _DEAD.format(column="text_hash")),
    IndexTable("copy_keys", ("key", "text_hash"), ("key", "text_hash"), _DEAD.format(column="text_hash")),
    IndexTable(
        "copy_pairs",
        ("text_hash", "other_hash"),
        tuple(column.name for column in table("copy_pairs").columns),
        f"{_DEAD.format(column='text_hash')} OR {_DEAD.format(column='other_hash')}",
    ),
    IndexTable("copies", ("article_uid",), tuple(column.name for column in table("copies").columns)),
)
"""All that is made from the articles' texts, and can be made again from them. Where a row of `copy_texts` lies (`day`)
depends on what came first, and on nothing else."""

_WANTED = "wanted_rows"


class CopyIndex:
    """The tables of the index in one schema of a connection: the lake's, or those of a rebuilding.

    Every method answers with whole rows of the table it is named after.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str = "lake") -> None:
        self._connection = connection
        self._schema = schema

    def articles(self, article_uids: Iterable[str]) -> pa.Table:
        """The rows of `copy_articles` of these articles."""
        return self._rows("copy_articles", "article_uid", article_uids)

    def articles_with(self, text_hashes: Iterable[int]) -> pa.Table:
        """The rows of `copy_articles` of the articles that have one of these texts."""
        return self._rows("copy_articles", "text_hash", text_hashes)

    def known(self, text_hashes: Iterable[int]) -> pa.Table:
        """Those of the texts that are in the index: a table of the column text_hash."""
        return self._rows("copy_texts", "text_hash", text_hashes, columns="t.text_hash")

    def keys(self, keys: Iterable[int]) -> pa.Table:
        """The rows of `copy_keys` under these keys."""
        return self._rows("copy_keys", "key", keys)

    def texts(self, text_hashes: Iterable[int], days: Iterable[int]) -> pa.Table:
        """The rows of `copy_texts` of these texts, of which `days` has every day; other days are not read."""
        # As constants, so that statistics skip the row groups of other days.
        listed = ", ".join(str(int(day)) for day in sorted(set(days)))
        return self._rows("copy_texts", "text_hash", text_hashes, where=f"day IN ({listed})" if listed else "false")

    def pairs(self, text_hashes: Iterable[int]) -> pa.Table:
        """The rows of `copy_pairs` whose text_hash is one of these."""
        return self._rows("copy_pairs", "text_hash", text_hashes)

    def copies(self, article_uids: Iterable[str]) -> pa.Table:
        """The rows of `copies` of these articles."""
        return self._rows("copies", "article_uid", article_uids)

    def _rows(
        self, name: str, column: str, values: Iterable[Any], *, columns: str = "", where: str = "true"
    ) -> pa.Table:
        declared = table(name)
        kind = next(each.arrow_type for each in declared.columns if each.name == column)
        wanted = pa.table({column: pa.array(values, type=kind)})
        listed = columns or ", ".join(f't."{each.name}"' for each in declared.columns)
        self._connection.register(_WANTED, wanted)
        try:
            return self._connection.execute(
                f"SELECT {listed} FROM {self._schema}.{name} t SEMI JOIN {_WANTED} USING ({column}) WHERE {where}"
            ).to_arrow_table()
        finally:
            self._connection.unregister(_WANTED)
