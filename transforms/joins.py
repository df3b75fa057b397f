"""Looking values up by key, also in frames without rows."""

from __future__ import annotations

import pandas as pd


def look_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """For each key the value under it in the index of `values` (unique), null where there is none.

    `Series.map` does the same, but loses the type of `values` when they are empty.
    """
    found = values.reindex(pd.Index(keys))
    return pd.Series(found.array, index=keys.index)
