"""What is printed for a person: as it is, and in lines that a log can be searched by."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

import flows
from flows.printing import open_console, say, show_table
from flows.progress import report
from flows.terminal import describe_run, shown_progress

LONG = "[partial: the limit of 20 articles was reached] [/] :smile: " + "word " * 40 + "end"


def test_where_there_is_no_terminal_a_sentence_is_one_line_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    say(open_console(), LONG)
    say(open_console(stderr=True), LONG)
    said = capsys.readouterr()
    assert (said.out, said.err) == (f"{LONG}\n", f"{LONG}\n")


def test_a_table_is_whole_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(*(f"heading-{number}" for number in range(12)), box=None)
    table.add_row(*([f"[bold]{'x' * 30}"] * 12))
    show_table(open_console(), table)
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == [f"heading-{number}" for number in range(12)]
    assert row.split() == [f"[bold]{'x' * 30}"] * 12


def test_a_text_of_others_steers_no_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=40, color_system=None)
    say(console, "a\x1b[2Jb\rc\nd")
    assert console.file.getvalue() == "a [2Jb c\nd\n"  # type: ignore[attr-defined]


def test_a_run_that_is_not_whole_says_so_on_its_one_line() -> None:
    counts = dict.fromkeys(("new", "revised", "unchanged", "rejected", "failed", "fetched"), 0)
    line = describe_run({"run_id": "r", "state": "partial", "reason": "the crawl\nwas stopped", **counts})
    assert line.endswith("[partial: the crawl was stopped]")


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"addresses": 3, "asked_for": 7}, "backfill: 3 of 7 addresses\n"),
        ({"pages": 2, "asked_for": 2}, "backfill: 2 of 2 pages\n"),
        ({"articles": 5, "fetched": 9, "asked_for": 6}, "backfill: 5 of 6 articles\n"),
    ],
)
def test_progress_names_what_is_counted(capsys: pytest.CaptureFixture[str], counts: dict[str, int], said: str) -> None:
    with shown_progress(open_console()):
        report("backfill", counts)
    assert capsys.readouterr().out == said


def test_everything_is_printed_through_one_place() -> None:
    directory = Path(flows.__file__).parent
    printing = {
        str(path.relative_to(directory))
        for path in directory.rglob("*.py")
        if re.search(r"\.print\((?!Rule)|[^_]Console\(", path.read_text())
    }
    assert printing == {"printing.py"}
