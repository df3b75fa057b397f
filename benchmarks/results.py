"""The shape of a measurement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a results table."""

    name: str
    value: float
    unit: str
    note: str = ""
