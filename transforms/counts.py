"""Counts that must agree between frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.errors import CountsDisagree

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def check_tables(
    observations: pd.DataFrame,
    articles: pd.DataFrame,
    fetch_log: pd.DataFrame,
    fetches: pd.DataFrame,
    refused: Sequence[pd.DataFrame],
    rejects: pd.DataFrame,
) -> None:
    """Checks the tables of a run against what they were made of.

    Every article observed has exactly one row in `articles`, and no other article has; every line of the fetch log is a
    fetch; every row of the frames in `refused` is a reject.

    Raises:
        CountsDisagree: rows were lost or multiplied.
    """
    observed = set(observations["article_uid"])
    rows = articles["article_uid"]
    if len(rows) != len(observed) or set(rows) != observed:
        raise CountsDisagree(
            f"{len(observations)} observations of {len(observed)} articles became {len(rows)} rows of articles, "
            f"{rows.nunique()} of them different: the run must not be published"
        )
    for name, given, made in (
        ("lines of the fetch log became", len(fetch_log), len(fetches)),
        ("rows refused became", sum(map(len, refused)), len(rejects)),
    ):
        if given != made:
            raise CountsDisagree(f"{given} {name} {made}: the run must not be published")
