"""Rows for the tables of a warehouse under test: whatever is not said is filled in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

import warehouse

NOON = dt.datetime(2025, 12, 10, 12, tzinfo=dt.UTC)


def at(hours: float) -> dt.datetime:
    """So many hours after noon of the tests' day."""
    return NOON + dt.timedelta(hours=hours)


def rows(table: str, *facts: dict[str, Any]) -> pa.Table:
    """Rows of `table` in its declared schema; a column that may not be null gets a value of its type."""
    schema = warehouse.arrow_schema(table)
    defaults = {"string": "x", "int32": 1, "int64": 1, "double": 1.0, "bool": True, "timestamp[us, tz=UTC]": NOON}
    defaults |= {"date32[day]": NOON.date(), "list<item: int32>": []}
    empty = {field.name: None if field.nullable else defaults[str(field.type)] for field in schema}
    return pa.Table.from_pylist([{**empty, **each} for each in facts], schema=schema)


def articles(run_id: str, uids: list[str], **facts: Any) -> pa.Table:
    each = {"site": "s", "run_id": run_id, "published_at": NOON, "title": "Headline", "body": "Text", **facts}
    return rows("articles", *({"url": uid, **each, "article_uid": uid} for uid in uids))


def revisions(run_id: str, uids: list[str], **facts: Any) -> pa.Table:
    each = {"site": "s", "run_id": run_id, "published_at": NOON, "title": "Headline", "body": "Text", **facts}
    return rows("revisions", *({**each, "article_uid": uid} for uid in uids))


def urls(run_id: str, uids: list[str], **facts: Any) -> pa.Table:
    """The addresses at which these articles landed."""
    each = {"site": "s", "run_id": run_id, "state": "landed", **facts}
    return rows("urls", *({"url": uid, "article_uid": uid, **each} for uid in uids))


def copy_articles(uids: list[str], **facts: Any) -> pa.Table:
    """These articles in the index of copies, without texts to compare."""
    return rows("copy_articles", *({"published_at": NOON, **facts, "article_uid": uid} for uid in uids))


def search_documents(uids: list[str], **facts: Any) -> pa.Table:
    """These articles in the index of search, without words."""
    return rows("search_documents", *({**facts, "article_uid": uid} for uid in uids))


def run(run_id: str, **facts: Any) -> pa.Table:
    return rows("runs", {"run_id": run_id, "flow": "ingest", "site": "s", "state": "complete", **facts})


def a_run(run_id: str, uids: list[str], **facts: Any) -> dict[str, dict[str, pa.Table]]:
    """What `publish` takes for a run that saw these articles for the first time."""
    fetches = [{"run_id": run_id, "article_uid": u, "url": u, "fetched_at": NOON, "outcome": "new"} for u in uids]
    return {
        "appends": {
            "runs": run(run_id, **facts),
            "revisions": revisions(run_id, uids),
            "fetches": rows("fetches", *fetches),
        },
        "replaces": {
            "articles": articles(run_id, uids),
            "urls": urls(run_id, uids),
            "copy_articles": copy_articles(uids),
            "search_documents": search_documents(uids),
        },
    }
