"""Counts that must agree between frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.errors import CountsDisagree

if TYPE_CHECKING:
    import pandas as pd


def check_counts(records: pd.DataFrame, observations: pd.DataFrame, rejected_records: pd.DataFrame) -> None:
    """Checks that every record became an observation or a reject.

    Raises:
        CountsDisagree: rows were lost or multiplied.
    """
    if len(records) != len(observations) + len(rejected_records):
        raise CountsDisagree(
            f"{len(records)} records became {len(observations)} observations and {len(rejected_records)} rejects: "
            "the run must not be published"
        )
