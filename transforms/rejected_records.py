"""The records that cannot be used, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from transforms.addresses import article_uid, page_address
from transforms.shapes import REJECTS, conform
from transforms.text import clean_or_none, encodable
from transforms.times import parse_times

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What is read of a record; a frame may lack columns (they are null then), as one without rows does.
USED = (
    "run_id", "site", "url", "site_article_id", "canonical_url", "title", "body", "video_url", "fetched_at",
    "archive_file", "archive_offset",
)  # fmt: skip


def rejected_records(records: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per record that `observations` leaves out. Key: run_id, archive_file, archive_offset.

    The columns are those of the rejects table, `stage` is "observations". Reasons, the first that applies:

    * unreadable_envelope: no run_id or site, or a fetched_at that is no time with an offset;
    * no_identity: neither an id of the site nor an http(s) address;
    * no_title, no_text (no paragraph and no video): nothing is left of them after cleaning.

    `rejected_at` is the time the page was fetched (null if that is what cannot be read); `run_id` is "unknown" if it is
    missing.
    """
    reasons, details = refusals(records)
    refused = reasons.notna()
    given = records.reindex(columns=list(USED)).reset_index(drop=True)
    rows = given.assign(
        stage="observations", reason=reasons, detail=details, rejected_at=parse_times(given["fetched_at"].tolist())
    )
    for name in ("run_id", "site", "url", "archive_file"):
        rows[name] = pd.Series([encodable(value) for value in rows[name]], index=rows.index, dtype="str")
    rows["run_id"] = rows["run_id"].fillna("unknown")
    rows["archive_offset"] = pd.to_numeric(rows["archive_offset"], errors="coerce")
    return conform(rows[refused], REJECTS)


def refusals(records: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """For each record (by position) the reason it cannot be used, null if it can, and a detail for a person to read."""
    given = records.reindex(columns=list(USED))
    times = parse_times(given["fetched_at"].tolist())
    rows = zip(*(given[name].tolist() for name in USED), times.notna(), strict=True)
    verdicts = [_refusal(dict(zip((*USED, "has_time"), row, strict=True))) for row in rows]
    reasons = pd.Series([reason for reason, _ in verdicts], dtype="str")
    return reasons, pd.Series([detail for _, detail in verdicts], dtype="str")


def _refusal(record: dict[str, object]) -> tuple[str | None, str | None]:
    for name in ("run_id", "site"):
        if not clean_or_none(record[name]):
            return "unreadable_envelope", f"{name} is {_shown(record[name])}"
    if not record["has_time"]:
        return "unreadable_envelope", f"fetched_at is {_shown(record['fetched_at'])}, no ISO 8601 time with an offset"
    has_id = article_uid(record["site"], record["site_article_id"], None) is not None
    if not has_id and page_address(record["canonical_url"], record["url"]) is None:
        return "no_identity", f"no site_article_id, and url is {_shown(record['url'])}"
    if not clean_or_none(record["title"]):
        return "no_title", f"title is {_shown(record['title'])}"
    if not _has_text(record["body"]) and not clean_or_none(record["video_url"]):
        return "no_text", "no paragraph and no video"
    return None, None


def _has_text(body: object) -> bool:
    paragraphs: Sequence[object] = body if isinstance(body, list | tuple) else ()
    return any(clean_or_none(paragraph) for paragraph in paragraphs)


def _shown(value: object) -> str:
    return (encodable(repr(value)) or "")[:200]
