from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import warehouse
from tests.warehouse.conftest import place
from tests.warehouse.rows import a_run
from warehouse import extensions, lake
from warehouse.declared import relations, tables

ROOT = Path(__file__).resolve().parents[2]


def python(code: str, *arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.Popen[str]:
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": paths, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def snapshots(location: warehouse.Location) -> int:
    with warehouse.connect(location) as connection:
        return int(connection.execute("SELECT count(*) FROM lake.snapshots()").fetchall()[0][0])


def test_without_a_warehouse_the_error_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(warehouse.WarehouseMissing, match="wirehouse ingest --site NAME"):
        warehouse.connect(place(tmp_path / "nothing"))
    assert not list(tmp_path.iterdir())


def test_a_path_is_that_of_a_home(location: warehouse.Location) -> None:
    for home in (location.catalog_file.parent, str(location.catalog_file.parent)):
        with warehouse.connect(home) as connection:
            assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(0,)]
    with pytest.raises(warehouse.WarehouseMissing, match=r"no warehouse at sqlite:/nowhere/catalog\.sqlite"):
        warehouse.connect("/nowhere")


def test_a_half_made_warehouse_is_missing_until_create_completes_it(tmp_path: Path) -> None:
    location = place(tmp_path)
    location.catalog_file.touch()
    with pytest.raises(warehouse.WarehouseMissing, match="wirehouse ingest"):
        warehouse.connect(location)
    warehouse.create(location)
    with warehouse.connect(location) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(0,)]


def test_a_lake_without_a_table_is_missing_until_create_completes_it(location: warehouse.Location) -> None:
    with lake.open_lake(location, read_only=False) as connection:
        connection.execute("DROP TABLE lake.revisions")
    with pytest.raises(warehouse.WarehouseMissing, match="revisions"):
        warehouse.connect(location)
    warehouse.create(location)
    warehouse.connect(location).close()


def test_a_file_that_is_no_catalog_is_reported_and_left_alone(tmp_path: Path) -> None:
    location = place(tmp_path)
    location.catalog_file.write_text("a letter to my aunt " * 100)
    with pytest.raises(warehouse.WarehouseMissing, match=str(location.catalog_file)):
        warehouse.connect(location)
    with pytest.raises((warehouse.WarehouseError, duckdb.Error)):
        warehouse.create(location)
    assert location.catalog_file.read_text().startswith("a letter")


def test_creating_again_changes_nothing(location: warehouse.Location) -> None:
    before = snapshots(location)
    warehouse.create(location)
    assert snapshots(location) == before


def test_four_processes_may_create_at_once(tmp_path: Path) -> None:
    code = "import sys, warehouse; warehouse.create(warehouse.Location(*sys.argv[1:]))"
    location = place(tmp_path / "new")
    processes = [python(code, location.catalog, location.data_path) for _ in range(4)]
    for process in processes:
        _, problem = process.communicate(timeout=60)
        assert process.returncode == 0, problem
    assert snapshots(location) == 2  # the empty lake, and all its tables


def test_create_adds_a_column_that_is_new_and_mends_comments(location: warehouse.Location) -> None:
    with lake.open_lake(location, read_only=False) as connection:
        connection.execute("ALTER TABLE lake.articles DROP COLUMN dateline")
        connection.execute("COMMENT ON COLUMN lake.articles.title IS 'old'")
    warehouse.create(location)
    with warehouse.connect(location) as connection:
        found = connection.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE database_name = 'lake' AND table_name = 'articles'"
        ).fetchall()
    assert dict(found) == {column.name: column.description for column in tables()["articles"].columns}


def test_create_sets_the_options_that_a_killed_one_had_not_set(location: warehouse.Location) -> None:
    def options() -> list[tuple[str, ...]]:
        with lake.open_lake(location, read_only=True) as connection:
            return connection.execute("SELECT * EXCLUDE (description) FROM lake.options() ORDER BY ALL").fetchall()

    before = options()
    with contextlib.closing(sqlite3.connect(location.catalog_file)) as catalog, catalog:
        catalog.execute("DELETE FROM ducklake_metadata WHERE scope = 'table'")
    assert options() != before
    warehouse.create(location)
    assert options() == before


@pytest.mark.parametrize(
    ("message", "is_met"),
    [
        ("database is locked", True),
        ("Transaction conflict - attempting to insert into table", True),
        ("IO Error: Cannot open file '/data/conflict-news/catalog.sqlite'", False),
        ("Cannot open /data/busy/catalog.sqlite: no such file", False),
        ("Conversion Error: Could not convert string 'locked' to INT32", False),
    ],
)
def test_contention_is_told_from_names_and_values_that_sound_like_it(message: str, is_met: bool) -> None:
    assert lake.is_contention(message) == is_met


def test_create_refuses_a_column_of_another_type(location: warehouse.Location) -> None:
    with lake.open_lake(location, read_only=False) as connection:
        connection.execute("ALTER TABLE lake.runs DROP COLUMN fetched")
        connection.execute("ALTER TABLE lake.runs ADD COLUMN fetched VARCHAR")
    with pytest.raises(
        warehouse.WarehouseError, match="runs, column fetched: the warehouse has VARCHAR, we declare INTEGER"
    ):
        warehouse.create(location)


def test_the_catalog_keeps_a_write_ahead_log(location: warehouse.Location) -> None:
    with sqlite3.connect(location.catalog_file) as catalog:
        assert catalog.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


def test_importing_the_package_touches_nothing(tmp_path: Path) -> None:
    process = python("import warehouse, warehouse.query, warehouse.docs", cwd=tmp_path, HOME=str(tmp_path))
    _, problem = process.communicate(timeout=60)
    assert process.returncode == 0, problem
    assert not list(tmp_path.rglob("*"))


def test_bare_names_resolve_views_first(connection: duckdb.DuckDBPyConnection) -> None:
    for name in (*tables(), *(name for name, relation in relations().items() if relation.kind == "view")):
        connection.execute(f"FROM {name} LIMIT 1").fetchall()
    connection.execute("SELECT superseded_at FROM revisions").fetchall()
    connection.execute("SELECT snapshot_id FROM runs").fetchall()


def test_bare_names_resolve_in_cursors_too(connection: duckdb.DuckDBPyConnection) -> None:
    cursor = connection.cursor()
    for name in tables():
        cursor.execute(f"FROM {name} LIMIT 1").fetchall()
    assert cursor.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_times_are_in_utc_wherever_the_machine_is(location: warehouse.Location) -> None:
    code = """
import sys, warehouse
with warehouse.connect(warehouse.Location(*sys.argv[1:])) as connection:
    print(connection.execute("SELECT timestamptz '2025-12-31 23:30:00'").fetchone()[0].isoformat())
"""
    process = python(code, location.catalog, location.data_path, TZ="Asia/Kolkata")
    printed, problem = process.communicate(timeout=60)
    assert printed.strip() == "2025-12-31T23:30:00+00:00", problem


def test_months_are_partitions_in_utc_wherever_the_writer_is(tmp_path: Path) -> None:
    code = """
import sys, datetime as dt, warehouse
from tests.warehouse.rows import articles, run
location = warehouse.Location(*sys.argv[1:])
warehouse.create(location)
late = dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)
warehouse.publish(location, "r", {"runs": run("r")}, {"articles": articles("r", ["a"], published_at=late)}, check=False)
"""
    location = place(tmp_path)
    process = python(code, location.catalog, location.data_path, TZ="Asia/Kolkata")
    _, problem = process.communicate(timeout=60)
    assert process.returncode == 0, problem
    (file,) = location.data_directory.glob("*/articles/**/*.parquet")
    assert "year=2025/month=12" in file.as_posix()
    compression = duckdb.execute("SELECT DISTINCT compression FROM parquet_metadata(?)", [str(file)]).fetchall()
    assert compression == [("ZSTD",)]


def test_rows_go_into_files_from_the_first_on(location: warehouse.Location) -> None:
    warehouse.publish(location, "r", **a_run("r", ["a", "b"]))
    written = {
        file.relative_to(location.data_directory).parts[1] for file in location.data_directory.rglob("*.parquet")
    }
    assert {"articles", "revisions", "urls", "runs"} <= written


def test_a_reader_cannot_write(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("DELETE FROM lake.articles")


def test_a_reader_may_have_tables_of_its_own(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE mine AS SELECT count(*) AS articles FROM articles")
    assert connection.execute("FROM mine").fetchall() == [(0,)]


def test_a_warehouse_may_be_moved(location: warehouse.Location, tmp_path: Path) -> None:
    warehouse.publish(location, "r", **a_run("r", ["a"]))
    shutil.move(location.catalog_file.parent, tmp_path / "it's elsewhere")
    with warehouse.connect(place(tmp_path / "it's elsewhere")) as connection:
        assert connection.execute("SELECT article_uid, title FROM articles").fetchall() == [("a", "Headline")]


def test_the_default_location_is_what_the_environment_names(tmp_path: Path) -> None:
    home = warehouse.Location.from_environment({"WIREHOUSE_HOME": str(tmp_path)})
    assert home == place(tmp_path)
    named = {"WIREHOUSE_CATALOG": "sqlite:/c.sqlite", "WIREHOUSE_DATA_PATH": "/d/"}
    assert warehouse.Location.from_environment(named) == warehouse.Location("sqlite:/c.sqlite", "/d/")


@pytest.mark.parametrize(
    "location", [warehouse.Location("mysql:x", "/d/"), warehouse.Location("sqlite:", "/d/")], ids=lambda p: p.catalog
)
def test_a_catalog_of_an_unknown_kind_is_refused(location: warehouse.Location) -> None:
    with pytest.raises(warehouse.WarehouseError, match="use sqlite:PATH"):
        warehouse.create(location)


def test_an_extension_that_is_nowhere_is_reported_with_the_remedy(tmp_path: Path) -> None:
    settings = {"autoinstall_known_extensions": False, "custom_extension_repository": str(tmp_path)}
    with (
        duckdb.connect(config={**settings, "extension_directory": str(tmp_path)}) as connection,
        pytest.raises(warehouse.ExtensionMissing, match=r"pip install duckdb-extension-no-such=="),
    ):
        extensions.load(connection, "no_such")
