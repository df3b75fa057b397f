"""`wirehouse ingest`."""

from __future__ import annotations

import click

from flows.parameters import BASE_URL, SITE


def _checked_duration(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from flows.durations import parse_duration
    from flows.errors import SettingsError

    try:
        if value is not None:
            parse_duration(value)
    except SettingsError as error:
        raise click.BadParameter(str(error)) from error
    return value


@click.command("ingest")
@SITE
@BASE_URL
@click.option(
    "--since", callback=_checked_duration, help="How far back known articles are looked at again, for example 2d."
)
@click.option("--limit", type=click.IntRange(min=1), help="The most articles to ask for.")
def verb(site: str, base_url: str | None, since: str | None, limit: int | None) -> None:
    """Run one scheduled run of a site, now, in this process."""
    from flows.home import require_home
    from flows.printing import open_console, say
    from flows.settings import read_settings
    from flows.terminal import describe_run, run_ingest
    from spiders.site import load

    # What cannot be used is said before anything is started.
    load(site)
    require_home(read_settings().home)
    console = open_console(stderr=True)
    for row in run_ingest(console, site=site, base_url=base_url, since=since, limit=limit):
        say(console, describe_run(row))
