"""Making the indexes anew from the articles, and mending those of the warehouse by what differs."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

import warehouse
from flows.location import location
from flows.matching import match
from flows.publishing import to_arrow, to_removals
from flows.search_indexing import index_words
from flows.settings import CODE_VERSION
from flows.story_matching import match_stories
from warehouse import rebuilding

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from flows.index_rows import CopyRows, IndexRows
    from flows.settings import Settings
    from warehouse.rebuilding import Difference

logger = logging.getLogger(__name__)


TABLES = (*warehouse.COPY_INDEX_TABLES, *warehouse.STORY_INDEX_TABLES, *warehouse.SEARCH_INDEX_TABLES)


def reindex(settings: Settings, *, dry_run: bool) -> list[dict[str, Any]]:
    """Makes every index anew beside the warehouse and compares; unless `dry_run`, publishes what differs as one run.

    Runs that want to publish wait meanwhile.

    Returns:
        One row per table: table, lacking and wrong (rows that differ), leftover (rows about texts that no article has
        any more, which do no harm), and examples of what differs.
    """
    where = location(settings)
    started_at = datetime.now(UTC)
    with warehouse.publish_lock(where):
        with warehouse.connect(where) as connection:
            differences = _differences(connection)
        if not dry_run:
            _publish(where, differences, started_at)
    return [_described(each) for each in differences]


def _differences(connection: duckdb.DuckDBPyConnection) -> list[Difference]:
    with rebuilding.rebuilding(connection, tuple(each.name for each in TABLES)):
        done = 0
        for articles in rebuilding.article_texts(connection):
            index(connection, rebuilding.REBUILT, articles.to_pandas())
            done += articles.num_rows
            logger.info("indexed %d articles", done)
        return [rebuilding.difference(connection, each) for each in TABLES]


def index(connection: duckdb.DuckDBPyConnection, schema: str, articles: pd.DataFrame) -> tuple[CopyRows, IndexRows]:
    """Adds a batch of articles to the tables of the schema, which is no lake; returns what that changed in them."""
    copies = match(warehouse.CopyIndex(connection, schema), articles)
    stories = match_stories(warehouse.StoryIndex(connection, schema), articles, copies)
    words = index_words(warehouse.SearchIndex(connection, schema), articles)
    for matched in (copies, stories, words):
        rebuilding.write(
            connection,
            {name: to_arrow(name, frame) for name, frame in matched.appends.items()},
            {name: to_arrow(name, frame) for name, frame in matched.replaces.items()},
            {name: to_removals(frame) for name, frame in matched.removes.items()},
            schema=schema,
        )
    return copies, stories


def _publish(where: warehouse.Location, differences: list[Difference], started_at: datetime) -> None:
    run_id = f"{started_at:%Y%m%dT%H%M%SZ}-all-{secrets.token_hex(3)}"
    now = pd.Timestamp(datetime.now(UTC))
    row = {"run_id": run_id, "flow": "reindex", "started_at": pd.Timestamp(started_at), "finished_at": now}
    row |= {"published_at": now, "state": "complete", "code_version": CODE_VERSION}
    runs = pd.DataFrame([row]).reindex(columns=warehouse.arrow_schema("runs").names)
    removes: dict[str, pa.Table] = {}
    for each in differences:
        removes |= {each.table: each.gone}
    appends = {each.table: each.lacking for each in differences}
    warehouse.publish(where, run_id, {"runs": to_arrow("runs", runs), **appends}, removes=removes)


def _described(each: Difference) -> dict[str, Any]:
    examples = [*each.lacking.slice(0, 3).to_pylist(), *each.wrong.slice(0, 3).to_pylist()]
    return {
        "table": each.table,
        "lacking": each.lacking.num_rows,
        "wrong": each.wrong.num_rows,
        "leftover": each.leftover.num_rows,
        "examples": "; ".join(", ".join(f"{name}={value}" for name, value in row.items()) for row in examples)[:500],
    }
