"""Parameters that several verbs of the command line take."""

from __future__ import annotations

import click

from flows.base_urls import read_base_url
from flows.errors import SettingsError


def _checked_address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A base URL with scheme and host, without a slash at its end."""
    if value is None:
        return None
    try:
        return read_base_url(value)
    except SettingsError as error:
        raise click.BadParameter(str(error)) from error


SITE = click.option("--site", required=True, help="The site's name, for example devdiscourse.")
BASE_URL = click.option("--base-url", callback=_checked_address, help="Where the site is, if not at its own address.")
