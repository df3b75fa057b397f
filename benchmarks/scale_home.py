"""A home whose warehouse grows to any size: landing runs as a crawl leaves them, published, and their rows copied.

The first 2,500 articles, a thousand a day, are published as any run is. Their headlines and texts are those of Reuters
items of 1987, one after the other; where these are not there, those of a replica. Every further block has the
same rows of all tables 60 hours earlier, under other ids, addresses, texts' hashes and keys, by SQL alone: they are
what publishing that many would have written, except that blocks do not know one another and that bodies are cut to
300 characters. So the newest days are the same at every size, and what lies behind them grows.
"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import warehouse
from benchmarks.matching import data_folder
from flows import publishing
from spiders.landing import Fetch, LandingRun, RunSummary, utc_text
from spiders.landing_writer import LandingWriter
from spiders.records import ArticleRecord, TimeWitness
from spiders.site import load
from spiders.warc_records import Exchange
from tests.replica.world import World
from warehouse.declared import tables
from warehouse.lake import open_lake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from flows.settings import Settings
    from warehouse.schema import Column, Table

BLOCK = 2_500
BLOCK_HOURS = 60
SITE = "devdiscourse"
START = datetime(2025, 11, 1, tzinfo=UTC)
FIRST_ID = 5_000_000
IDS = 10_000
"""Ids of one block; its articles take the first of them."""

_AT_ONCE = 40
#: An item has so many characters at least: less is a line of figures.
_SHORTEST = 200
_PAGE = b"<!doctype html><html><body>" + b"<p>What a page has beside its article.</p>\n" * 300 + b"</body></html>"
_WITHOUT = ("checks", "sidebars", "findings", "field_coverage")
_HASHES = ("text_hash", "other_hash", "key")


@cache
def world(seed: int, articles: int) -> World:
    return World(articles=articles, seed=seed)


@cache
def real_items() -> list[dict[str, Any]]:
    """Reuters items in the order of their times; none, if they are not there."""
    folder = data_folder()
    if folder is None:
        return []
    with gzip.open(folder / "texts" / "reuters21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        items = [item for item in map(json.loads, lines) if item["title"] and len(item["text"] or "") >= _SHORTEST]
    return sorted(items, key=lambda item: (item["date"] or "", item["id"]))


def record(number: int, at: datetime, item: int, *more: str) -> ArticleRecord:
    """The article of this id and time that has the text of one item, and `more` paragraphs."""
    replica = world(item // BLOCK + 1, BLOCK)
    said = replica.visible(replica.clock_start)[item % BLOCK]
    content = said.content_at(replica.clock_start)
    title, paragraphs = content.title, content.paragraphs()
    if items := real_items():
        title = items[item]["title"]
        paragraphs = [" ".join(each.split()) for each in items[item]["text"].split("\n    ")]
    url = f"https://www.devdiscourse.com/article/law-order/{number}-a-headline"
    time = TimeWitness("meta", at.isoformat(), at.isoformat(), "second")
    return ArticleRecord(
        site=SITE, parser="devdiscourse.article@2025-12", url=url, site_article_id=str(number), canonical_url=url,
        label="law-order", title=title, summary=None, source=said.source, published=[time],
        countries=list(content.countries), updated=[time], language="en", body=[*paragraphs, *more],
        attribution=content.attribution, site_tags=list(content.tags),
    )  # fmt: skip


def first_block() -> list[ArticleRecord]:
    return [record(*of_block(place, 0), place) for place in range(BLOCK)]


def of_block(place: int, block: int) -> tuple[int, datetime]:
    """The id and time of the article at this place of a block; places behind the last article are free."""
    at = START + timedelta(hours=BLOCK_HOURS) * (place % BLOCK / BLOCK - block)
    return FIRST_ID - block * IDS + place, at.replace(microsecond=0)


def land(settings: Settings, number: int, records: Sequence[ArticleRecord]) -> LandingRun:
    """A complete landing run in which these pages were fetched."""
    began = START + timedelta(days=10, minutes=number)
    run = LandingRun(settings.landing_path / f"{began:%Y%m%dT%H%M%SZ}-{SITE}-{number:06x}")
    run.directory.mkdir(parents=True)
    site = load(SITE)
    with LandingWriter(run, site=SITE, software="benchmark") as landing:
        for place, each in enumerate(records):
            at = began + timedelta(milliseconds=100 * place)
            stamp = utc_text(at)
            exchange = Exchange(each.url, at, "GET", [], 200, [(b"Content-Type", b"text/html")], _PAGE)
            where = landing.archive.write(exchange)
            fetch = Fetch(each.url, each.url, "article", stamp, "article", 200, 50, len(_PAGE))
            fetch.archive_file, fetch.archive_offset = where.file, where.offset
            fetch.site_article_id = each.site_article_id
            landing.add_url(
                site.plain_address(each.url), site_article_id=each.site_article_id, discovered_by="listing", is_new=True
            )
            landing.add_record(each, requested_url=each.url, fetched_at=stamp, edition=None, at=where)
            landing.add_fetch(fetch)
        names, counts = list(landing.archive.names), dict(landing.counts)
    stamps = (utc_text(began), utc_text(began + timedelta(minutes=5)))
    run.complete(RunSummary(run.run_id, "ingest", SITE, *stamps, "complete", None, "0", counts, names))
    return run


def start(settings: Settings) -> None:
    """Makes the warehouse, publishes the first block and keeps its rows beside, to be copied."""
    warehouse.create(publishing.location(settings))
    publishing.publish_landing(settings, land(settings, 0, first_block()))
    _base(settings, "").mkdir()
    with open_lake(publishing.location(settings), read_only=True) as connection:
        for name in tables():
            connection.execute(f"COPY lake.{name} TO '{_base(settings, name)}' (FORMAT parquet)")


def grow(settings: Settings, first: int, last: int) -> None:
    """Copies the first block's rows to the blocks from `first` to before `last`."""
    with open_lake(publishing.location(settings), read_only=False) as connection:
        connection.execute("SET memory_limit = '3GB'; SET preserve_insertion_order = false")
        for table in tables().values():
            if table.name not in _WITHOUT:
                _copy(connection, table, f"'{_base(settings, table.name)}'", first, last)


def _base(settings: Settings, name: str) -> Path:
    return settings.home / "base" / (f"{name}.parquet" if name else "")


def _copy(connection: duckdb.DuckDBPyConnection, table: Table, base: str, first: int, last: int) -> None:
    columns = ", ".join(f'{_shifted(column)} AS "{column.name}"' for column in table.columns)
    order = ", ".join(f'"{name}"' for name in table.sorted_by) or "ALL"
    for begin in range(first, last, _AT_ONCE):
        end = min(begin + _AT_ONCE, last)
        connection.execute(
            f"INSERT INTO lake.{table.name} BY NAME SELECT {columns} FROM {base}, range({begin}, {end}) AS blocks(b)"
            f" ORDER BY {order}"
        )


def _shifted(column: Column) -> str:
    """What a row of the first block has in block `b`."""
    name, earlier = column.name, f"b * INTERVAL {BLOCK_HOURS} HOURS"
    if name.endswith("_uid") or name == "story_id":
        return f"'{SITE}:' || (split_part({name}, ':', 2)::BIGINT - b * {IDS})"
    if name == "site_article_id":
        return f"({name}::BIGINT - b * {IDS})::VARCHAR"
    if name in {"url", "canonical_url", "requested_url"}:
        return f"regexp_replace({name}, '[0-9]+', (regexp_extract({name}, '[0-9]+')::BIGINT - b * {IDS})::VARCHAR)"
    if name in _HASHES and column.type == "BIGINT":
        return f"xor({name}, (hash(b + 1) >> 1)::BIGINT)"
    if name == "day":
        return f"(day - b * {BLOCK_HOURS} // 24)::INTEGER"
    if name == "run_id":
        return f"strftime(TIMESTAMP '{START:%Y-%m-%d}' - {earlier}, '%Y%m%dT%H%M%SZ-{SITE}-000000')"
    if column.type == "TIMESTAMPTZ":
        return f'"{name}" - {earlier}'
    return f"left({name}, 300)" if name == "body" else f'"{name}"'
