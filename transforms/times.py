"""Times: from what pages state to UTC, with the witness that was believed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from transforms.text import encodable

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A time without an offset is no time: it is not guessed.
_OFFSET = re.compile(r"T.*(?:Z|[+-]\d\d:?\d\d)$")
#: Of nanoseconds, which pandas would take for the unit of all times that are read together, with fewer years.
_FINER = re.compile(r"([.,]\d{6})\d+")
_ZONE = re.compile(r"(?:Z|(?P<hours>[+-]\d\d):?(?P<minutes>\d\d))$")
_SECONDS = {"second": 1, "minute": 60, "day": 86_400}
_WITNESS_COLUMNS = ("source", "raw", "at", "precision")


def parse_times(values: Sequence[object]) -> pd.Series:
    """ISO 8601 texts with a UTC offset as datetime64[us, UTC]; NaT for anything else and for years out of 2 to 9998."""
    texts = [_FINER.sub(r"\1", value) if isinstance(value, str) and _OFFSET.search(value) else None for value in values]
    parsed = pd.to_datetime(pd.Series(texts, dtype="str"), format="ISO8601", utc=True, errors="coerce")
    times: pd.Series = parsed.dt.as_unit("us")
    return times.where(times.dt.year.between(2, 9998))


def witnessed_times(witnesses: Sequence[object]) -> pd.DataFrame:
    """For each list of time witnesses (best first) the time to believe: the first that is readable.

    Columns: `at` (datetime64[us, UTC]), `raw` (the text of the visible witness, else of the one believed, else of the
    first), `precision`, `source`, `offset` ("+05:30", from UTC; all three of the one believed), `disagrees`
    (another witness is off by at least the coarser precision of the two).
    """
    found = [
        (position, *(encodable(witness.get(name)) for name in _WITNESS_COLUMNS))
        for position, several in enumerate(witnesses)
        if isinstance(several, list | tuple)
        for witness in several
        if isinstance(witness, dict)
    ]
    frame = pd.DataFrame(found, columns=["record", *_WITNESS_COLUMNS]).astype({"record": "int64"})
    frame = frame.astype(dict.fromkeys(_WITNESS_COLUMNS, "str"))
    stated = frame["at"].tolist()
    frame["at"] = parse_times(stated)
    frame["offset"] = pd.Series([_utc_offset(value) for value in stated], dtype="str")
    first = frame.drop_duplicates("record").set_index("record")
    visible = frame[frame["source"] == "text"].drop_duplicates("record").set_index("record")
    readable = frame[frame["at"].notna()]
    believed = readable.drop_duplicates("record").set_index("record")
    everyone = pd.RangeIndex(len(witnesses))
    raw = visible["raw"].reindex(everyone).fillna(believed["raw"].reindex(everyone)).fillna(first["raw"])
    return pd.DataFrame(
        {
            "at": believed["at"].reindex(everyone),
            "raw": raw,
            "precision": believed["precision"].reindex(everyone),
            "source": believed["source"].reindex(everyone),
            "offset": believed["offset"].reindex(everyone),
            "disagrees": _disagreements(readable, believed).reindex(everyone, fill_value=False),
        },
        index=everyone,
    )


def _utc_offset(value: object) -> str | None:
    match = _ZONE.search(value) if isinstance(value, str) else None
    return f"{match['hours'] or '+00'}:{match['minutes'] or '00'}" if match else None


def _disagreements(readable: pd.DataFrame, believed: pd.DataFrame) -> pd.Series:
    stated = believed[["at", "precision"]].add_suffix("_believed")
    other = readable.merge(stated, left_on="record", right_index=True)
    seconds = np.maximum(_precision_seconds(other["precision"]), _precision_seconds(other["precision_believed"]))
    apart = (other["at"] - other["at_believed"]).dt.total_seconds().abs()
    return (apart >= seconds).groupby(other["record"]).any()


def _precision_seconds(precisions: pd.Series) -> pd.Series:
    return precisions.map(_SECONDS).fillna(_SECONDS["second"]).astype("float64")
