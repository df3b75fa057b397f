"""Search over a million articles: ranked words, phrases and exclusion, from a connection that is open.

The index is made in SQL, with words of a Zipf distribution over a year of months: 250,000 words, a text of some 120
different ones, each pair of neighbours by rank beside one another in a fifth of their articles, so that phrases are
found. So it has the shape of an index after maintenance, but its words are not those of any language. `a run` is what
60 articles of the size of a news text cost to index, new ones and again with other texts, from the question what is
known to the commit. WIREHOUSE_BENCH_ARTICLES sets another number of articles.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

import warehouse
from benchmarks.results import Row
from flows.publishing import to_arrow, to_removals
from flows.search_indexing import index_words
from warehouse.lake import open_lake

if TYPE_CHECKING:
    import duckdb

ARTICLES = int(os.environ.get("WIREHOUSE_BENCH_ARTICLES") or 1_000_000)
WORDS = 250_000
MONTHS = 12
TIMES = 5
A_RUN = 60
#: Ranks of words are their names: w0 is in a third of the articles.
QUERIES = {
    "a rare word": "w20000",
    "a common word": "w10",
    "three common words": "w10 w20 w31",
    "a word without another": "w100 -w10",
    "a phrase of common words": '"w10 w11"',
    "a phrase of rare words": '"w5000 w5001"',
    "ten words": " ".join(f"w{number}" for number in range(30, 40)),
}


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        location = warehouse.Location(f"sqlite:{folder}/catalog.sqlite", f"{folder}/lake/")
        warehouse.create(location)
        began = time.perf_counter()
        with open_lake(location, read_only=False) as connection:
            postings = _fill(connection)
        rows = [Row("made in SQL", time.perf_counter() - began, "s", f"{ARTICLES:,} articles, {postings:,} postings")]
        rows += [
            Row(f"{name} on disk", _bytes(Path(folder, "lake", "main", name)) / 1e6, "MB")
            for name in ("articles", "search_postings", "search_documents")
        ]
        with warehouse.connect(location) as connection:
            for name, query in QUERIES.items():
                rows += _asked(connection, name, query)
        rows += [
            Row("a run, 60 new articles", _index(location, "run-1", "first"), "s"),
            Row("a run, 60 revised articles", _index(location, "run-2", "second"), "s"),
        ]
    return rows


def _fill(connection: duckdb.DuckDBPyConnection) -> int:
    connection.execute(
        f"""
        INSERT INTO lake.articles BY NAME
        SELECT
            'site:' || (1000000 + i) AS article_uid, 'site' AS site, 'https://www.example.org/' || article_uid AS url,
            'Headline number ' || i || ' of some words' AS title, md5(i::VARCHAR) AS content_hash,
            (SELECT string_agg('w' || (hash(i * 100 + n) % 5000), ' ') FROM range(60) AS t(n)) AS body,
            TIMESTAMPTZ '2025-01-01' + to_minutes(i * 525000 // {ARTICLES}) AS published_at,
            published_at AS first_seen_at, published_at AS last_seen_at, 1 AS revision, 'run' AS run_id
        FROM range({ARTICLES}) AS t(i)
        """
    )
    connection.execute(
        """
        INSERT INTO lake.search_documents BY NAME
        SELECT article_uid, date_trunc('month', published_at)::DATE AS month_date, content_hash,
            (100 + hash(article_uid) % 200)::INTEGER AS words
        FROM lake.articles ORDER BY article_uid
        """
    )
    each = ARTICLES // MONTHS
    for month in range(MONTHS):
        # A pair of words shares its articles; a step without a factor in common with their number hits each once.
        connection.execute(
            f"""
            INSERT INTO lake.search_postings BY NAME
            WITH ranked AS (
                SELECT r, 'w' || r AS term, least({each} // 3, {each} * 9.5 / (r // 2 * 2 + 3))::BIGINT AS articles
                FROM range({WORDS}) AS t(r)
            ),
            held AS (
                SELECT r, term, unnest(range(greatest(articles, (hash(r, {month}) % 4 = 0)::BIGINT))) AS n FROM ranked
            ),
            placed AS (
                SELECT *, (hash(r // 2) % 1000003 + n * {_step(each)}) % {each} AS i FROM held
            )
            SELECT
                make_date(2025, {month + 1}, 1) AS month_date, term,
                'site:' || (1000000 + {month * each} + i) AS article_uid,
                (hash(r, i) % 40 = 0)::INTEGER AS in_title, 0 AS in_summary, 1 AS in_body,
                (100 + hash(article_uid) % 200)::INTEGER AS words,
                [200000 + hash(r // 2, i) % 250 + r % 2 * (1 + (hash(i, r) % 5 > 0)::INTEGER)]::INTEGER[]
                    AS positions
            FROM placed ORDER BY term, article_uid
            """
        )
    return int(connection.execute("SELECT count(*) FROM lake.search_postings").fetchall()[0][0])


def _bytes(directory: Path) -> int:
    return sum(file.stat().st_size for file in directory.rglob("*.parquet"))


def _step(articles: int) -> int:
    return next(step for step in (7919, 7907, 7901, 7883) if articles % step)


def _asked(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> list[Row]:
    """Median time of the ten best with all columns, and of counting all."""
    found = connection.execute("SELECT count(*) FROM search(?)", [query]).fetchall()[0][0]
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        connection.execute("SELECT * FROM search(?) LIMIT 10", [query]).fetchall()
        seconds.append(time.perf_counter() - began)
    return [
        Row(name, statistics.median(seconds), "s", f"{found:,} found, the slowest of {TIMES}: {max(seconds):.2f} s")
    ]


def _index(location: warehouse.Location, run_id: str, word: str) -> float:
    text = " ".join(f"{word}{number % 170}" for number in range(300))
    told = {"title": "A headline of some words", "summary": "And what it is about", "body": text}
    uids = [f"site:{number}" for number in range(A_RUN)]
    frame = pd.DataFrame({"article_uid": uids, **told, "content_hash": run_id})
    frame["published_at"] = pd.Timestamp("2025-06-15", tz="UTC").as_unit("us")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    row = {"run_id": run_id, "flow": "ingest", "state": "complete", "published_at": now}
    schema = warehouse.arrow_schema("runs")
    runs = pa.Table.from_pylist([dict.fromkeys(schema.names) | row], schema=schema)
    began = time.perf_counter()
    with warehouse.connect(location) as connection:
        words = index_words(warehouse.SearchIndex(connection), frame)
    warehouse.publish(
        location,
        run_id,
        {"runs": runs, **{name: to_arrow(name, each) for name, each in words.appends.items()}},
        {name: to_arrow(name, each) for name, each in words.replaces.items()},
        removes={name: to_removals(each) for name, each in words.removes.items()},
        check=False,
    )
    return time.perf_counter() - began
