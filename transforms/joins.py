"""Looking values up by key, also in frames without rows; rows as Python sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence


def look_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """For each key the value under it in the index of `values` (unique), null where there is none.

    `Series.map` does the same, but loses the type of `values` when they are empty.
    """
    found = values.reindex(pd.Index(keys))
    return pd.Series(found.array, index=keys.index)


def python_rows(rows: pd.DataFrame, names: Sequence[str]) -> list[tuple[str | None, ...]]:
    """The values of text columns row by row, with None for nulls."""
    columns = [[value if isinstance(value, str) else None for value in rows[name].tolist()] for name in names]
    return list(zip(*columns, strict=True))
