"""The warehouse in other programs: the DuckDB shell, and plain Parquet."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pytest

import warehouse
from tests.warehouse.conftest import copy_of
from tests.warehouse.rows import a_run, articles, at, rows, urls
from warehouse.attaching import QUESTIONS
from warehouse.declared import relations, tables
from warehouse.exporting import MARK
from warehouse.extensions import extensions, packaged_extension


@pytest.fixture(scope="module")
def stocked(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> warehouse.Location:
    """Two articles of December and one of January."""
    location = copy_of(empty_warehouse, tmp_path_factory.mktemp("stocked"))
    run = a_run("run-1", ["a", "b", "c"])
    run["replaces"]["articles"] = warehouse_rows("a", "b", "c")
    warehouse.publish(location, "run-1", **run, check=False)
    return location


def warehouse_rows(*uids: str) -> pa.Table:
    january = articles("run-1", [uids[-1]], published_at=at(24 * 30))
    return pa.concat_tables([articles("run-1", list(uids[:-1])), january])


def shell(script: Path, sql: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What the DuckDB shell, which has not been used on this machine before, answers after the script."""
    spec = find_spec("duckdb_cli")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).with_name("duckdb")
    environment = {"http_proxy": "http://127.0.0.1:9", **variables, "HOME": str(home)}
    return subprocess.run(
        [program, "-bail", "-init", "/dev/null", "-json", "-c", f".read {script}", "-c", sql],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("is_packaged", [True, False])
def test_the_script_attaches_the_warehouse_in_the_shell_read_only(
    stocked: warehouse.Location, tmp_path: Path, is_packaged: bool
) -> None:
    if not is_packaged:  # as after INSTALL with a network
        installed = tmp_path / ".duckdb" / "extensions" / f"v{duckdb.__version__}" / platform()
        installed.mkdir(parents=True)
        for file in map(packaged_extension, extensions(stocked)):
            assert file is not None
            shutil.copy(file, installed)
    script = tmp_path / "attach.sql"
    script.write_text(warehouse.attach_script(stocked, with_packaged_extensions=is_packaged))
    asked = shell(script, "SELECT count(*) AS n, count(canonical_uid) AS views FROM articles_as_of(now())", tmp_path)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout) == [{"n": 3, "views": 3}]
    written = shell(script, "DELETE FROM lake.articles", tmp_path)
    assert written.returncode != 0
    assert "read-only" in written.stderr


def platform() -> str:
    with duckdb.connect() as connection:
        return str(connection.execute("PRAGMA platform").fetchall()[0][0])


def test_the_script_can_be_read_twice_in_one_session(stocked: warehouse.Location) -> None:
    with duckdb.connect() as connection:
        for _ in range(2):
            connection.execute(warehouse.attach_script(stocked, with_packaged_extensions=True))
        assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(3,)]


def test_each_relation_is_listed_once_and_found_by_its_bare_name_also_by_a_cursor(stocked: warehouse.Location) -> None:
    names = sorted(tables().keys() | {name for name, each in relations().items() if each.kind == "view"})
    with duckdb.connect() as elsewhere, warehouse.connect(stocked) as connection:
        elsewhere.execute(warehouse.attach_script(stocked, with_packaged_extensions=True))
        for session in (elsewhere, connection, connection.cursor()):
            assert [name for (name,) in session.execute("SHOW TABLES").fetchall()] == names
            for name in names:
                session.execute(f"FROM {name} LIMIT 0")


def test_the_greeting_names_every_relation_and_its_questions_can_be_asked(stocked: warehouse.Location) -> None:
    greeting = warehouse.greeting()
    assert [name for name in (*tables(), *relations()) if name not in greeting] == []
    with warehouse.connect(stocked) as connection:
        for question in QUESTIONS:
            assert question in greeting
            connection.execute(question).fetchall()


def test_an_export_is_read_by_others_with_every_row_of_every_relation(
    stocked: warehouse.Location, tmp_path: Path
) -> None:
    counts = warehouse.export(stocked, tmp_path / "out")
    assert set(counts) == tables().keys() | {n for n, each in relations().items() if each.kind == "view"}
    with warehouse.connect(stocked) as connection:
        assert counts == {n: connection.execute(f"SELECT count(*) FROM {n}").fetchall()[0][0] for n in counts}
    frame = pd.read_parquet(tmp_path / "out" / "articles")
    assert sorted(frame["article_uid"]) == ["a", "b", "c"]
    assert str(frame["published_at"].dt.tz) == "UTC"
    data = pyarrow.dataset.dataset(tmp_path / "out" / "articles", partitioning="hive")
    january = data.to_table(filter=pyarrow.dataset.field("year") == 2026)
    assert january.column("article_uid").to_pylist() == ["c"]
    assert json.loads((tmp_path / "out" / MARK).read_text())["rows"] == counts


@pytest.mark.parametrize("since", [None, date(2027, 1, 1)])
def test_an_empty_relation_is_read_by_others_as_one_with_its_columns(
    stocked: warehouse.Location, tmp_path: Path, since: date | None
) -> None:
    counts = warehouse.export(stocked, tmp_path / "out", since)
    empty = sorted(name for name, rows in counts.items() if not rows)
    assert {"rejects", "sidebars", "takedowns"} <= {*empty}
    assert ("articles" in empty) == (since is not None)
    with warehouse.connect(stocked) as connection:
        described = {name: [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()] for name in empty}
    for name, columns in described.items():
        directory = tmp_path / "out" / name
        for file in (directory, *directory.glob("*.parquet")):
            frame = pd.read_parquet(file)
            assert (len(frame), list(frame.columns)[: len(columns)]) == (0, columns)
        others = pl.scan_parquet(directory, hive_partitioning=True).collect()
        assert (others.height, others.columns[: len(columns)]) == (0, columns)
        with duckdb.connect() as connection:
            read = connection.sql(f"FROM read_parquet('{directory}/**/*.parquet', hive_partitioning = true)")
            assert (len(read), read.columns[: len(columns)]) == (0, columns)
            assert set(read.columns) - {*columns} <= {"year", "month"}


def test_an_export_since_a_day_has_only_what_is_newer(stocked: warehouse.Location, tmp_path: Path) -> None:
    counts = warehouse.export(stocked, tmp_path / "out", date(2026, 1, 1))
    assert (counts["articles"], counts["fetches"]) == (1, 0)


#: What tells of a moment, or of what is no article any more: these may name articles that are older.
SIGHTS = {"fetches", "findings", "sidebars", "trending", "takedowns", "urls"}


def test_in_an_export_since_a_day_what_belongs_to_articles_follows_them(empty_warehouse: Path, tmp_path: Path) -> None:
    location = copy_of(empty_warehouse, tmp_path / "home")
    run = a_run("run-1", ["a", "b", "c", "d"])
    # c is newer; d says nothing of when it was published, and was seen later.
    run["replaces"]["articles"] = pa.concat_tables(
        [warehouse_rows("a", "b", "c"), articles("run-1", ["d"], published_at=None, first_seen_at=at(24 * 40))]
    )
    run["replaces"]["urls"] = pa.concat_tables(
        [urls("run-1", ["a", "b"], discovered_at=at(24 * 50)), urls("run-1", ["c", "d"], discovered_at=at(0))]
    )
    run["replaces"] |= {
        "copies": rows("copies", *({"article_uid": uid, "canonical_uid": "a"} for uid in "bc")),
        "tagged": rows("tagged", *({"article_uid": uid} for uid in "abcd")),
        "stories": rows("stories", {"story_id": "a"}, {"story_id": "b"}),
        "story_members": rows(
            "story_members", *({"story_id": s, "article_uid": uid} for s, uid in ("aa", "ac", "bb", "ad"))
        ),
        "copy_articles": rows("copy_articles", *({"article_uid": u, "text_hash": n} for n, u in enumerate("abcd"))),
        "copy_texts": rows("copy_texts", *({"text_hash": n} for n in range(4))),
        "copy_pairs": rows(
            "copy_pairs", *({"text_hash": n, "other_hash": m} for n, m in ((0, 1), (1, 2), (2, 1), (2, 3)))
        ),
    }
    run["appends"] |= {
        "tags": rows("tags", *({"article_uid": uid} for uid in "abcd")),
        "search_postings": rows("search_postings", *({"article_uid": uid} for uid in "abcd")),
        "story_pairs": rows(
            "story_pairs", *({"article_uid": one, "other_uid": two} for one, two in ("ac", "ca", "cd", "dc"))
        ),
    }
    warehouse.publish(location, "run-1", **run, check=False)
    counts = warehouse.export(location, tmp_path / "out", date(2026, 1, 1))
    named = {}
    for name in counts:
        frame = pd.read_parquet(tmp_path / "out" / name)
        if name not in SIGHTS and "article_uid" in frame:
            named[name] = sorted(frame["article_uid"])
    assert {name: uids for name, uids in named.items() if not {*uids} <= {"c", "d"}} == {}
    for name in ("articles", "revisions", "tags", "tagged", "search_postings", "story_members", "story_pairs"):
        assert named[name] == ["c", "d"], name
    assert named["copies"] == ["c"]
    assert (tmp_path / "out" / "articles" / "year=2026" / "month=1").is_dir()  # d, by when it was first seen
    assert (tmp_path / "out" / "copy_articles" / "year=0" / "month=0").is_dir()
    read = {name: pd.read_parquet(tmp_path / "out" / name) for name in ("stories", "copy_texts", "copy_pairs", "urls")}
    assert list(read["stories"]["story_id"]) == ["a"]
    assert sorted(read["copy_texts"]["text_hash"]) == [2, 3]
    assert read["copy_pairs"][["text_hash", "other_hash"]].to_numpy().tolist() == [[2, 3]]
    assert sorted(read["urls"]["article_uid"]) == ["c", "d"]


def test_an_export_takes_the_place_of_an_earlier_one_and_of_one_that_was_killed(
    stocked: warehouse.Location, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    warehouse.export(stocked, out)
    (out / "articles" / "year=1999").mkdir()
    (tmp_path / ".out.growing" / "articles").mkdir(parents=True)
    warehouse.export(stocked, out)
    assert not (out / "articles" / "year=1999").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out"]


def test_a_second_export_to_a_place_leaves_the_first_alone(stocked: warehouse.Location, tmp_path: Path) -> None:
    def export_too() -> None:
        with pytest.raises(warehouse.WarehouseError, match=r"another export to .* is under way"):
            warehouse.export(stocked, tmp_path / "out")

    counts = warehouse.export(stocked, tmp_path / "out", on_begin=export_too)
    assert json.loads((tmp_path / "out" / MARK).read_text())["rows"] == counts
    assert warehouse.export(stocked, tmp_path / "out") == counts


def test_an_export_that_is_over_leaves_the_next_one_to_a_place_alone(
    stocked: warehouse.Location, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one begins as soon as the first has put its own into the place."""
    next_one, removed = tmp_path / ".out.growing", shutil.rmtree

    def remove(path: Path, **options: Any) -> None:
        removed(path, **options)
        if path.name == ".out.old" and (tmp_path / "out").exists():
            next_one.mkdir()
            (next_one / "begun").touch()

    monkeypatch.setattr(shutil, "rmtree", remove)
    warehouse.export(stocked, tmp_path / "out")
    assert (next_one / "begun").exists()


def test_an_export_killed_while_it_takes_the_place_leaves_the_earlier_one(
    stocked: warehouse.Location, tmp_path: Path
) -> None:
    def fail() -> None:
        raise OSError("no space left")

    counts = warehouse.export(stocked, tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / ".out.old")
    with pytest.raises(OSError, match="no space left"):
        warehouse.export(stocked, tmp_path / "out", on_begin=fail)
    assert json.loads((tmp_path / "out" / MARK).read_text())["rows"] == counts


def test_an_export_that_fails_leaves_nothing_beside_the_earlier_one(
    stocked: warehouse.Location, tmp_path: Path
) -> None:
    def fail() -> None:
        raise OSError("no space left")

    warehouse.export(stocked, tmp_path / "out")
    with pytest.raises(OSError, match="no space left"):
        warehouse.export(stocked, tmp_path / "out", on_begin=fail)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_an_export_does_not_write_over_what_is_not_its_own(stocked: warehouse.Location, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    inside = stocked.data_directory / "export"
    for target in (tmp_path, inside, stocked.data_directory, stocked.catalog_file.parent):
        with pytest.raises(warehouse.WarehouseError, match="cannot export"):
            warehouse.export(stocked, target)
    assert (tmp_path / "mine").read_text() == "precious"
    assert not inside.exists()
