"""Keeping out what was taken down for good, should a page of it be read again, and blanking what tells of it."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pandas as pd

from transforms.shapes import OBSERVATIONS, REJECTS, URLS, conform, widen

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: The reason in `rejects`.
TAKEN_DOWN = "taken_down"
_PLACE = ["archive_file", "archive_offset"]
#: In the addresses that stand for those of an article that was taken down; a hash of what was there follows.
_BLANKED = "/#taken-down-"


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


def is_blanked_address(url: str) -> bool:
    """Whether an address stands for one of an article that was taken down."""
    return _BLANKED in url


def blanked_traces(rows: Mapping[str, pd.DataFrame], urls: Collection[str]) -> dict[str, pd.DataFrame]:
    """The rows of fetches, rejects, field_coverage and checks that tell of an article, without what they tell.

    Args:
        rows: by table, the rows that name one of the addresses, or are about the article.
        urls: the article's addresses.

    An address becomes that of the site's host and a hash, for the headline stands in it; that two of them differ can
    still be seen. Validators, errors and quotations are null. Counts, times, sizes, outcomes and places in
    the archive stay.
    """
    stand_ins = {url: _stand_in(url) for url in urls}

    def blank(column: pd.Series) -> pd.Series:
        return column.map(lambda url: stand_ins.get(url, url), na_action="ignore").astype("str")

    fetches, rejects, shares, checks = (rows[name] for name in ("fetches", "rejects", "field_coverage", "checks"))
    examples = [[url for url in each if url not in stand_ins] for each in shares["examples"]]
    return {
        "fetches": fetches.assign(
            url=blank(fetches["url"]),
            requested_url=blank(fetches["requested_url"]),
            etag=None,
            last_modified=None,
            error=None,
        ),
        "rejects": rejects.assign(url=blank(rejects["url"]), detail=None),
        "field_coverage": shares.assign(examples=pd.Series(examples, index=shares.index, dtype="object")),
        "checks": checks.assign(detail=None),
    }


def _stand_in(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{_BLANKED}{blake2b(url.encode(), digest_size=4).hexdigest()}"
