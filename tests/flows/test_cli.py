"""The command line: what is wrong is said in one line, at once, with the exit status that was promised."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest

from flows.cli import main
from flows.demo import NEXT
from flows.errors import CannotBeDone, SettingsError
from flows.settings import Settings, read_settings
from flows.verbs.backfill import ending
from tests.flows.warehouse_dump import environment


class Answer(NamedTuple):
    status: int
    stdout: str
    stderr: str


Wirehouse = Callable[..., Answer]


@pytest.fixture
def wirehouse(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Wirehouse]:
    """The command line over a home, in this process: a process of its own takes a second to say as much."""
    handlers = list(logging.getLogger().handlers)

    def run(home: Path, *arguments: str) -> Answer:
        monkeypatch.setenv("WIREHOUSE_HOME", str(home))
        capfd.readouterr()
        with pytest.raises(SystemExit) as ending:
            main(list(arguments))
        said = capfd.readouterr()
        return Answer(int(ending.value.code or 0), said.out, said.err)

    yield run
    logging.getLogger().handlers[:] = handlers


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Path:
    """A home with a published run."""
    return shutil.copytree(published, tmp_path_factory.mktemp("filled"), dirs_exist_ok=True)


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["ingest", "--site", "nosuch"], 2, "there is no site 'nosuch'; there are devdiscourse"),
        (["ingest", "--site", "devdiscourse", "--since", "soon"], 2, "soon"),
        (["backfill", "--site", "nosuch", "--ids", "1-2"], 2, "nosuch"),
        (["backfill", "--site", "devdiscourse", "--ids", "foo"], 2, "no range of ids"),
        (["backfill", "--site", "devdiscourse", "--ids", "10-1"], 2, "upward"),
        (["backfill", "--site", "harbourledger", "--ids", "1-10"], 2, "not numbered"),
        (["backfill", "--site", "devdiscourse", "--warc", "/no/such/*.gz"], 2, "no file is named"),
        (["backfill", "--site", "devdiscourse", "--start", "2025-12-02", "--end", "2025-12-01"], 2, "after the last"),
        (["backfill", "--site", "devdiscourse", "--start", "2999-12-02"], 2, "still to come"),
        (["replay", "--site", "nosuch"], 2, "nosuch"),
        (["replay", "--start", "2025-12-02", "--end", "2025-12-01"], 2, "after the last"),
        (["replay"], 1, "no warehouse"),
        (["ingest", "--site", "devdiscourse", "--base-url", "not an address"], 2, "not an address"),
        (["ingest"], 2, "--site"),
        (["sql", "SELECT 1"], 1, "no warehouse"),
        (["sql", "DROP TABLE articles"], 1, "refused"),
        (["sql", "SELECT 1", "--format", "xml"], 2, "xml"),
        (["sql", "SELECT 1", "--out", "/no/such/place/x.csv"], 2, "/no/such/place"),
        (["sql", "SELECT 1", "--out", "x.xlsx"], 2, "x.xlsx does not say the format"),
        (["sql", "SELECT 1", "--out", "x"], 2, ".parquet"),
        (["sql"], 2, "--file"),
        (["sql", "SELECT 1", "--file", __file__], 2, "one query"),
        (["sql", "--file", "/no/such/query.sql"], 2, "/no/such/query.sql"),
        (["sql", "--fromat", "csv", "SELECT 1"], 2, "--fromat"),
        (["shell", "--write", "/no/such/place/x.sql"], 2, "there is no directory /no/such/place"),
        (["raw", "devdiscourse:1"], 1, "no warehouse"),
        (["maintain"], 1, "no warehouse"),
        (["snapshot", "report"], 1, "no warehouse"),
        (["sql", "SELECT 1", "--snapshot", "report"], 1, "no warehouse"),
        (["shell"], 1, "no warehouse"),
        (["export"], 2, "--to"),
        (["export", "--to", "x", "--since", "soon"], 2, "soon"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    wirehouse: Wirehouse, tmp_path: Path, arguments: list[str], status: int, says: str
) -> None:
    answer = wirehouse(tmp_path, *arguments)
    assert answer.status == status, answer.stderr
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
    if status == 1:
        assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        "reindex",
        "reindex --dry-run",
        "retag",
        "retag --dry-run",
        "takedown devdiscourse:1 --reason test --yes",
        "takedown ../evil:1 --reason test --yes",
        "upgrade",
    ],
)
def test_what_needs_a_warehouse_makes_none_where_there_is_none(
    wirehouse: Wirehouse, tmp_path: Path, command: str
) -> None:
    answer = wirehouse(tmp_path / "nowhere", *command.split())
    assert answer.status == 1, answer.stderr
    assert "no warehouse at" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        (["--ids", "3725000-3725099"], 0, "100 addresses to ask for"),
        (["--urls", "list.txt"], 0, "1 addresses to ask for"),
        (["--warc", "bad.warc.gz"], 1, "0 of 0 pages to import"),
        (["--start", "2025-12-04", "--end", "2025-12-05"], 1, "run `wirehouse ingest --site devdiscourse` first"),
    ],
)
def test_a_dry_run_in_a_new_home_plans_from_nothing_and_writes_nothing(
    wirehouse: Wirehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[str], status: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("https://www.devdiscourse.com/article/law-order/3727119-a-title\n")
    (tmp_path / "bad.warc.gz").write_bytes(b"no record")
    answer = wirehouse(tmp_path / "new", "backfill", "--site", "devdiscourse", *asked, "--dry-run")
    assert answer.status == status, answer.stderr
    assert says in answer.stdout + answer.stderr
    assert not (tmp_path / "new").exists()


def test_a_dry_run_over_files_that_cannot_be_read_names_them_and_fails(
    wirehouse: Wirehouse, filled: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.warc.gz").write_bytes(bytes(range(256)) * 12)
    own = str(filled / "archive" / "**" / "*.warc.gz")
    asked = ["backfill", "--site", "devdiscourse", "--dry-run", "--warc", own]
    whole = wirehouse(filled, *asked)
    assert (whole.status, whole.stderr) == (0, "")
    answer = wirehouse(filled, *asked, "--warc", str(tmp_path / "bad.warc.gz"))
    assert answer.status == 1
    assert f"not every file was read to its end: {tmp_path / 'bad.warc.gz'} holds no WARC record" in answer.stderr
    assert "1 files that are no WARC files" in answer.stdout


def test_a_backfill_ends_with_what_it_did_not_read() -> None:
    done = {"reason": None, "runs": [], "not_read": ["a.warc.gz cannot be read: Permission denied"]}
    assert "all of it" not in ending(done)
    assert "all of it" in ending({**done, "not_read": []})


def test_a_server_that_does_not_answer_is_named_with_what_to_do(tmp_path: Path) -> None:
    nobody = {"PREFECT_API_URL": "http://user:secret@127.0.0.1:9/api", "PREFECT_HOME": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-m", "flows.cli", "ingest", "--site", "devdiscourse"],
        env=environment(tmp_path) | nobody, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert line.startswith("wirehouse: Prefect's server at http://127.0.0.1:9/api does not answer (")
    assert "prefect server start --background`, or unset PREFECT_API_URL" in line


def test_a_user_agent_that_sites_take_for_a_bot_is_refused(
    wirehouse: Wirehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WIREHOUSE_USER_AGENT", "mybot/1")
    answer = wirehouse(tmp_path, "ingest", "--site", "devdiscourse")
    assert (answer.status, answer.stderr.count("\n")) == (1, 1)
    assert "another page" in answer.stderr


def test_settings_show_no_password_of_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREHOUSE_CATALOG", "postgres:host=h password=secret")
    assert "secret" not in repr(read_settings())
    monkeypatch.setenv("WIREHOUSE_USER_AGENT", "mybot/1")
    with pytest.raises(SettingsError) as failed:
        read_settings()
    assert "secret" not in "".join(traceback.format_exception(failed.value))


def test_paths_of_the_settings_mean_the_same_in_every_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    places = {"catalog": "sqlite:c.sqlite", "data_path": "lake/", "archive_path": "~/archive"}
    read = Settings(home=Path("h"), **places)
    assert (read.home, read.catalog) == (tmp_path / "h", f"sqlite:{tmp_path}/c.sqlite")
    assert (read.data_path, read.archive_path) == (f"{tmp_path}/lake/", f"{tmp_path}/person/archive")
    elsewhere = {"catalog": "postgres:dbname=a", "data_path": "s3://bucket/lake", "archive_path": "s3://bucket/a/"}
    assert Settings(**elsewhere).model_dump(include={*elsewhere}) == elsewhere
    for catalog in ("sqlite:", "postgresql://host/a", "nonsense"):
        assert Settings(catalog=catalog).catalog == catalog


def test_every_command_the_demo_suggests_works(wirehouse: Wirehouse, filled: Path, tmp_path: Path) -> None:
    for command in NEXT:
        arguments = shlex.split(command)[1:]
        if "--out" in arguments:
            arguments[-1] = str(tmp_path / arguments[-1])
        answer = wirehouse(filled, *arguments)
        assert answer.status == 0, answer.stderr
        assert answer.stdout or (tmp_path / "articles.parquet").stat().st_size > 1000


def test_the_archived_page_comes_out_as_it_was_sent(wirehouse: Wirehouse, filled: Path) -> None:
    (row,) = json.loads(
        wirehouse(filled, "sql", "SELECT min(article_uid) AS uid FROM articles", "--format", "json").stdout
    )
    uid = row["uid"]
    page = wirehouse(filled, "raw", uid)
    assert page.status == 0
    assert "<html" in page.stdout.lower()
    unknown = wirehouse(filled, "raw", uid, "--revision", "99")
    assert (unknown.status, f"the warehouse has no revision 99 of {uid}, only 1" in unknown.stderr) == (1, True)


def test_maintenance_says_what_it_did_and_the_answers_stay(wirehouse: Wirehouse, filled: Path) -> None:
    question = ["sql", "SELECT count(*) AS n FROM articles JOIN revisions USING (article_uid)", "--format", "json"]
    before = wirehouse(filled, *question).stdout
    done = wirehouse(filled, "maintain")
    assert done.status == 0, done.stderr
    assert "The newest snapshot: " in done.stderr
    assert wirehouse(filled, *question).stdout == before


def test_the_shell_answers_a_script_without_a_greeting(filled: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "flows.cli", "shell"], input=".mode csv\nSELECT count(*) > 0 AS any FROM articles;\n",
        env=environment(filled), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["any", "true"]


def test_the_shell_greets_a_person_and_leaves_ctrl_c_to_the_session(filled: Path) -> None:
    ours, theirs = pty.openpty()
    plain = environment(filled) | {"TERM": "dumb"}  # the shell reads lines as they are
    with subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "shell"], env=plain, start_new_session=True,
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as shell:  # fmt: skip
        said = ""
        while "FROM dictionary;" not in said and (line := shell.stdout.readline() if shell.stdout else ""):
            said += line
        os.killpg(shell.pid, signal.SIGINT)
        time.sleep(0.5)  # more than subprocess gives a program that was interrupted
        os.write(ours, b"SELECT 'articles: ' || count(*) FROM articles;\n.exit\n")
        rest, _ = shell.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert "FROM dictionary;" in said
    assert "articles: " in rest
    assert shell.returncode == 0


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("x.csv", lambda path: path.read_text() == '"n"\n1\n'),
        ("x.JSON", lambda path: json.loads(path.read_text()) == [{"n": 1}]),
        ("x.ndjson", lambda path: json.loads(path.read_text()) == {"n": 1}),
        ("x.parquet", lambda path: pq.read_table(path).to_pylist() == [{"n": 1}]),
        ("x.txt", lambda path: "(1 row)" in path.read_text()),
    ],
)
def test_the_ending_of_a_file_says_its_format(
    wirehouse: Wirehouse, filled: Path, tmp_path: Path, name: str, reads: Callable[[Path], bool]
) -> None:
    assert wirehouse(filled, "sql", "SELECT 1 AS n", "--out", str(tmp_path / name)).status == 0
    assert reads(tmp_path / name)
    assert wirehouse(filled, "sql", "SELECT 1 AS n", "--out", str(tmp_path / name), "--format", "csv").status == 0
    assert (tmp_path / name).read_text() == '"n"\n1\n'


def test_a_question_may_begin_with_a_comment_and_come_from_a_file(
    wirehouse: Wirehouse, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "-- how many = n?\nSELECT 1 AS n -- one\n"
    (tmp_path / "asked.sql").write_text(asked, encoding="utf-8-sig")
    for question in (asked, "--out of habit\nSELECT 1 AS n", "/* all */ SELECT 1 AS n"):
        assert wirehouse(filled, "sql", question, "--format", "csv").stdout == '"n"\n1\n'
    assert wirehouse(filled, "sql", "--file", str(tmp_path / "asked.sql"), "--format=csv").stdout == '"n"\n1\n'
    for arguments in (["-"], ["--file", "-"]):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((tmp_path / "asked.sql").read_bytes())))
        answer = wirehouse(filled, "sql", *arguments, "--format", "csv")
        assert (answer.stdout, answer.stderr) == ('"n"\n1\n', "")


def test_a_caret_stays_below_what_it_points_at(wirehouse: Wirehouse, filled: Path) -> None:
    for question, at in (("SELECT titel FROM articles", "titel"), ("SELECT a FORM articles x", "articles")):
        lines = wirehouse(filled, "sql", question).stderr.splitlines()
        assert re.match(r"wirehouse: (cannot be parsed: Parser|Binder) Error: ", lines[0])
        place = next(i for i, line in enumerate(lines) if line.strip() == "^")
        assert lines[place - 1].startswith("LINE 1: ")
        assert lines[place - 1][lines[place].index("^") :].startswith(at)


def test_a_snapshot_that_is_not_there_is_named_and_so_are_those_that_are(wirehouse: Wirehouse, filled: Path) -> None:
    for name in ("0", "99999", "nosuch"):
        answer = wirehouse(filled, "sql", "SELECT 1", "--snapshot", name)
        assert answer.status == 1
        assert f"no snapshot {name}" in answer.stderr
        assert "There are snapshots from 1 to " in answer.stderr
        assert "wirehouse ingest" not in answer.stderr


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "free space"),
        (errno.EACCES, "permissions"),
        (errno.ENOENT, "see that it is there"),
        (errno.EIO, None),
    ],
)
def test_what_the_system_refuses_comes_with_advice_that_fits(
    wirehouse: Wirehouse, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, advice: str | None
) -> None:
    def fails(*_: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "x.sql"))

    monkeypatch.setattr("flows.shell.write_script", fails)
    answer = wirehouse(filled, "shell", "--write", str(tmp_path / "x.sql"))
    assert answer.status == 1
    said = [each for each in ("free space", "permissions", "see that it is there") if each in answer.stderr]
    assert said == ([advice] if advice else [])
    assert str(tmp_path / "x.sql") in answer.stderr


def test_an_export_and_the_attaching_script_are_written(wirehouse: Wirehouse, filled: Path, tmp_path: Path) -> None:
    done = wirehouse(filled, "export", "--to", str(tmp_path / "plain"))
    assert done.status == 0, done.stderr
    assert list((tmp_path / "plain" / "articles").rglob("*.parquet"))
    assert wirehouse(filled, "shell", "--write", str(tmp_path / "attach.sql")).status == 0
    assert "READ_ONLY" in (tmp_path / "attach.sql").read_text()


def test_a_question_waits_for_no_package_that_takes_long_to_import(filled: Path) -> None:
    script = (
        "import sys; from flows.asking import ask; ask('SELECT count(*) FROM articles', form='csv', out=None);"
        "print(sorted({'pandas', 'prefect', 'scrapy', 'transforms'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment(filled), capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.splitlines()[-1] == "[]"


def test_formulas_are_kept_on_request_only(wirehouse: Wirehouse, filled: Path) -> None:
    question = ["sql", "SELECT '=1+1' AS cell", "--format", "csv"]
    assert wirehouse(filled, *question).stdout == '"cell"\n"\'=1+1"\n'
    assert wirehouse(filled, *question, "--formulas").stdout == '"cell"\n"=1+1"\n'


def test_what_fails_in_the_replay_of_each_site_is_said_once(
    wirehouse: Wirehouse, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_settings: object, site: str, *_: object) -> None:
        raise CannotBeDone(f"{site} cannot be read")

    monkeypatch.setattr("flows.replaying.read_again", fails)
    first, last = wirehouse(filled, "replay").stderr.splitlines()
    assert first == "The replay of devdiscourse failed: devdiscourse cannot be read"
    assert last.startswith("wirehouse: harbourledger cannot be read. That was the replay of harbourledger (")
