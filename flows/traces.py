"""What the books say of an article that was taken down, beyond that there was one: it is blanked, the counts stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

import transforms
import warehouse

if TYPE_CHECKING:
    from collections.abc import Collection

    import duckdb

#: What may tell of the article, by table: rows that name one of its addresses, or are about it.
_TELLING = {
    "fetches": (
        "article_uid = $uid OR (article_uid IS NULL"
        " AND (url IN (SELECT unnest($urls)) OR requested_url IN (SELECT unnest($urls))))"
    ),
    "rejects": "url IN (SELECT unnest($urls))",
    "field_coverage": "list_has_any(examples, $urls)",
    "checks": "EXISTS (SELECT 1 FROM (SELECT unnest($urls) AS url) AS a WHERE contains(detail, a.url))",
}
#: What is about the article or its pages, by table: rows that go.
_ABOUT = {
    "sidebars": "page_uid = $uid OR article_uid = $uid",
    "findings": "article_uid = $uid OR url IN (SELECT unnest($urls))",
}
_ADDRESSES = """
SELECT url FROM lake.urls WHERE article_uid = $uid
UNION SELECT url FROM lake.fetches WHERE article_uid = $uid
UNION SELECT requested_url FROM lake.fetches WHERE article_uid = $uid AND requested_url IS NOT NULL
UNION SELECT url FROM lake.articles WHERE article_uid = $uid
"""


def addresses_of(connection: duckdb.DuckDBPyConnection, article_uid: str) -> list[str]:
    """Every address that the article was asked for at, or is known by."""
    found = connection.execute(_ADDRESSES, {"uid": article_uid}).fetchall()
    return sorted(url for (url,) in found if not transforms.is_blanked_address(url))


def blank_traces(where: warehouse.Location, article_uid: str) -> int:
    """Blanks what the books tell of an article that is gone: its headline in addresses, validators, quotations.

    Exchanges, refusals and counts stay in number, so that runs still come out even; rows of lists that stood on its
    pages go, and so does what could not be read on them. Safe to repeat. The archive has to be blanked before: where in
    it the pages are is found by the addresses.

    Returns:
        How many rows were changed or removed.
    """
    with warehouse.connect(where) as connection:
        urls = addresses_of(connection, article_uid)
        told = {name: _rows(connection, name, telling, article_uid, urls) for name, telling in _TELLING.items()}
        about = {name: _rows(connection, name, which, article_uid, urls) for name, which in _ABOUT.items()}
    blanked = transforms.blanked_traces({name: rows.to_pandas() for name, rows in told.items()}, urls)
    changed = {
        name: pa.Table.from_pandas(frame, schema=warehouse.arrow_schema(name), preserve_index=False)
        for name, frame in blanked.items()
    }
    before = {name: told[name].select(rows.schema.names).cast(rows.schema) for name, rows in changed.items()}
    differing = {name: rows for name, rows in changed.items() if not rows.equals(before[name])}
    removes = {name: before[name] for name in differing} | {name: rows for name, rows in about.items() if rows.num_rows}
    if removes:
        warehouse.amend(where, f"blanked what told of {article_uid}", removes=removes, appends=differing)
    return sum(rows.num_rows for rows in removes.values())


def _rows(
    connection: duckdb.DuckDBPyConnection, name: str, telling: str, article_uid: str, urls: Collection[str]
) -> pa.Table:
    given: dict[str, Any] = {"uid": article_uid} if "$uid" in telling else {}
    given |= {"urls": list(urls)} if "$urls" in telling else {}
    return connection.execute(f"FROM lake.{name} WHERE {telling}", given).to_arrow_table()
