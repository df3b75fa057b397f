"""Parameters that several verbs of the command line take."""

from __future__ import annotations

from urllib.parse import urlsplit

import click


def _checked_address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A base URL with scheme and host, without a slash at its end."""
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.BadParameter(f"{value!r} is not an address such as https://www.example.org")
    return value.rstrip("/")


SITE = click.option("--site", required=True, help="The site's name, for example devdiscourse.")
BASE_URL = click.option("--base-url", callback=_checked_address, help="Where the site is, if not at its own address.")
