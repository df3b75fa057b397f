"""Durations as people type them: 15m, 12h, 2d."""

from __future__ import annotations

import re
from datetime import timedelta

from flows.errors import SettingsError

#: Also what Prefect checks the parameters of flows by.
PATTERN = r"^\s*([0-9]{1,4})\s*([mhdwMHDW])\s*$"
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """Reads a whole number and a unit: m(inutes), h(ours), d(ays) or w(eeks).

    Raises:
        SettingsError: anything else.
    """
    match = re.fullmatch(PATTERN, text)
    if match is None:
        raise SettingsError(f"{text!r} is not a duration; write for example 15m, 12h or 2d")
    return timedelta(**{_UNITS[match[2].lower()]: int(match[1])})
