"""Five questions of analysts over 1 million articles, in the lake and in a native DuckDB table, in one run.

Two years of articles of 300 words are made by SQL, a tenth of them copies, each in a story, with ids of seven digits as
the site has them; the native tables are made from the lake's, in the same order. Both are asked the same SQL over the
same view, by turns, five times after one time that does not count; medians. Files are those of `articles` that were
read, as EXPLAIN ANALYZE says, of all that it has.
"""

# The names put into SQL here are the benchmark's own.
from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import warehouse
from benchmarks.results import Row
from warehouse.lake import open_lake
from warehouse.schema import quoted

if TYPE_CHECKING:
    import duckdb

ARTICLES = int(os.environ.get("WIREHOUSE_BENCH_ARTICLES", "1000000"))
MONTHS = 24
REPEATS = 5

QUESTIONS = {
    "volume of a month by hour and agency": """
        SELECT hour(published_at) AS hour, source_agency, count(*) AS articles FROM {articles}
        WHERE published_at >= '2025-11-01' AND published_at < '2025-12-01' GROUP BY ALL ORDER BY ALL""",
    "verbatim share of an agency, month by month": """
        SELECT date_trunc('month', published_at) AS month, avg((syndication = 'verbatim')::INTEGER) AS share
        FROM {articles} WHERE source_agency = 'Reuters' GROUP BY month ORDER BY month""",
    "countries by sector over two years": """
        SELECT sector, country, count(*) AS articles
        FROM (SELECT sector, unnest(countries) AS country FROM {articles})
        GROUP BY ALL ORDER BY articles DESC, sector, country LIMIT 50""",
    "largest stories of a week": """
        SELECT story_id, count(*) AS articles, count(DISTINCT source_agency) AS agencies, min(title) AS title
        FROM {articles} WHERE published_at >= '2025-06-09' AND published_at < '2025-06-16'
        GROUP BY story_id ORDER BY articles DESC, story_id LIMIT 20""",
    "a word in the texts of a month": """
        SELECT published_at, title FROM {articles}
        WHERE published_at >= '2025-03-01' AND published_at < '2025-04-01' AND contains(body, 'word777 ')
        ORDER BY published_at DESC, title LIMIT 100""",
}

FILL = """
INSERT INTO lake.articles BY NAME
SELECT
    's:' || id AS article_uid, 's' AS site, id::VARCHAR AS site_article_id,
    'https://example.org/' || i AS url,
    url AS canonical_url, 'news' AS kind, 'Headline ' || i || ' of word' || hash(i) % 1000 AS title,
    array_to_string([
        getvariable('fragments')[1 + (hash(i * 30 + n) % 4000)::BIGINT] FOR n IN range(30)
    ], ' ') AS body,
    'en' AS language, ['PTI', 'Reuters', 'ANI', 'AP', 'IANS'][1 + (hash(i, 1) % 5)::BIGINT] AS source_agency,
    source_agency AS source, ['politics', 'business', 'sports', 'health'][1 + (hash(i, 2) % 4)::BIGINT] AS sector,
    [['India'], ['India', 'China'], ['Kenya'], ['Peru', 'Chile'], []][1 + (hash(i, 3) % 5)::BIGINT] AS countries,
    ['verbatim', 'desk', 'own'][1 + (hash(i, 4) % 3)::BIGINT] AS syndication,
    start + to_microseconds((i - first) * microseconds // per_month) AS published_at, published_at AS updated_at,
    published_at::DATE AS site_date, published_at AS first_seen_at, published_at AS last_seen_at, 1 AS revision,
    md5(i::VARCHAR) AS content_hash, 300 AS word_count, 'run' AS run_id
FROM (
    SELECT
        i, 1000000 + i AS id, first, per_month,
        ?::TIMESTAMPTZ AS start, epoch_us(?::TIMESTAMPTZ) - epoch_us(start) AS microseconds
    FROM (SELECT ?::BIGINT AS first, ?::BIGINT AS per_month), range(first, first + per_month) AS t(i)
)
"""


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        location = warehouse.Location(f"sqlite:{home / 'catalog.sqlite'}", f"{home / 'lake'}/")
        warehouse.create(location)
        began = time.perf_counter()
        _fill(location, home / "native.duckdb")
        filled = time.perf_counter() - began
        with warehouse.connect(location) as connection:
            rows = _ask_all(connection, home / "native.duckdb")
        lake = sum(file.stat().st_size for file in (home / "lake").rglob("*.parquet"))
        native = (home / "native.duckdb").stat().st_size
    return [
        *rows,
        Row("size of the lake", lake / 1e6, "MB", f"{ARTICLES:,} articles, Parquet with zstd"),
        Row("size of the native database", native / 1e6, "MB", "the same tables"),
        Row("filling both", filled, "s", "not measured for itself"),
    ]


def _fill(location: warehouse.Location, native: Path) -> None:
    with open_lake(location, read_only=False) as connection:
        connection.execute("SET memory_limit = '4GB'; SET preserve_insertion_order = false")
        connection.execute(
            "SET VARIABLE fragments = (SELECT list(f ORDER BY i) FROM (SELECT i, string_agg('word' ||"
            " hash(i * 10 + n) % 20000, ' ') AS f FROM range(4000) AS t(i), range(10) AS u(n) GROUP BY i))"
        )
        months = [f"{2024 + month // 12}-{month % 12 + 1:02}-01" for month in range(MONTHS + 1)]
        per_month = ARTICLES // MONTHS
        for number in range(MONTHS):
            connection.execute(FILL, [months[number], months[number + 1], number * per_month, per_month])
            sys.stdout.write(".")
            sys.stdout.flush()
        connection.execute(
            "INSERT INTO lake.copies BY NAME SELECT article_uid, 'exact' AS relation, 1.0 AS similarity,"
            " 's:' || (1000000 + hash(article_uid) % 1000) AS canonical_uid, canonical_uid AS matched_uid,"
            " 'the words' AS matched_on FROM lake.articles WHERE hash(article_uid) % 10 = 0"
        )
        connection.execute(
            "INSERT INTO lake.story_members BY NAME SELECT article_uid, published_at, 1.0 AS score,"
            " 's:' || (site_article_id::BIGINT // 7 * 7) AS story_id FROM lake.articles"
        )
        connection.execute(f"ATTACH {quoted(str(native))} AS native")
        for name, order in {"articles": "published_at, article_uid", "copies": "ALL", "story_members": "ALL"}.items():
            connection.execute(f"CREATE TABLE native.{name} AS FROM lake.{name} ORDER BY {order}")
        connection.execute("DETACH native")


def _ask_all(connection: duckdb.DuckDBPyConnection, native: Path) -> list[Row]:
    connection.execute(f"ATTACH {quoted(str(native))} AS native (READ_ONLY)")
    view = (resources.files("warehouse") / "sql" / "articles.sql").read_text(encoding="utf-8")
    connection.execute(view.replace("lake.", "native.").replace("CREATE VIEW articles", "CREATE VIEW native_articles"))
    files = connection.execute("SELECT count(*) FROM ducklake_list_files('lake', 'articles')").fetchall()[0][0]
    rows = []
    for name, question in QUESTIONS.items():
        seconds: dict[str, list[float]] = {"articles": [], "native_articles": []}
        answers = set()
        for number in range(REPEATS + 1):
            for relation, took in seconds.items():
                began = time.perf_counter()
                answers.add(str(connection.execute(question.format(articles=relation)).fetchall()))
                if number:
                    took.append(time.perf_counter() - began)
        if len(answers) != 1:
            raise RuntimeError(f"{name}: lake and native tables give different answers")
        lake, own = (statistics.median(took) for took in seconds.values())
        read = _files_read(connection, question)
        note = f"lake {lake * 1000:.0f} ms, native {own * 1000:.0f} ms; {read} of {files} files"
        rows.append(Row(name, lake / own, "times", f"{note}; target at most 1.5"))
    return rows


def _files_read(connection: duckdb.DuckDBPyConnection, question: str) -> int:
    sql = f"EXPLAIN (ANALYZE, FORMAT json) {question.format(articles='articles')}"
    waiting = [json.loads(connection.execute(sql).fetchall()[0][1])]
    while waiting:
        operator = waiting.pop()
        facts = operator.get("extra_info", {})
        if facts.get("Table") == "articles":
            return int(facts["Total Files Read"])
        waiting += operator["children"]
    raise RuntimeError(f"no scan of articles in the plan of {question}")
