from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import warehouse
from transforms.revisions import COMPARED
from warehouse.declared import relations, tables
from warehouse.docs import tables_page
from warehouse.relations import parse_relation

if TYPE_CHECKING:
    import duckdb

ROOT = Path(__file__).resolve().parents[2]

# The columns that users may rely on, by relation.
PROMISED = {
    "articles": "article_uid site site_article_id url canonical_url kind title summary body language source"
    " source_agency author place dateline countries sector label site_tags keywords image_url image_caption"
    " image_is_ai_generated"
    " video_url first_published_in attribution syndication published_at updated_at published_raw updated_raw"
    " published_precision published_source time_flags site_date first_seen_at last_seen_at revision content_hash"
    " word_count canonical_uid story_id run_id",
    "revisions": "article_uid title body revision observed_at recorded_at superseded_at changed_fields"
    " is_content_change",
    "sidebars": "observed_at site edition section rank article_uid title country badge page_uid",
    "trending": "observed_at edition rank article_uid title",
    "fetches": "run_id url fetched_at outcome status elapsed_ms bytes etag last_modified archive_file archive_offset"
    " error",
    "rejects": "run_id url stage reason detail archive_file archive_offset",
    "urls": "url site discovered_at discovered_by state attempts last_status last_error article_uid next_try_at",
    "tags": "article_uid scheme tag name score method evidence vocabulary_version",
    "checks": "run_id check subject expected observed severity passed",
    "runs": "run_id flow site started_at finished_at state discovered fetched new revised unchanged copies rejected"
    " failed snapshot_id code_version",
    "stories": "story_id title articles sources first_published_at last_published_at",
    "story_members": "story_id article_uid score evidence",
    "copies": "article_uid canonical_uid relation similarity matched_on",
    "coverage": "site site_date known landed pending failed gone never_looked_at is_complete complete_through",
    "dictionary": "relation column_name description",
    "search('x')": "article_uid score title published_at url",
    "articles_as_of(now())": "article_uid title body revision canonical_uid story_id run_id",
    "articles_site_as_of(now())": "article_uid title body revision canonical_uid story_id run_id",
}


@pytest.mark.parametrize("name", tables())
def test_keys_partitions_and_order_name_columns_of_the_table(name: str) -> None:
    table = tables()[name]
    columns = [column.name for column in table.columns]
    assert len(set(columns)) == len(columns)
    assert set(table.key) <= set(columns)
    assert set(table.sorted_by) <= set(columns)
    for transform in table.partitioned_by:
        assert transform.rstrip(")").partition("(")[2] in columns


@pytest.mark.parametrize("name", tables())
def test_names_of_columns_tell_their_types(name: str) -> None:
    for column in tables()[name].columns:
        assert column.name.endswith("_at") == (column.type == "TIMESTAMPTZ"), column.name
        assert column.name.endswith("_date") == (column.type == "DATE"), column.name
        is_named_so = column.name.startswith(("is_", "has_")) or "_is_" in column.name or column.name == "passed"
        assert is_named_so == (column.type == "BOOLEAN"), column.name
        assert column.description, column.name


def test_changed_fields_are_described_by_the_columns_that_are_compared() -> None:
    (column,) = (each for each in tables()["revisions"].columns if each.name == "changed_fields")
    assert f"Compared are {', '.join(COMPARED[:-1])} and {COMPARED[-1]}:" in column.description


@pytest.mark.parametrize("relation", PROMISED)
def test_promised_columns_are_there(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    columns = [name for name, *_ in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]
    assert set(PROMISED[relation].split()) <= set(columns)


def test_the_lake_has_the_declared_columns_with_their_comments(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "SELECT table_name, column_name, replace(data_type, 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ'), is_nullable,"
        " comment FROM duckdb_columns() WHERE database_name = 'lake'"
    ).fetchall()
    declared = [
        (t.name, c.name, c.type, c.nullable, c.description) for t in tables().values() for c in t.stored_columns
    ]
    assert sorted(found) == sorted(declared)
    comments = connection.execute(
        "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'lake'"
    ).fetchall()
    assert dict(comments) == {table.name: table.grain for table in tables().values()}


def test_the_dictionary_describes_every_relation_and_column(connection: duckdb.DuckDBPyConnection) -> None:
    described: dict[str, list[tuple[str, str]]] = {}
    for relation, position, column, type_, description in connection.execute(
        "SELECT relation, position, column_name, type, description FROM dictionary ORDER BY relation, position"
    ).fetchall():
        assert description
        described.setdefault(relation, [])
        if position:
            described[relation].append((column, type_))
    assert described.keys() == {*tables(), *relations()}
    for relation, columns in described.items():
        if relations().get(relation) and relations()[relation].kind == "function":
            connection.execute(f"SELECT {relation}('x')").fetchall()
            continue
        calls = {"search": "search('x')", "ledger_by_day": "ledger_by_day(NULL)"}
        call = calls.get(relation, f"{relation}(now())" if relation.endswith("as_of") else relation)
        found = connection.execute(f"DESCRIBE SELECT * FROM {call}").fetchall()
        named = [(name, kind.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")) for name, kind, *_ in found]
        assert sorted(named) == sorted(columns), relation


def test_no_column_is_of_integers_that_pandas_reads_as_fractions(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT relation, column_name FROM dictionary WHERE type LIKE '%HUGEINT%'"
    assert connection.execute(sql).fetchall() == []


def test_views_their_columns_and_macros_carry_comments(connection: duckdb.DuckDBPyConnection) -> None:
    view = "SELECT comment FROM duckdb_views() WHERE view_name = 'articles'"
    column = "SELECT comment FROM duckdb_columns() WHERE database_name = 'memory' AND column_name = 'canonical_uid'"
    macro = "SELECT comment FROM duckdb_functions() WHERE function_name = 'articles_as_of'"
    for question in (view, column, macro):
        assert connection.execute(question).fetchall()[0][0]


def test_the_page_about_the_tables_is_the_one_the_declarations_make() -> None:
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert page == tables_page(), "run `python -m warehouse.docs > docs/tables.md`"


@pytest.mark.parametrize(
    "text",
    ["-- About.\nCREATE VIEW other AS SELECT 1", "-- About.\nSELECT 1", "-- About.\nCREATE TABLE mine AS SELECT 1"],
)
def test_a_file_that_is_not_its_relation_is_refused(text: str) -> None:
    with pytest.raises(warehouse.WarehouseError, match=r"warehouse/sql/mine\.sql must hold"):
        parse_relation("mine", text, tables())
