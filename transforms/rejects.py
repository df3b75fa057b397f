"""The rejects table: everything that was refused, wherever that happened."""

from __future__ import annotations

import pandas as pd

from transforms.shapes import REJECTS, conform
from transforms.times import parse_times


def rejects(reject_log: pd.DataFrame, rejected_records: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per page or row refused. Key: none; a page can be refused twice.

    Args:
        reject_log: the lines of rejects.jsonl: what the crawl refused.
        rejected_records: see `transforms.rejected_records`: what could not be used of what it read.
    """
    log = reject_log.reindex(columns=list(REJECTS)).reset_index(drop=True)
    log["rejected_at"] = parse_times(log["rejected_at"].tolist())
    log["archive_offset"] = pd.to_numeric(log["archive_offset"], errors="coerce")
    parts = [part for part in (conform(log, REJECTS), conform(rejected_records, REJECTS)) if len(part)]
    return conform(pd.concat(parts) if parts else log, REJECTS)
