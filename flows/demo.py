"""The demo: a replica of a news site, ingested twice an hour of its time apart, and what the warehouse then says."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from flows.errors import FlowsError
from flows.printing import open_console, say, show_table
from flows.settings import read_settings
from flows.terminal import quieten_prefect, run_ingest

if TYPE_CHECKING:
    import duckdb
    from rich.console import Console

ARTICLES = 600
#: The article that the site takes away between the passes: so many from the newest.
WITHDRAWN = 40
MARKER = ".wirehouse-demo"
#: How long the line of the heading is at most.
RULE_COLUMNS = 100

NEWEST = """
SELECT strftime(published_at, '%d %b %H:%M') AS "published (UTC)", coalesce(source, author) AS source, title AS headline
FROM articles ORDER BY published_at DESC, article_uid LIMIT 10
"""

REVISED = """
SELECT now.article_uid AS article, list_aggregate(now.changed_fields, 'string_agg', ', ') AS changed,
       CASE WHEN list_contains(now.changed_fields, 'title') THEN before.title || ' → ' || now.title ELSE now.title END
           AS headline
FROM revisions AS now JOIN revisions AS before
  ON before.article_uid = now.article_uid AND before.revision = now.revision - 1
ORDER BY len(list_filter(now.changed_fields, lambda field : field = 'title')) DESC, now.article_uid LIMIT 5
"""

NEXT = (
    'wirehouse sql "SELECT source_agency, count(*) AS articles FROM articles GROUP BY ALL ORDER BY 2 DESC"',
    'wirehouse sql "SELECT c AS country, count(*) FROM articles, unnest(countries) AS t(c) GROUP BY 1 ORDER BY 2 DESC"',
    'wirehouse sql "SELECT rank, title, country FROM trending ORDER BY observed_at DESC, rank LIMIT 4"',
    'wirehouse sql "FROM articles" --format parquet --out articles.parquet',
    'wirehouse sql "FROM dictionary"',
)  # fmt: skip


def run_demo(home: Path | None, *, opens: bool = False) -> None:
    """Runs the demo in `home` (default: `demo` in WIREHOUSE_HOME), which is emptied first if an earlier demo made it.

    Raises:
        FlowsError: not run from a checkout, or `home` holds something else.
    """
    began = time.monotonic()
    console = open_console()
    home = _demo_home(home)
    _use_home(home)
    replica = _replica_class()
    console.print(Rule(Text("Wirehouse demo", "bold"), align="left"), width=RULE_COLUMNS)
    with replica(articles=ARTICLES) as site:
        pages = f"{ARTICLES} articles and four Live Discourse pages"
        say(console, f"A replica of Devdiscourse is up at {site.base_url} with {pages}.")
        say(console, Text.assemble("\n", ("First pass", "bold"), ": every article is new"))
        _print_run(console, run_ingest(console, site="devdiscourse", base_url=site.base_url))
        say(
            console,
            "\nAn hour passes on the site: news breaks, headlines are edited, some pages are only touched, one goes.",
        )
        site.withdraw(sorted(site.truth()["articles"], key=int)[-WITHDRAWN])
        site.advance(hours=1)
        say(console, Text.assemble(("Second pass", "bold"), ": only what changed makes history"))
        _print_run(console, run_ingest(console, site="devdiscourse", base_url=site.base_url))
    with importlib.import_module("flows.asking").connected() as connection:
        _print_answer(console, connection, "The ten newest headlines", NEWEST)
        _print_answer(console, connection, "Changed since the first pass", REVISED)
    _print_next(console, home, time.monotonic() - began)
    if opens:
        webbrowser.open((home / "dashboard.html").as_uri())


def _demo_home(home: Path | None) -> Path:
    home = (home or read_settings().home / "demo").expanduser().absolute()
    if home.exists() and any(home.iterdir()):
        if not (home / MARKER).exists():
            raise FlowsError(f"{home} holds something that is not a demo; name another directory with --home")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARKER).touch()
    return home


def _use_home(home: Path) -> None:
    """The demo's own warehouse and its own Prefect: it touches neither the user's data nor the user's server."""
    for name in ("WIREHOUSE_CATALOG", "WIREHOUSE_DATA_PATH", "WIREHOUSE_ARCHIVE_PATH", "PREFECT_API_URL"):
        os.environ.pop(name, None)
    os.environ["WIREHOUSE_HOME"] = str(home)
    os.environ["PREFECT_HOME"] = str(home / "prefect")
    quieten_prefect()


def _replica_class() -> Any:
    checkout = Path(__file__).resolve().parents[1]
    if not (checkout / "tests" / "replica").is_dir():
        raise FlowsError("the demo runs from a checkout of the source: its replica of a news site is in tests/replica")
    sys.path.insert(0, str(checkout))
    return importlib.import_module("tests.replica").Replica


def _print_run(console: Console, rows: list[dict[str, Any]]) -> None:
    row = rows[-1]
    figures = Text("  ")
    for name, style in (("new", "green"), ("revised", "yellow"), ("unchanged", "dim"), ("rejected", "red")):
        figures.append(f"{row[name]:>5} {name}  ", style=style if row[name] else "dim")
    figures.append(f"{row['fetched']:>6} pages fetched and archived", style="dim")
    say(console, figures)


def _print_answer(console: Console, connection: duckdb.DuckDBPyConnection, title: str, query: str) -> None:
    result = connection.execute(query)
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for position, column in enumerate(result.description or ()):
        table.add_column(column[0], no_wrap=position == 0, overflow="fold")
    for row in result.fetchall():
        table.add_row(*(Text(_plain(value)) for value in row))
    say(console, "")
    show_table(console, table)


def _plain(value: object) -> str:
    """A cell as text that cannot steer a terminal."""
    return "".join(letter for letter in str(value if value is not None else "-") if letter.isprintable())


def _print_next(console: Console, home: Path, seconds: float) -> None:
    say(console, Text.assemble("\n", ("Try next", "bold"), f" (the warehouse is in {home})"))
    say(console, f"  . {Path(sys.prefix) / 'bin' / 'activate'}")
    say(console, f"  export WIREHOUSE_HOME={home}")
    for command in NEXT:
        say(console, f"  {command}")
    say(console, Text.assemble("\n", ("The dashboard", "bold"), f" is {home / 'dashboard.html'}"))
    say(console, f"\nDone in {seconds:.0f} s.", "dim")
