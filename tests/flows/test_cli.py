"""The command line: what is wrong is said in one line, at once, with the exit status that was promised."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flows.demo import NEXT
from flows.publishing import publish_landing
from spiders.landing import LandingRun
from tests.flows.crawled import copy_of
from tests.flows.warehouse_dump import environment

if TYPE_CHECKING:
    from pathlib import Path


def wirehouse(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments],
        env=environment(home) | variables, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, crawled: Path) -> Path:
    """A home with a published run."""
    settings, landing = copy_of(crawled, tmp_path_factory.mktemp("filled"))
    publish_landing(settings, LandingRun(landing))
    return settings.home


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["ingest", "--site", "nosuch"], 1, "nosuch"),
        (["ingest", "--site", "devdiscourse", "--since", "soon"], 1, "soon"),
        (["ingest", "--site", "devdiscourse", "--base-url", "not an address"], 2, "not an address"),
        (["ingest"], 2, "--site"),
        (["sql", "SELECT 1"], 1, "no warehouse"),
        (["sql", "DROP TABLE articles"], 1, "refused"),
        (["sql", "SELECT 1", "--format", "xml"], 2, "xml"),
        (["sql", "SELECT 1", "--out", "/no/such/place/x.csv"], 2, "/no/such/place"),
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
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, arguments: list[str], status: int, says: str) -> None:
    answer = wirehouse(tmp_path, *arguments)
    assert answer.returncode == status, answer.stderr
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
    if status == 1:
        assert answer.stderr.count("\n") == 1


def test_a_user_agent_that_sites_take_for_a_bot_is_refused(tmp_path: Path) -> None:
    answer = wirehouse(tmp_path, "ingest", "--site", "devdiscourse", WIREHOUSE_USER_AGENT="mybot/1")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "another page" in answer.stderr


def test_a_site_that_is_not_there_fails_the_run_in_one_line(tmp_path: Path, prefect_api: dict[str, str]) -> None:
    answer = wirehouse(tmp_path, "ingest", "--site", "devdiscourse", "--base-url", "http://127.0.0.1:9", **prefect_api)
    assert answer.returncode == 1
    assert "none of the doors" in answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.stderr


def test_every_command_the_demo_suggests_works(filled: Path, tmp_path: Path) -> None:
    for command in NEXT:
        arguments = shlex.split(command)[1:]
        if "--out" in arguments:
            arguments[-1] = str(tmp_path / arguments[-1])
        answer = wirehouse(filled, *arguments)
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout or (tmp_path / "articles.parquet").stat().st_size > 1000


def test_the_archived_page_comes_out_as_it_was_sent(filled: Path) -> None:
    (row,) = json.loads(
        wirehouse(filled, "sql", "SELECT min(article_uid) AS uid FROM articles", "--format", "json").stdout
    )
    uid = row["uid"]
    page = wirehouse(filled, "raw", uid)
    assert page.returncode == 0
    assert "<html" in page.stdout.lower()
    assert wirehouse(filled, "raw", uid, "--revision", "99").returncode == 1


def test_maintenance_says_what_it_did_and_the_answers_stay(filled: Path) -> None:
    question = ["sql", "SELECT count(*) AS n FROM articles JOIN revisions USING (article_uid)", "--format", "json"]
    before = wirehouse(filled, *question).stdout
    done = wirehouse(filled, "maintain")
    assert done.returncode == 0, done.stderr
    assert "The newest snapshot: " in done.stderr
    assert wirehouse(filled, *question).stdout == before


def test_the_shell_greets_and_answers(filled: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "flows.cli", "shell"], input="SELECT 'articles: ' || count(*) FROM articles;\n",
        env=environment(filled), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "FROM dictionary;" in answer.stdout
    assert "articles: " in answer.stdout


def test_an_export_and_the_attaching_script_are_written(filled: Path, tmp_path: Path) -> None:
    done = wirehouse(filled, "export", "--to", str(tmp_path / "plain"))
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "plain" / "articles").rglob("*.parquet"))
    assert wirehouse(filled, "shell", "--write", str(tmp_path / "attach.sql")).returncode == 0
    assert "READ_ONLY" in (tmp_path / "attach.sql").read_text()


def test_formulas_are_kept_on_request_only(filled: Path) -> None:
    question = ["sql", "SELECT '=1+1' AS cell", "--format", "csv"]
    assert wirehouse(filled, *question).stdout == '"cell"\n"\'=1+1"\n'
    assert wirehouse(filled, *question, "--formulas").stdout == '"cell"\n"=1+1"\n'
