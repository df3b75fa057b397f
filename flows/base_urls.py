"""Where a site is, as people type it: https://www.example.org."""

from __future__ import annotations

import re

from flows.errors import SettingsError

#: Scheme and host, and perhaps a port; a slash at the end means nothing.
PATTERN = r"^https?://[^/?#\s:@][^/?#\s]*/?$"


def read_base_url(text: str) -> str:
    """Gives the address without a slash at its end.

    Raises:
        SettingsError: it is none, or goes on behind the host.
    """
    if not re.fullmatch(PATTERN, text):
        raise SettingsError(f"{text!r} is not the address of a site; write scheme and host, as https://www.example.org")
    return text.removesuffix("/")
