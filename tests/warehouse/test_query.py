from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import duckdb
import pytest

import warehouse
from tests.warehouse.conftest import copy_of, place
from tests.warehouse.rows import a_run
from warehouse import query

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFUSED = [
    # files and addresses, by function
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM READ_TEXT('/etc/passwd')",
    "SELECT * FROM \"read_blob\"('/etc/passwd')",
    "SELECT * FROM main.read_csv_auto('/etc/passwd')",
    "FROM system.main.read_text('/etc/hostname')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "SELECT * FROM parquet_scan('x.parquet')",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM read_json_auto('http://example.org/x.json')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM sqlite_scan('catalog.sqlite', 'ducklake_data_file')",
    "SELECT * FROM sqlite_query('lake', 'SELECT 1')",
    "SELECT * FROM postgres_scan('', 'public', 't')",
    "SELECT * FROM read_duckdb('other.duckdb')",
    "SELECT * FROM articles WHERE title IN (SELECT content FROM read_text('/etc/hostname'))",
    "WITH t AS (SELECT * FROM read_text('/etc/hostname')) SELECT * FROM t",
    "SELECT (SELECT content FROM read_text('/etc/hostname'))",
    "SELECT * FROM articles_as_of((SELECT content::TIMESTAMPTZ FROM read_text('/etc/hostname')))",
    "SELECT * FROM range((SELECT count(*) FROM read_text('/etc/hostname')))",
    "SELECT 1 ORDER BY (SELECT content FROM read_text('/etc/hostname'))",
    "SELECT 1 LIMIT (SELECT size FROM read_text('/etc/hostname'))",
    "VALUES ((SELECT content FROM read_text('/etc/hostname')))",
    "EXPLAIN ANALYZE SELECT * FROM read_text('/etc/hostname')",
    "DESCRIBE SELECT * FROM read_csv('/etc/passwd')",
    "SELECT json_serialize_plan('SELECT * FROM read_csv(''/etc/passwd'')')",
    "SELECT '/etc/passwd'.json_serialize_plan()",
    "SELECT list_transform(['x'], x -> current_setting(x))",
    # files and addresses, by name
    "FROM '/etc/passwd'",
    "FROM 'x.csv'",
    'FROM "s3://bucket/x.parquet"',
    "SUMMARIZE 'x.csv'",
    "DESCRIBE 'x.parquet'",
    'TABLE "x.json"',
    "SELECT * FROM articles JOIN 'x.csv' USING (article_uid)",
    "PIVOT 'x.csv' ON a IN (1) USING sum(b)",
    "UNPIVOT 'x.csv' ON a INTO NAME n VALUE v",
    # a CTE's name that means something else outside its scope
    'SELECT * FROM (WITH "x.csv" AS (SELECT 1) FROM "x.csv"), "x.csv"',
    "WITH a AS (FROM duckdb_tables), duckdb_tables AS (SELECT 1) FROM a",
    "WITH duckdb_databases AS (FROM duckdb_databases) FROM duckdb_databases",
    "WITH RECURSIVE sqlite_master AS (SELECT 1 UNION ALL FROM sqlite_master) FROM sqlite_master",
    # settings, secrets, environment, the session
    "SELECT getenv('HOME')",
    "SELECT current_setting('temp_directory')",
    "SELECT getvariable('x')",
    "FROM duckdb_settings()",
    "FROM duckdb_secrets()",
    "FROM which_secret('x', 's3')",
    "FROM duckdb_databases()",
    "FROM pg_catalog.pg_settings",
    "SELECT * FROM pragma_database_size()",
    "FROM pragma_database_list",
    "SHOW DATABASES",
    "SHOW VARIABLES",
    # SQL from text
    "FROM query('SELECT 1')",
    "FROM query_table('x.csv')",
    "FROM json_execute_serialized_sql('{}')",
    "FROM histogram('x.csv', a)",
    "FROM python_map_function()",
    "FROM arrow_scan(1, 2, 3)",
    "FROM seq_scan('x')",
    # the catalog and the lake's own functions
    "FROM __ducklake_metadata_lake.ducklake_snapshot",
    "FROM __ducklake_metadata_lake.main.ducklake_data_file",
    "FROM ducklake_list_files('lake', 'articles')",
    "FROM lake.set_option('parquet_compression', 'snappy')",
    "FROM ducklake_expire_snapshots('lake', older_than => now())",
    "FROM ducklake_cleanup_old_files('lake', cleanup_all => true)",
    "FROM ducklake_add_data_files('lake', 'articles', '/etc/passwd')",
    "CALL ducklake_flush_inlined_data('lake')",
    "FROM other.main.articles",
    "FROM information_schema.schemata",
    # statements that do something
    "COPY articles TO 'x.csv'",
    "COPY (SELECT 1) TO '/tmp/x.csv'",
    "ATTACH 'x.db'",
    "DETACH lake",
    "USE lake",
    "SET threads = 1",
    "RESET threads",
    "PRAGMA database_list",
    "PRAGMA table_info('articles')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CALL pragma_version()",
    "CREATE TABLE t AS SELECT 1",
    "CREATE MACRO m() AS 1",
    "CREATE SECRET (TYPE s3)",
    "INSERT INTO lake.articles SELECT * FROM lake.articles",
    "DELETE FROM lake.articles",
    "UPDATE lake.articles SET title = ''",
    "DROP TABLE lake.articles",
    "MERGE INTO lake.articles USING lake.articles a ON true WHEN MATCHED THEN DELETE",
    "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "EXPLAIN DELETE FROM lake.articles",
    "EXPLAIN ANALYZE DELETE FROM lake.articles",
    "EXPLAIN (ANALYZE, FORMAT json) SELECT 1",
    "EXPLAIN (FORMAT json)",
    "EXPLAIN (FORMAT json) DELETE FROM lake.articles",
    "EXPLAIN (FORMAT json) ANALYZE SELECT 1",
    "EXPLAIN (FORMAT json) (FORMAT json) SELECT 1",
    "EXPLAIN (FORMAT json) FROM read_text('/etc/hostname')",
    "EXPLAIN (FORMAT json, ANALYZE) FROM read_text('/etc/hostname')",
    "EXPLAIN /* é */ (FORMAT json) FROM sqlite_scan('x', 't') UNION ALL SELECT 1",
    *(f"EXPLAIN /*{'é' * k}*/ ANALYZE FROM sqlite_scan('x', 't') UNION ALL SELECT 1" for k in range(30, 60)),
    "EXPLAIN ANALYZE /* é */ FROM sqlite_scan('x', 't')",
    "EXPLAIN",
    "EXPLAIN ANALYZE",
    "SELECT '\udcff'",
    # not one statement
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE lake.articles",
    "SELECT 1; -- ;\nATTACH 'x.db'",
    "",
    "-- nothing",
    ";",
    "SELEC 1",
    "SELECT 1 /*",
    "PIVOT articles ON kind USING count(*)",
    # the same, deeper
    "SELECT list_transform([1], x -> (SELECT size FROM read_text('/etc/hostname')))",
    "SELECT list_reduce(['a', 'b'], (x, y) -> getenv(y))",
    "WITH a AS (WITH b AS (FROM glob('/etc/*')) FROM b) FROM a",
    "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT size FROM read_text('/etc/hostname'), r) FROM r",
    "SELECT * FROM articles, LATERAL (FROM read_csv(articles.url))",
    "SELECT 1 FROM articles GROUP BY (SELECT size FROM read_text('/etc/hostname')) HAVING getenv('HOME') = ''",
    "SELECT sum(1) FILTER (WHERE getenv('HOME') = '') FROM articles",
    "SELECT sum(1) OVER (ORDER BY getenv('HOME')) FROM articles",
    "SELECT CASE WHEN EXISTS (FROM glob('/etc/*')) THEN 1 END",
    "SELECT COLUMNS(c -> getenv(c) = '') FROM articles",
    "SELECT * REPLACE (getenv('HOME') AS title) FROM articles",
    "FROM search_path_of('x')",
    "SELECT * FROM articles AT (TIMESTAMP => (SELECT getenv('HOME')::TIMESTAMP))",
    "PREPARE p AS FROM read_text($1)",
    "EXECUTE p('/etc/hostname')",
    "CREATE TEMP MACRO m(f) AS TABLE FROM read_text(f)",
    "CREATE OR REPLACE TABLE lake.articles AS SELECT 1",
    "ALTER TABLE lake.articles DROP COLUMN title",
    "COPY FROM DATABASE lake TO memory",
    "COPY lake.articles FROM '/etc/passwd'",
    "SET VARIABLE x = (SELECT content FROM read_text('/etc/hostname'))",
    "ATTACH 'ducklake:sqlite:catalog.sqlite' AS other (READ_ONLY false)",
    "FORCE INSTALL httpfs FROM community",
    "COMMENT ON TABLE lake.articles IS 'x'",
    "ANALYZE",
    # effects without a name for them
    "SELECT sleep_ms(100000)",
    "SELECT pg_sleep(100)",
    "SELECT write_log('x')",
    "SELECT nextval('s')",
    "SELECT no_such_function(1)",
    # other spellings, other servers, other ways to files
    "SELECT * FROM read_csv\xa0('/etc/passwd')",
    "FROM \uff52\uff45\uff41\uff44\uff3f\uff54\uff45\uff58\uff54('/etc/hostname')",
    "FROM read_text/* */('/etc/hostname')",
    "FROM/**/'/etc/passwd'",
    "SELECT * FROM \"READ_TEXT\"('/etc/hostname')",
    "FROM postgres_query('lake', 'SELECT 1')",
    "CALL postgres_execute('lake', 'DROP TABLE x')",
    "FROM postgres_scan_pushdown('host=evil', 'public', 't')",
    "SELECT * FROM 'http://127.0.0.1/x.csv'",
    "FROM 'https://example.org/x.parquet'",
    "FROM iceberg_scan('s3://b/x')",
    "FROM delta_scan('s3://b/x')",
    "SELECT * FROM articles WHERE title = (FROM (FROM 'x.csv') LIMIT 1)",
    "WITH x AS (DELETE FROM lake.articles RETURNING *) FROM x",
    "WITH x AS (INSERT INTO lake.articles FROM articles RETURNING *) SELECT 1",
    "FROM parquet_schema('x.parquet')",
    "FROM parquet_file_metadata('x')",
    "FROM parquet_kv_metadata('x')",
    "FROM parquet_bloom_probe('x', 'a', 1)",
    "FROM duckdb_functions()",
    "FROM duckdb_logs()",
    "FROM duckdb_extensions()",
    "FROM load_aws_credentials()",
    "SELECT * FROM memory.pg_catalog.pg_tables",
    "FROM sql_auto_complete('x')",
    "FROM read_json_objects('/etc/passwd')",
    "FROM read_ndjson('/etc/passwd')",
    "FROM pragma_table_info('articles')",
    "FROM test_all_types()",
    "EXPLAIN ANALYZE COPY articles TO 'x'",
    "EXPLAIN COPY articles TO 'x'",
    "SUMMARIZE 'http://127.0.0.1/x.csv'",
    "SELECT add_parquet_key('k','v')",
    "PRAGMA add_parquet_key('k','v')",
    "SELECT * FROM articles; COPY articles TO 'x' --",
    "SELECT 1 -- \u2028; ATTACH 'x'\nFROM 'x.csv'",
    "FROM query($$COPY articles TO 'x'$$)",
    "LOAD '/tmp/x.duckdb_extension'",
    "FROM checkpoint('lake')",
    "FROM force_checkpoint('lake')",
    "SELECT enable_logging()",
    "CALL enable_logging()",
    "FROM repeat_row(1)",
    "FROM summary((FROM articles))",
    "SELECT pg_typeof(1), set_config('a','b',true)",
    "FROM ducklake_snapshots('lake')",
    "FROM ducklake_options('lake')",
    "FROM lake.options()",
]

ALLOWED = [
    "SELECT 1",
    "SELECT 1;",
    "FROM articles",
    "TABLE articles",
    "VALUES (1, 'a'), (2, 'b')",
    "select ARTICLE_UID from Articles",
    "SELECT count(*) FROM lake.articles a JOIN memory.main.revisions r USING (article_uid)",
    "SELECT * FROM main.articles LIMIT 1",
    "WITH a AS (SELECT * FROM articles), b AS MATERIALIZED (SELECT * FROM a) SELECT count(*) FROM b",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n",
    "SELECT kind, count(*) AS n, count(*) FILTER (WHERE word_count > 100) FROM articles GROUP BY ALL ORDER BY n DESC",
    (
        "SELECT site, title, row_number() OVER (PARTITION BY site ORDER BY published_at DESC) AS r FROM articles"
        " QUALIFY r <= 3"
    ),
    (
        "SELECT first_value(title) OVER w, lag(title, 1) OVER w FROM revisions WINDOW w AS (PARTITION BY article_uid"
        " ORDER BY revision ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)"
    ),
    "SELECT country, count(*) FROM (SELECT unnest(countries) AS country FROM articles) GROUP BY country",
    "SELECT c FROM articles, unnest(countries) AS t(c)",
    "SELECT article_uid, t.c FROM articles, LATERAL (SELECT unnest(countries) AS c) AS t",
    (
        "SELECT list_transform(countries, c -> upper(c)), [c FOR c IN countries IF len(c) > 2], list_sort(keywords)"
        " FROM articles"
    ),
    "SELECT * FROM range(5) AS t(i), generate_series(1, 3) AS s(j)",
    "SELECT * FROM generate_series(TIMESTAMPTZ '2025-12-01', now(), INTERVAL 1 DAY) AS t(day)",
    (
        "SELECT regexp_extract(title, '(\\d+)', 1), regexp_matches(body, 'x'), title SIMILAR TO 'a.*', title ~ 'x',"
        " title ILIKE '%x%', title GLOB 'a*' FROM articles"
    ),
    (
        "SELECT date_trunc('hour', published_at), extract(dow FROM published_at), strftime(published_at, '%H'),"
        " published_at AT TIME ZONE 'Asia/Kolkata', age(now(), published_at), current_date, today(),"
        " time_bucket(INTERVAL 15 MINUTE, published_at), to_timestamp(0), epoch(published_at) FROM articles"
    ),
    "SELECT * FROM articles ASOF JOIN runs ON articles.first_seen_at >= runs.started_at",
    "SELECT * FROM articles POSITIONAL JOIN runs",
    "SELECT * FROM articles SEMI JOIN revisions USING (article_uid)",
    "SELECT * FROM articles WHERE EXISTS (SELECT 1 FROM revisions r WHERE r.article_uid = articles.article_uid)",
    "SELECT (SELECT max(revision) FROM revisions), title FROM articles",
    "SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3 INTERSECT SELECT 4",
    "PIVOT (SELECT site, kind FROM articles) ON kind IN ('news', 'blog') USING count(*) GROUP BY site",
    "UNPIVOT (SELECT new, revised FROM runs) ON new, revised INTO NAME what VALUE n",
    "SELECT site, kind, count(*) FROM articles GROUP BY CUBE (site, kind)",
    "SELECT site, grouping(site) FROM articles GROUP BY ROLLUP (site)",
    "SELECT COLUMNS('.*_at') FROM articles",
    "SELECT * EXCLUDE (body) REPLACE (upper(title) AS title) FROM articles",
    (
        "SELECT quantile_cont(word_count, 0.5), median(word_count), approx_count_distinct(site), mode(kind),"
        " string_agg(title, ', ' ORDER BY title), arg_max(title, word_count), histogram(kind), list(DISTINCT site)"
        " FROM articles"
    ),
    (
        "SELECT CASE WHEN word_count > 3 THEN 'x' ELSE 'y' END, coalesce(title, '-'), nullif(title, ''), if(true, 1, 2)"
        ","
        " ifnull(title, ''), greatest(1, 2), try_cast(title AS INTEGER), title::VARCHAR, hash(title) FROM articles"
    ),
    "SELECT {'a': 'x', 'b': 1}.a, MAP {'x': 1}['x'], struct_pack(a := 1), row(1, 2), '{\"a\": 1}'::JSON ->> 'a'",
    "SELECT jaccard(title, summary), levenshtein(title, summary), string_split(body, ' '), body[1:10] FROM articles",
    "SELECT random(), uuid(), gen_random_uuid()",
    "SELECT * FROM articles TABLESAMPLE 10%",
    "SELECT * FROM json_each('[1, 2]')",
    "SELECT article_uid FROM articles_as_of('2025-12-10 12:00')",
    "SELECT * FROM articles_site_as_of(now()) AS then_ JOIN articles USING (article_uid)",
    "SELECT count(*) FROM lake.articles AT (TIMESTAMP => now())",
    "SELECT count(*) FROM lake.articles AT (VERSION => 1)",
    "FROM trending SELECT rank, title ORDER BY observed_at",
    "FROM dictionary WHERE relation = 'articles'",
    "FROM sidebars",
    "FROM findings",
    "FROM rejects",
    "FROM fetches",
    "DESCRIBE articles",
    "DESC articles",
    "SHOW articles",
    "DESCRIBE SELECT title FROM articles",
    "SUMMARIZE runs",
    "SHOW TABLES",
    "SHOW ALL TABLES",
    "SHOW TABLES FROM lake",
    "SELECT column_name FROM (DESCRIBE articles)",
    "SELECT table_name, column_name FROM information_schema.columns",
    "EXPLAIN SELECT * FROM articles",
    "/* why */ EXPLAIN -- not\n ANALYZE SELECT * FROM articles",
    "explain (select 1)",
    "/* ü */ EXPLAIN SELECT 'ü'",
    "EXPLAIN (FORMAT json) SELECT 'ü'",
    "/* ü */ explain /* é */ ( format\n mermaid ) /* ü */ (SELECT 'ü')",
    "EXPLAIN /* é */ ANALYZE /* é */ SELECT 'é' AS é",
    "SELECT 'DROP TABLE lake.articles; COPY x TO ''y''' AS harmless",
]

# What a hole in `check` would let through; the session has to stop it. DuckDB's own words for why.
SESSION = [
    ("SELECT * FROM read_text('/etc/hostname')", "disabled by configuration"),
    ("FROM '/etc/hostname'", "does not exist"),
    ("FROM glob('/etc/*')", "disabled by configuration"),
    ("COPY (SELECT 1) TO '/tmp/wirehouse-should-not-be.csv'", "disabled by configuration"),
    ("ATTACH '/tmp/wirehouse-should-not-be.db'", "disabled by configuration"),
    ("SET enable_external_access = true", "locked"),
    ("SET threads = 1", "locked"),
    ("LOAD httpfs", "disabled by configuration|disabled through configuration"),
    ("DELETE FROM lake.articles", "read-only"),
    ("FROM secret_of_this_process", "does not exist"),
]


@pytest.fixture(scope="module")
def stocked(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> warehouse.Location:
    location = copy_of(empty_warehouse, tmp_path_factory.mktemp("stocked"))
    warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b"]))
    return location


@pytest.fixture(scope="module")
def session(stocked: warehouse.Location) -> Iterator[duckdb.DuckDBPyConnection]:
    with query.connect_guarded(stocked) as connection:
        yield connection


@pytest.mark.parametrize("sql", REFUSED)
def test_a_statement_that_does_more_than_read_the_warehouse_is_refused_in_one_line(sql: str) -> None:
    with pytest.raises(warehouse.RefusedStatement) as refused:
        query.check(sql)
    assert len(str(refused.value).splitlines()) == 1
    assert str(refused.value).startswith(("refused ", "cannot be parsed: "))


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_analysts_write_passes_and_runs(session: duckdb.DuckDBPyConnection, sql: str) -> None:
    session.execute(query.check(sql)).fetchall()


def test_the_refusal_names_what_was_refused() -> None:
    for sql, message in [
        ("FROM read_csv('x')", "refused the table function read_csv: only articles_as_of,"),
        ("FROM 'x.csv'", "refused to read x.csv: not a relation of the warehouse; FROM dictionary lists them"),
        ("FROM article", "not a relation of the warehouse (did you mean articles?); FROM dictionary lists them"),
        ("FROM lake.serch", "(did you mean search(query)?)"),
        ("FROM search", "refused to read search: it is a macro, FROM search(query)"),
        ("FROM search_words", "refused to read search_words: it is a macro, SELECT search_words(text)"),
        (
            "FROM article_as_of('2025')",
            "refused the table function article_as_of (did you mean articles_as_of(ts)?): only",
        ),
        ("SELECT getenv('x')", "refused the function getenv: not known to read nothing but its arguments"),
        (
            "SELECT regex_extract('a', 'b')",
            "refused the function regex_extract (did you mean regexp_extract?): not known",
        ),
        ("SELECT serch_words('a')", "refused the function serch_words (did you mean search_words(text)?): not known"),
        ("COPY articles TO 'x'", "refused COPY: only SELECT and its like run here"),
        ("SELECT 1; SELECT 2", "refused 2 statements: it must be exactly one"),
        ("PIVOT articles ON kind USING count(*)", "PIVOT needs its values listed"),
        ('FROM "a\nb\x1b[31m' + "x" * 500 + '"', "refused to read a b [31mxxx"),
    ]:
        with pytest.raises(warehouse.RefusedStatement) as refused:
            query.check(sql)
        assert message in str(refused.value)
        assert str(refused.value).isprintable()
        assert len(str(refused.value)) < 300


@pytest.mark.parametrize("depth", [900, 100_000])
def test_a_statement_nested_without_end_is_refused_or_passes_but_does_not_crash(depth: int) -> None:
    with pytest.raises(warehouse.RefusedStatement):
        query.check("SELECT " + "(" * depth + "FROM read_text('x')" + ")" * depth)


@pytest.mark.parametrize(("sql", "message"), SESSION)
def test_the_session_holds_where_the_check_has_a_hole(
    session: duckdb.DuckDBPyConnection, sql: str, message: str
) -> None:
    secret_of_this_process = __import__("pyarrow").table({"a": [1]})  # noqa: F841
    with pytest.raises(duckdb.Error, match=f"(?i){message}"):
        session.execute(sql).fetchall()


def test_a_query_that_needs_more_memory_than_there_is_spills_in_the_guarded_session(
    stocked: warehouse.Location, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened = warehouse.connect

    def small(location: warehouse.Location, *, snapshot: int | None = None) -> duckdb.DuckDBPyConnection:
        connection = opened(location, snapshot=snapshot)
        connection.execute("SET memory_limit = '100MB'; SET threads = 1")
        return connection

    monkeypatch.setattr(query, "connect", small)
    out = io.BytesIO()
    sql = (
        "SELECT max(r) AS n FROM"
        " (SELECT row_number() OVER (ORDER BY repeat('x', 100) || i) AS r FROM range(900000) AS t(i))"
    )
    query.run(stocked, sql, "jsonl", out)
    assert json.loads(out.getvalue()) == {"n": 900_000}
    assert not list(tmp_path.iterdir())


def test_run_checks_before_it_opens_anything(tmp_path: Path) -> None:
    with pytest.raises(warehouse.RefusedStatement):
        query.run(place(tmp_path), "DROP TABLE lake.articles", "csv", io.BytesIO())
