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


def _known_site(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from spiders.site import names  # noqa: PLC0415  # no other verb waits for it

    if value is not None and value not in (known := names()):
        raise click.BadParameter(f"there is no site {value!r}; there are {', '.join(known) or 'none'}")
    return value


SITE = click.option("--site", required=True, callback=_known_site, help="The site's name, for example devdiscourse.")
SITE_OR_ALL = click.option("--site", callback=_known_site, help="The site's name. Default: all sites.")
BASE_URL = click.option("--base-url", callback=_checked_address, help="Where the site is, if not at its own address.")
