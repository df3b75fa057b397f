"""Runs that crawl nothing: what they are called, and their row of `runs`."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

import warehouse
from flows.publishing import to_arrow
from flows.settings import CODE_VERSION

if TYPE_CHECKING:
    import pyarrow as pa


def new_run_id(subject: str, started_at: datetime) -> str:
    """A fresh id, `{time}-{subject}-{6 hex digits}`; the subject is a site, or `all`."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{subject}-{secrets.token_hex(3)}"


def run_row(run_id: str, flow: str, site: str | None, started_at: datetime, reason: str | None = None) -> pa.Table:
    """The row of `runs` of a run that is complete now."""
    now = pd.Timestamp(datetime.now(UTC))
    row = {"run_id": run_id, "flow": flow, "site": site, "started_at": pd.Timestamp(started_at), "finished_at": now}
    row |= {"published_at": now, "state": "complete", "reason": reason, "code_version": CODE_VERSION}
    return to_arrow("runs", pd.DataFrame([row]).reindex(columns=warehouse.arrow_schema("runs").names))
