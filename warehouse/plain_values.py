"""The values of a result as JSON knows them, from whatever Arrow holds."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools
import math
from typing import Any

import pyarrow as pa
import pyarrow.compute

_INFINITY = 2**63 - 1
_FIRST_YEAR, _LAST_YEAR = -62_135_596_800_000_000, 253_402_300_800_000_000
"""Microseconds at which the year 1 and the year 10,000 begin."""

_COMPUTE: Any = pyarrow.compute
"""Its stubs lack plain Python values and what is either an array or chunks of one."""


def plain_values(column: pa.ChunkedArray[Any]) -> list[Any]:
    """Times as text in UTC, what is no number as its word, bytes as hexadecimal digits, all else as it is."""
    return list(itertools.chain.from_iterable(map(_values, column.chunks)))


def _values(array: Any) -> list[Any]:
    type_ = array.type
    if pa.types.is_nested(type_):
        return _nested_values(array)
    if pa.types.is_timestamp(type_):
        array = times_as_text(array)
    elif pa.types.is_time64(type_):  # as a time of Python 24:00 would be 00:00
        unit_ns = 1 if type_.unit == "ns" else 1_000
        return [tick if tick is None else _clock(tick * unit_ns) for tick in array.cast(pa.int64()).to_pylist()]
    elif pa.types.is_float32(type_):  # with the digits it has as such, not as a float64
        array = array.cast(pa.string()).cast(pa.float64())
    values: list[Any] = array.to_pylist()
    if pa.types.is_string(array.type) or pa.types.is_integer(array.type) or pa.types.is_boolean(array.type):
        return values
    return [_plain(value) for value in values]


def _nested_values(array: Any) -> list[Any]:
    """Of what holds other values: these are looked at as columns of their own."""
    type_ = array.type
    if pa.types.is_union(type_):
        members = [_values(array.field(number)) for number in range(type_.num_fields)]
        return [members[code][row] for row, code in enumerate(array.type_codes.to_pylist())]
    if pa.types.is_struct(type_):
        names = [field.name for field in type_]
        rows = zip(*map(_values, array.flatten()), strict=True)
        is_there = array.is_valid().to_pylist()
        return [
            dict(zip(names, row, strict=True)) if there else None for row, there in zip(rows, is_there, strict=True)
        ]
    if pa.types.is_map(type_):
        pairs = pa.struct([("key", type_.key_type), ("value", type_.item_type)])
        entries = _nested_values(array.cast(pa.list_(pairs)))
        return [each if each is None else {_key(pair["key"]): pair["value"] for pair in each} for each in entries]
    inner = iter(_values(array.flatten()))
    lengths = _COMPUTE.list_value_length(array).to_pylist()
    return [length if length is None else list(itertools.islice(inner, length)) for length in lengths]


def _key(key: object) -> str:
    if isinstance(key, (list, dict)):
        raise TypeError("a key of a map is no single value")
    return str(key)


def times_as_text(column: Any) -> Any:
    """Times as text. Python's own datetime would fail on `infinity`, which DuckDB hands over as the largest integer."""
    ticks, moments = column.cast(pa.int64()), column.cast(pa.timestamp("us"), safe=False)
    exact = column if column.type.unit == "ns" else moments
    is_endless = _COMPUTE.is_in(ticks, pa.array([_INFINITY, -_INFINITY]))
    bounds = _COMPUTE.min_max(moments.cast(pa.int64()).filter(_COMPUTE.invert(is_endless))).as_py()
    if bounds["min"] is not None and not _FIRST_YEAR <= bounds["min"] <= bounds["max"] < _LAST_YEAR:
        raise OverflowError("a time before the year 1 or after the year 9999")
    text = _COMPUTE.strftime(exact, "%Y-%m-%dT%H:%M:%S")
    text = _COMPUTE.replace_substring_regex(text, r"\.0+$", "")
    if column.type.tz:
        text = _COMPUTE.binary_join_element_wise(text, "Z", "")
    for end, name in ((_INFINITY, "infinity"), (-_INFINITY, "-infinity")):
        text = _COMPUTE.if_else(_COMPUTE.equal(ticks, end), name, text)
    return text


def _plain(value: object) -> object:
    """A single value as JSON knows it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, decimal.Decimal):
        return int(value) if value.as_tuple().exponent == 0 else value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, pa.MonthDayNano):
        return _interval(value.months, value.days, value.nanoseconds)
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, (str, int)) else str(value)


def _interval(months: int, days: int, nanoseconds: int) -> str:
    """As DuckDB writes it: `1 year 2 months`, `3 days 04:05:06.5`."""
    sign = -1 if months < 0 else 1
    years, months = (sign * part for part in divmod(abs(months), 12))
    parts = [
        f"{count} {unit}{'' if abs(count) == 1 else 's'}"
        for count, unit in ((years, "year"), (months, "month"), (days, "day"))
        if count
    ]
    if nanoseconds or not parts:
        parts.append(f"{'-' if nanoseconds < 0 else ''}{_clock(abs(nanoseconds))}")
    return " ".join(parts)


def _clock(nanoseconds: int) -> str:
    """A time of day or more as `04:05:06.5`."""
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    digits = f".{fraction:09}".rstrip("0") if fraction else ""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{digits}"
