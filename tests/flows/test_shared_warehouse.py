"""One warehouse for several machines, by settings alone: its catalog in PostgreSQL, its files and its archive in S3."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import duckdb
import pytest
from pyarrow import fs

import warehouse
from flows import asking, doctor, publishing, status
from flows.archive_store import (
    BucketFile,
    all_archived,
    archived_file,
    blank_in_archive,
    is_archived,
    move_into_archive,
)
from flows.errors import NotFound
from flows.landings import day_of
from flows.retention import expire_pages
from flows.settings import Settings
from spiders.archive import ArchiveWriter, read_page
from spiders.blanking import addresses_in
from spiders.errors import ArchiveError
from spiders.landing import LandingRun
from spiders.warc_records import Exchange
from tests.flows.crawled import copy_of
from tests.servers import Postgres, postgres, s3
from tests.warehouse.rows import a_run
from tests.warehouse.test_lake import ROOT, python
from tests.warehouse.test_ways_in import shell
from warehouse import query
from warehouse.lake import open_lake
from warehouse.postgres import put_together, taken_apart
from warehouse.transactions import insistently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.needs("PostgreSQL")

SECRETS = (Postgres.password, "a-secret/key")


class Shared(NamedTuple):
    location: warehouse.Location
    server: Postgres


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """An empty warehouse in PostgreSQL and S3; the password and the keys are in the environment."""
    log = tmp_path_factory.mktemp("s3") / "log"
    with pytest.MonkeyPatch.context() as patch, postgres() as server, s3("bucket", log) as variables:
        for name, value in {**variables, "PGPASSWORD": Postgres.password}.items():
            patch.setenv(name, value)
        server.run("postgres", "CREATE DATABASE lake")
        location = warehouse.Location(f"postgres:{server.address('lake')}", "s3://bucket/lake")
        warehouse.create(location)
        warehouse.create(location)
        yield Shared(location, server)


PUBLISH = """
import sys, warehouse
from tests.warehouse.rows import a_run
location, site = warehouse.Location(*sys.argv[1:3]), sys.argv[3]
print("ready", flush=True)
sys.stdin.readline()
for number in range(2):
    run_id = f"{site}-{number}"
    warehouse.publish(location, run_id, **a_run(run_id, [f"{run_id}-{n}" for n in range(5)], site=site))
"""


def test_two_processes_that_write_different_sites_at_once_lose_nothing(shared: Shared) -> None:
    before = count(shared.location, "runs")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", PUBLISH, *place(shared), site], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths()},
        )
        for site in ("north", "south")
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    answers = [writer.communicate("go\n", timeout=200) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], answers
    with warehouse.connect(shared.location) as connection:
        assert count(shared.location, "runs") == before + 4
        for table in ("articles", "revisions", "fetches"):
            sql = f"SELECT count(*) FROM {table} WHERE run_id LIKE 'north-%' OR run_id LIKE 'south-%'"
            assert connection.execute(sql).fetchall() == [(20,)]


HOLD = """
import sys, time, warehouse
with warehouse.publish_lock(warehouse.Location(*sys.argv[1:3])):
    print("ready", flush=True)
    time.sleep(600)
"""


def test_the_publish_lock_holds_across_processes_and_a_killed_holder_frees_it(shared: Shared) -> None:
    holder = python(HOLD, *place(shared))
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        with (
            pytest.raises(warehouse.CatalogBusy, match="another run is publishing"),
            warehouse.publish_lock(shared.location, timeout=0.3),
        ):
            pass
        holder.send_signal(signal.SIGKILL)
        began = time.monotonic()
        with warehouse.publish_lock(shared.location, timeout=30), warehouse.publish_lock(shared.location):
            assert time.monotonic() - began < 30
    finally:
        holder.kill()
        holder.communicate()


def test_a_run_is_published_read_and_its_page_shown_by_the_settings_alone(
    shared: Shared, crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, landing = copy_of(crawled, tmp_path)
    for name, value in {
        "WIREHOUSE_HOME": str(tmp_path),
        "WIREHOUSE_CATALOG": shared.location.catalog,
        "WIREHOUSE_DATA_PATH": shared.location.data_path,
        "WIREHOUSE_ARCHIVE_PATH": "s3://bucket/archive",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    where = publishing.location(settings)
    assert warehouse.Location.from_environment() == where
    run = LandingRun(landing)
    names = run.summary().warc_files
    local = {name: (run.warc_directory / name).read_bytes() for name in names}
    published = publishing.publish_landing(settings, run)
    assert published.counts["new"] > 0
    assert not landing.exists()
    with warehouse.connect(where) as connection:
        assert connection.execute("SELECT count(*) FROM articles WHERE run_id = ?", [run.run_id]).fetchall() == [
            (published.counts["new"],)
        ]
        (uid, name, offset) = connection.execute(
            "SELECT article_uid, archive_file, archive_offset FROM revisions WHERE run_id = ?"
            " ORDER BY archive_offset DESC LIMIT 1",
            [run.run_id],
        ).fetchall()[0]
    # Of the files, every byte is in the bucket and none on this machine.
    for each in names:
        file = archived_file(settings.archive_path, each)
        assert is_archived(file)
        with file.open("rb") as stored:
            assert stored.read() == local[each]
    assert not list(tmp_path.rglob("*.warc.gz"))
    assert not list(tmp_path.rglob("*.parquet"))
    assert asking.raw_page(uid, None) == read_page(archived_file(settings.archive_path, name), offset).body
    assert b"<html" in asking.raw_page(uid, None).lower()
    # And what looks after it finds it there.
    findings = {each.about: each for each in doctor.examine(settings) if each.about in {"data files", "archive"}}
    assert [each.is_well for each in findings.values()] == [True, True], findings
    sizes = status.look(settings).sizes
    assert min(sizes[each] for each in ("catalog_bytes", "lake_bytes", "archive_bytes")) > 0
    url = read_page(archived_file(settings.archive_path, name), offset).url
    assert blank_in_archive(archived_file(settings.archive_path, name), [url]) > 0
    with pytest.raises(ArchiveError):
        asking.raw_page(uid, None)
    retained = settings.model_copy(update={"archive_retention_days": 1})
    assert expire_pages(retained, datetime.now(UTC) + timedelta(days=9)) == len(names)
    assert not is_archived(archived_file(settings.archive_path, name))
    with pytest.raises(NotFound, match="no longer kept"):
        asking.raw_page(uid, None)


def test_an_upload_that_was_cut_short_is_made_again(shared: Shared, tmp_path: Path) -> None:
    source = tmp_path / "20260101T000000Z-s-0a1b2c-00000.warc.gz"
    target = archived_file("s3://bucket/archive/", source.name)
    assert str(target) == f"s3://bucket/archive/s/2026/01/{source.name}"
    assert not is_archived(target)
    source.write_bytes(b"whole" * 1000)
    assert isinstance(target, BucketFile)
    with s3_filesystem().open_output_stream(target.key) as half:
        half.write(b"half")
    move_into_archive(source, target)
    assert not source.exists()
    with target.open("rb") as stored:
        stored.seek(4995)
        assert stored.read() == b"whole"


def test_a_file_in_the_bucket_stays_whole_while_records_in_it_are_blanked(
    shared: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = ArchiveWriter(tmp_path, "20260102T000000Z-s-0a1b2c", software="a test")
    urls = [f"http://site.example/{number}" for number in range(2)]
    for url in urls:
        writer.write(Exchange(url, datetime.now(UTC), "GET", [], 200, [], b"<p>page</p>" * 50))
    writer.close()
    (source,) = tmp_path.glob("*.warc.gz")
    whole, target = source.read_bytes(), archived_file("s3://bucket/archive/", source.name)
    move_into_archive(source, target)

    def cut_short(local: str, key: str, **_: Any) -> None:
        with s3_filesystem().open_output_stream(key) as half:
            half.write(Path(local).read_bytes()[:100])
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr("pyarrow.fs.copy_files", cut_short)
        with pytest.raises(OSError, match="disk is gone"):
            blank_in_archive(target, [urls[0]])
    with target.open("rb") as stored:
        assert stored.read() == whole
    # What arrived in part goes with the run's pages: by its name it is of the run.
    (left,) = [each for each in all_archived("s3://bucket/archive/") if each.name.endswith("arriving.warc.gz")]
    assert str(day_of(left.name)) == "2026-01-02"
    assert blank_in_archive(target, [urls[0]]) > 0
    assert addresses_in(target) == {urls[1]}
    assert [each for each in all_archived("s3://bucket/archive/") if "arriving" in each.name] == []


def test_maintenance_keeps_rows_and_removes_files_from_the_bucket(shared: Shared) -> None:
    location = shared.location
    for number in range(2):
        warehouse.publish(location, f"kept-{number}", **a_run(f"kept-{number}", [f"{number}-kept"]))
    before = count(location, "articles"), count(location, "revisions"), count(location, "runs")
    there = files("bucket/lake")
    later = datetime.now(UTC) + timedelta(days=2)
    for _ in range(2):
        done = warehouse.maintain(location, timedelta(0), now=later)
    assert done.after.catalog_bytes > 0
    assert (count(location, "articles"), count(location, "revisions"), count(location, "runs")) == before
    assert not {name for name in there if "/articles/" in name} & files("bucket/lake")
    assert len(files("bucket/lake")) == done.after.files


def test_what_is_erased_leaves_the_database_too(shared: Shared) -> None:
    warehouse.publish(shared.location, "erased", **a_run("erased", ["!secret"]))
    least = (
        "SELECT count(*) FROM ducklake_table_column_stats AS s JOIN ducklake_table AS t USING (table_id)"
        " WHERE table_name = 'articles' AND min_value = '!secret'"
    )
    assert shared.server.run("lake", least) != "0"
    with warehouse.connect(shared.location, read_only=False) as writer:
        writer.execute("DELETE FROM lake.articles WHERE article_uid = '!secret'")
    warehouse.erase_deleted(shared.location)
    assert shared.server.run("lake", least) == "0"
    assert count(shared.location, "articles WHERE article_uid = '!secret'") == 0


def test_readers_with_no_more_than_select_read_and_cannot_write(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docs/warehouse.md says to set it up."""
    shared.server.run(
        "lake",
        "CREATE ROLE analyst LOGIN PASSWORD 'read only'",
        "GRANT CONNECT ON DATABASE lake TO analyst",
        "GRANT USAGE ON SCHEMA public TO analyst",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO analyst",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO analyst",
    )
    monkeypatch.setenv("PGPASSWORD", "read only")
    analyst = warehouse.Location(f"postgres:{shared.server.address('lake', 'analyst')}", shared.location.data_path)
    assert count(analyst, "runs") >= 0
    with pytest.raises(Exception, match=r"(?i)permission denied|read-only"):
        warehouse.publish(analyst, "theirs", **a_run("theirs", ["theirs"]))
    assert count(analyst, "runs WHERE run_id = 'theirs'") == 0


def test_the_shell_s_script_attaches_it_and_holds_no_secret(shared: Shared, tmp_path: Path) -> None:
    location = warehouse.Location(f"{shared.location.catalog} password='{Postgres.password}'", "s3://bucket/lake")
    script = tmp_path / "attach.sql"
    script.write_text(warehouse.attach_script(location, with_packaged_extensions=True))
    assert not any(secret in script.read_text() for secret in SECRETS)
    assert "credential_chain" in warehouse.attach_script(location)
    asked = shell(script, "SELECT count(*) AS n FROM runs", tmp_path, **{**os.environ, "http_proxy": ""})
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout.splitlines()[-1]) == [{"n": count(shared.location, "runs")}]


def test_the_guarded_session_reads_nothing_else_of_the_bucket(shared: Shared) -> None:
    with s3_filesystem().open_output_stream("bucket/other/secret.csv") as file:
        file.write(b"a\n1\n")
    with query.connect_guarded(shared.location) as connection:
        connection.execute("SELECT count(*) FROM articles").fetchall()
        for sql in ("FROM 's3://bucket/other/secret.csv'", "FROM read_text('s3://bucket/other/*')", "FROM glob('/*')"):
            with pytest.raises(Exception, match=r"(?i)disabled|does not exist"):
                connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("catalog", "says"),
    [
        ("postgres:host=127.0.0.1 port=1 dbname=lake password='secret/of it'", "Connection refused"),
        ("postgres://wirehouse:secret%2Fof%20it@127.0.0.1:1/lake", "Connection refused"),
    ],
)
def test_a_server_that_does_not_answer_is_named_without_its_password(
    shared: Shared, catalog: str, says: str, tmp_path: Path
) -> None:
    location = warehouse.Location(catalog, str(tmp_path))
    for attempt in (warehouse.connect, warehouse.create):
        with pytest.raises(warehouse.WarehouseError, match=says) as failed:
            attempt(location)
        assert not isinstance(failed.value, warehouse.WarehouseMissing)
        assert "secret" not in f"{told(failed.value)} {location!r} {location}"


def told(error: BaseException) -> str:
    """All that a traceback tells of an error."""
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "form", ["postgres:{address} password='{password}'", "postgres://wirehouse:{quoted}@127.0.0.1:{port}/{database}"]
)
def test_a_server_that_goes_away_is_named_without_its_password(
    shared: Shared, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("PGPASSWORD")
    # As if the catalog were locked: it is tried again, and each try is logged.
    monkeypatch.setattr("warehouse.transactions.is_contention", lambda message: "Unable to connect" in message)
    monkeypatch.setattr("warehouse.transactions._ATTEMPTS", 3)
    database, server = f"gone_{len(form)}", shared.server
    server.run("postgres", f"CREATE DATABASE {database}")
    password = Postgres.password
    parts = {"address": server.address(database), "port": server.port, "database": database}
    catalog = form.format(**parts, password=password, quoted=quote(password, safe=""))
    location = warehouse.Location(catalog, str(tmp_path / "lake"))
    warehouse.create(location)
    with (
        warehouse.connect(location) as reader,
        query.connect_guarded(location) as guarded,
        open_lake(location, read_only=False) as writer,
        warehouse.publish_lock(location),
    ):
        warehouse.publish(location, "here", **a_run("here", ["here"]))
        for each in (reader, guarded):
            assert each.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]
        for session in (reader, guarded, writer):
            known = str(session.execute("FROM duckdb_databases()").fetchall())
            assert database in known
            assert password not in known + str(session.execute("FROM duckdb_secrets()").fetchall())
        cut_off(server, database)
        attempts: list[Callable[[], object]] = [
            lambda: reader.execute("SELECT count(*) FROM articles"),
            lambda: guarded.execute("SELECT count(*) FROM articles"),
            lambda: insistently("a run", lambda: writer.execute("SELECT count(*) FROM lake.articles")),
            lambda: warehouse.publish(location, "gone", **a_run("gone", ["gone"])),
            lambda: warehouse.connect(location),
            lambda: warehouse.create(location),
        ]
        for attempt in attempts:
            with pytest.raises((duckdb.Error, warehouse.WarehouseError), match=database) as failed:
                attempt()
            assert password not in told(failed.value)
    assert "attempt 2 failed" in caplog.text
    assert password not in caplog.text


LOSE = """
import duckdb, sys, warehouse
location = warehouse.Location(*sys.argv[1:3])
try:
    with warehouse.publish_lock(location), warehouse.at_one_moment(location) as connection:
        print("ready", flush=True)
        sys.stdin.readline()
        connection.execute("FROM runs").fetchall()
except duckdb.Error:
    print("an error")
"""


def test_a_server_that_goes_away_is_an_error_and_not_the_end_of_the_process(shared: Shared, tmp_path: Path) -> None:
    shared.server.run("postgres", "CREATE DATABASE going")
    location = warehouse.Location(f"postgres:{shared.server.address('going')}", str(tmp_path / "lake"))
    warehouse.create(location)
    session = subprocess.Popen(
        [sys.executable, "-c", LOSE, location.catalog, location.data_path], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths()},
    )  # fmt: skip
    assert session.stdout is not None
    assert session.stdout.readline() == "ready\n"
    cut_off(shared.server, "going")
    out, err = session.communicate("go\n", timeout=60)
    assert (session.returncode, out) == (0, "an error\n"), err


def cut_off(server: Postgres, database: str) -> None:
    """As if the server went away, for those who are or would be connected to this database."""
    server.run(
        "postgres",
        f"ALTER DATABASE {database} ALLOW_CONNECTIONS false",
        f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}'",
    )


def test_a_wrong_password_and_an_empty_database_are_told_apart(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.server.run("postgres", "CREATE DATABASE nothing")
    location = warehouse.Location(f"postgres:{shared.server.address('nothing')}", "s3://bucket/nothing")
    with pytest.raises(warehouse.WarehouseMissing, match="wirehouse ingest"):
        warehouse.connect(location)
    monkeypatch.setenv("PGPASSWORD", "wrong")
    with pytest.raises(warehouse.WarehouseError, match="password authentication failed") as failed:
        warehouse.connect(location)
    assert not isinstance(failed.value, warehouse.WarehouseMissing)


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("host=h password=x dbname=d", {"host": "h", "password": "x", "dbname": "d"}),
        (r"host=h password = 'a b\'c\\' dbname=d", {"host": "h", "password": "a b'c\\", "dbname": "d"}),
        (r"password=a\ b dbname=password options=''", {"password": "a b", "dbname": "password", "options": ""}),
        ("postgres://u:p%40@h:1/d", {"host": "h", "port": "1", "dbname": "d", "user": "u", "password": "p@"}),
        ("postgresql://h/d?password=x&user=u", {"host": "h", "dbname": "d", "password": "x", "user": "u"}),
        ("postgres://[::1]:1,b:2/d?ssl=true", {"host": "::1,b", "port": "1,2", "dbname": "d", "sslmode": "require"}),
        ("postgres://%2Fvar%2Frun/d", {"host": "/var/run", "dbname": "d"}),
    ],
)
def test_a_connection_string_is_taken_apart_as_libpq_does(text: str, parameters: dict[str, str]) -> None:
    assert taken_apart(text) == parameters
    assert taken_apart(put_together(parameters)) == parameters


@pytest.mark.parametrize(
    "catalog",
    [
        "postgres:host=h password='secret of it",
        "postgres:host=h password=secret secret",
        "postgres://u:secret/secret@h/d",
        "postgres://u:1/secret@h/d",
        "postgres://u:sec@secret@h/d",
        "host=h password=secret",
        "mysql://u:secret@h/d",
        "postgres:host=h sslpassword=secret",
        "postgres://h/d?sslpassword=secret&sslmode=require",
    ],
)
def test_a_catalog_that_cannot_be_read_is_refused_without_its_password(catalog: str, tmp_path: Path) -> None:
    location = warehouse.Location(catalog, str(tmp_path))
    with pytest.raises(warehouse.WarehouseError, match=r"cannot be read|not of a kind|service file") as failed:
        warehouse.connect(location)
    assert "secret" not in f"{told(failed.value)} {location!r} {location}"


def test_every_secret_that_duckdb_would_show_is_named(tmp_path: Path) -> None:
    location = warehouse.Location("postgres:host=h oauth_client_secret=hidden sslpassword=hidden", str(tmp_path))
    with pytest.raises(warehouse.WarehouseError, match="oauth_client_secret and sslpassword") as failed:
        warehouse.connect(location)
    assert "hidden" not in f"{told(failed.value)} {location!r} {location}"


def place(shared: Shared) -> tuple[str, str]:
    return shared.location.catalog, shared.location.data_path


def paths() -> str:
    return os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


def count(location: warehouse.Location, what: str) -> int:
    with warehouse.connect(location) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {what}").fetchall()[0][0])


def s3_filesystem() -> fs.S3FileSystem:
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    return fs.S3FileSystem(endpoint_override=endpoint.removeprefix("http://"), scheme="http", region="us-east-1")


def files(prefix: str) -> set[str]:
    selector = fs.FileSelector(prefix, recursive=True)
    return {each.path for each in s3_filesystem().get_file_info(selector) if each.path.endswith(".parquet")}
