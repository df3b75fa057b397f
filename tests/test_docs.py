"""What README.md, CONTRIBUTING.md and docs/ show is true: their SQL, commands and Python work, their files are there.

A fenced block that cannot run here is preceded by a line `<!-- not run: the reason -->`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
import yaml

import warehouse
from flows.cli import cli
from tests.answers import QUESTIONS, answered, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
#: Languages of blocks that are run, and of blocks that only show something.
RUN = {"sql", "sh", "python"}
SHOWN = {"", "text", "json", "toml", "yaml", "html"}
#: Verbs that change nothing, so that their examples are run as they stand; of others the arguments are read.
READING_VERBS = {"sql", "raw", "status"}

EXCUSE = re.compile(r"<!-- not run: .*\w.* -->")
PATH = re.compile(r"`((?:benchmarks|docs|flows|spiders|tests|tools|transforms|warehouse)/[\w./-]*)`")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` counts from 1 and is that of its first fence."""

    file: str
    line: int
    language: str
    text: str
    is_excused: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.language}"


def blocks(path: Path) -> Iterator[Block]:
    lines = path.read_text().splitlines()
    number = 0
    while number < len(lines):
        fence = re.match(r"\s*```\s*(\S*)", lines[number])
        if fence:
            end = next(each for each in range(number + 1, len(lines)) if lines[each].strip() == "```")
            before = next((line for line in reversed(lines[:number]) if line.strip()), "")
            text = textwrap.dedent("\n".join(lines[number + 1 : end]))
            yield Block(path.name, number + 1, fence[1], text, bool(EXCUSE.search(before)))
            number = end
        number += 1


BLOCKS = [block for path in DOCS if path.exists() for block in blocks(path)]


def commands(text: str) -> Iterator[list[str]]:
    """The simple commands of a shell text: pipes and lists taken apart, assignments and comments left out."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        command: list[str] = []
        for token in [*lexer, ";"]:
            if token and set(token) <= set("|&;<>()"):
                if command:
                    yield command
                command = []
            elif command or not re.fullmatch(r"[A-Za-z_]\w*=.*", token, re.DOTALL):
                command.append(token)


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "WIREHOUSE_HOME": str(home)}


def check_wirehouse(arguments: list[str], home: Callable[[], Path], directory: Path) -> None:
    verb, *rest = arguments
    if verb.startswith("-"):
        assert not rest, f"wirehouse {verb}: what follows is not checked"
        return
    assert verb in cli.commands, f"there is no `wirehouse {verb}`"
    if {"-h", "--help"} & set(rest):
        return
    cli.commands[verb].make_context(verb, list(rest))
    if verb in READING_VERBS:
        program = str(Path(sys.executable).with_name("wirehouse"))
        answer = subprocess.run(
            [program, *arguments], env=environment(home()), cwd=directory, capture_output=True, check=False, timeout=120
        )
        assert answer.returncode == 0, answer.stderr.decode()


def check_command(command: list[str], home: Callable[[], Path], directory: Path) -> None:
    match command:
        case ["wirehouse", *arguments]:
            check_wirehouse(arguments or ["--help"], home, directory)
        case ["make", *arguments]:
            targets = [each for each in arguments if "=" not in each]
            subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, check=True, capture_output=True)
        case ["prefect", "deployment", "run", name, *_]:
            declared = yaml.safe_load((ROOT / "prefect.yaml").read_text())
            assert name.partition("/")[2] in [each["name"] for each in declared["deployments"]]


def check_sql(text: str, connection: duckdb.DuckDBPyConnection) -> None:
    for statement in duckdb.extract_statements(text):
        warehouse.query.check(statement.query)
        connection.execute(statement.query).fetchall()


@pytest.fixture(scope="module")
def reader(demo_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """One reader of the demo's warehouse: opening one takes longer than most questions."""
    with connect(demo_home) as connection:
        yield connection


@pytest.mark.parametrize("block", [each for each in BLOCKS if each.language in RUN and not each.is_excused], ids=str)
def test_a_block_in_the_docs_works(block: Block, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    def home() -> Path:
        return request.getfixturevalue("demo_home")  # only for the blocks that look into a warehouse

    if block.language == "sql":
        check_sql(block.text, request.getfixturevalue("reader"))
    elif block.language == "sh":
        for command in commands(block.text):
            check_command(command, home, tmp_path)
    else:
        environ = environment(home())
        subprocess.run([sys.executable, "-c", block.text], env=environ, cwd=tmp_path, check=True, timeout=120)


def test_the_questions_have_the_answers_that_the_demo_gives(reader: duckdb.DuckDBPyConnection) -> None:
    text = QUESTIONS.read_text()
    assert text.count("\n### ") >= 20
    assert answered(text, reader) == text, "python -m tests.answers HOME writes them anew"


def test_every_block_in_the_docs_is_of_a_language_that_is_looked_at() -> None:
    assert [str(each) for each in BLOCKS if each.language not in RUN | SHOWN] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_files_that_the_docs_name_are_there(path: Path) -> None:
    text = path.read_text()
    named = [ROOT / each for each in PATH.findall(text)] + [path.parent / each for each in LINK.findall(text)]
    assert [str(each.relative_to(ROOT)) for each in named if not each.exists()] == []


def test_shell_text_is_taken_apart_into_commands() -> None:
    text = "A=1 wirehouse sql 'a | b' \\\n --format csv | head  # why\nmake demo && wirehouse status > out.txt"
    assert list(commands(text)) == [
        ["wirehouse", "sql", "a | b", "--format", "csv"],
        ["head"],
        ["make", "demo"],
        ["wirehouse", "status"],
        ["out.txt"],
    ]
