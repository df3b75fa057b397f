"""What a run changes in an index and in what is found by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRows:
    """Rows by table, as `warehouse.publish` takes them."""

    replaces: dict[str, pd.DataFrame]
    removes: dict[str, pd.DataFrame]
    appends: dict[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRows(IndexRows):
    """Those of copies; `newly` counts articles that were no copies before."""

    newly: int
