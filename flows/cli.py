"""The console script `wirehouse`: thin over the flows."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from flows.errors import FlowsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

#: Modules are imported by the verb that needs them: Prefect alone takes two seconds to import.
EXPECTED_ERRORS = ("FlowsError", "SpidersError", "WarehouseError", "TransformError")


def _checked_address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A base URL with scheme and host, without a slash at its end."""
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.BadParameter(f"{value!r} is not an address such as https://www.example.org")
    return value.rstrip("/")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wirehouse", prog_name="wirehouse")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(*, debug: bool) -> None:
    """Turns news sites into a warehouse that analysts trust."""
    if debug:
        os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "DEBUG"


@cli.command()
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Where to put the demo's warehouse.")
def demo(home: Path | None) -> None:
    """Ingest a small replica of a news site twice, an hour of its time apart, and look at what came of it."""
    importlib.import_module("flows.demo").run_demo(home)


@cli.command()
@click.option("--site", required=True, help="The site's name, for example devdiscourse.")
@click.option("--base-url", callback=_checked_address, help="Where the site is, if not at its own address.")
@click.option("--since", help="How far back known articles are looked at again, for example 2d.")
@click.option("--limit", type=click.IntRange(min=1), help="The most articles to ask for.")
def ingest(site: str, base_url: str | None, since: str | None, limit: int | None) -> None:
    """Run one scheduled run of a site, now, in this process."""
    from flows.terminal import ingest_on_terminal

    ingest_on_terminal(site=site, base_url=base_url, since=since, limit=limit)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Only compare, and say what differs.")
def reindex(*, dry_run: bool) -> None:
    """Make the indexes that copies are found with anew from the articles, and mend what differs."""
    from flows.terminal import reindex_on_terminal

    reindex_on_terminal(dry_run=dry_run)


@cli.command()
@click.argument("query")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "jsonl", "parquet"]), default="table",
    show_default=True, help="How to write the result.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write to.")
@click.option(
    "--formulas", is_flag=True,
    help="In csv, leave cells that a spreadsheet takes for formulas as they are, without an apostrophe before them.",
)  # fmt: skip
def sql(query: str, form: str, out: Path | None, *, formulas: bool) -> None:
    """Ask the warehouse a question: one SELECT-like statement, read-only."""
    if form == "parquet" and out is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for terminals: name a file with --out, or redirect the output.")
    if out is not None and not out.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no directory {out.absolute().parent}", param_hint="--out")
    from flows.asking import ask

    ask(query, form=form, out=out, keeps_formulas=formulas)


@cli.command()
@click.option(
    "--write", "script", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the SQL that attaches the warehouse, to `.read` in another DuckDB, instead of starting the shell.",
)  # fmt: skip
def shell(script: Path | None) -> None:
    """Start the DuckDB shell with the warehouse attached, read-only."""
    from flows.shell import open_shell, write_script

    if script is not None:
        write_script(script)
    else:
        sys.exit(open_shell())


@cli.command()
@click.option("--to", required=True, type=click.Path(path_type=Path, file_okay=False), help="The directory to write.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only rows of this day (UTC) or later.")
def export(to: Path, since: datetime | None) -> None:
    """Write every table and view as plain Hive-partitioned Parquet, for engines that read no DuckLake."""
    from flows.asking import export_to

    counts = export_to(to, since.date() if since else None)
    click.echo(f"Exported {sum(counts.values()):,} rows of {len(counts)} relations to {to}", err=True)


@cli.command()
@click.option("--scheme", "schemes", multiple=True, help="A scheme to bring up to date; may be repeated. Default: all.")
@click.option("--dry-run", is_flag=True, help="Only list the tags that would change.")
def retag(schemes: tuple[str, ...], *, dry_run: bool) -> None:
    """Tag anew what was tagged by another version of a vocabulary, model or rule; fetches nothing."""
    from flows.terminal import list_tag_changes, retag_on_terminal

    if dry_run:
        list_tag_changes(schemes)
    else:
        retag_on_terminal(schemes)


@cli.command()
@click.argument("article_uid")
@click.option("--revision", type=click.IntRange(min=1), help="Which revision; the newest if not given.")
def raw(article_uid: str, revision: int | None) -> None:
    """Write the archived page of an article to standard output."""
    from flows.asking import raw_page

    sys.stdout.buffer.write(raw_page(article_uid, revision))


@cli.command()
@click.argument("run_id")
@click.option("--give-up", is_flag=True, help="Remove the run instead; its pages stay in the archive.")
def publish(run_id: str, *, give_up: bool) -> None:
    """Publish a landing run that a check had stopped, once more."""
    from flows.terminal import publish_on_terminal

    publish_on_terminal(run_id, give_up=give_up)


@cli.group()
def topics() -> None:
    """The topics of articles: see docs/topics.md."""


@topics.command()
def train() -> None:
    """Learn topics from the warehouse's own articles; what was learned is used once it measures better."""
    from flows.settings import read_settings
    from flows.topics import described, train_topics

    click.echo(described(train_topics(read_settings())))


@cli.command()
def maintain() -> None:
    """Keep the warehouse fast: compact small files, expire old snapshots, remove files that nothing needs."""
    from flows.terminal import maintain_on_terminal

    maintain_on_terminal()


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line: exit status 0 on success, 1 on failure with one line on stderr, 2 on wrong usage."""
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect's client has telemetry of its own
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    _show_log(debug=debug)
    sys.exit(_run(lambda: cli(arguments, standalone_mode=False), debug=debug))


def _show_log(*, debug: bool) -> None:
    """Warnings to standard error, but for those of a run: these are in its own log, at Prefect's server."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(lambda record: debug or not record.name.startswith("prefect"))
    logging.getLogger().addHandler(handler)


def _run(command: Callable[[], Any], *, debug: bool) -> int:
    try:
        command()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except (click.ClickException, KeyboardInterrupt, click.Abort) as error:
        click.echo(f"wirehouse: {str(error) or 'stopped'}", err=True)
        return 1
    except BrokenPipeError:
        # Whoever read our output has enough of it, as in `wirehouse raw … | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if debug:
            raise
        click.echo(f"wirehouse: {error}; free space, or see to the permissions of the place named", err=True)
        return 1
    except Exception as error:
        if debug:
            raise
        expected = isinstance(error, FlowsError) or any(
            each.__name__ in EXPECTED_ERRORS for each in type(error).__mro__
        )
        text = " ".join(". ".join([str(error), *getattr(error, "__notes__", ())]).split())
        name = "" if expected else f"{type(error).__name__}: "
        click.echo(f"wirehouse: {name}{text} (wirehouse --debug … shows more)", err=True)
        return 1
    return 0


if __name__ == "__main__":
    main()
