"""Keeping out what was taken down for good, should a page of it be read again under another address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from transforms.shapes import OBSERVATIONS, REJECTS, URLS, conform, widen

if TYPE_CHECKING:
    from collections.abc import Collection

#: The reason in `rejects`.
TAKEN_DOWN = "taken_down"
_PLACE = ["archive_file", "archive_offset"]


def refused_records(observations: pd.DataFrame, taken_down: Collection[str]) -> pd.DataFrame:
    """Grain: one row per observation of an article that was taken down. Key: run_id, archive_file, archive_offset.

    The columns are those of the rejects table; nothing is quoted.
    """
    seen = conform(observations, OBSERVATIONS)
    rows = seen[seen["article_uid"].isin(list(taken_down))]
    return conform(
        rows.assign(stage="observations", reason=TAKEN_DOWN, rejected_at=rows["observed_at"], detail=None), REJECTS
    )


def without_records(records: pd.DataFrame, refused: pd.DataFrame) -> pd.DataFrame:
    """The records that are not at one of these places in the archive."""
    if refused.empty:
        return records
    places = set(refused[_PLACE].itertuples(index=False, name=None))
    is_kept = [place not in places for place in records[_PLACE].itertuples(index=False, name=None)]
    return records[is_kept].reset_index(drop=True)


def closed_addresses(urls: pd.DataFrame, taken_down: Collection[str]) -> pd.DataFrame:
    """Rows of the ledger, those of articles that were taken down closed for good."""
    rows = widen(urls, URLS)
    is_closed = rows["article_uid"].isin(list(taken_down))
    return conform(
        rows.assign(
            state=rows["state"].mask(is_closed, TAKEN_DOWN), next_try_at=rows["next_try_at"].mask(is_closed, pd.NaT)
        ),
        URLS,
    )
