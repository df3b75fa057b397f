"""The declared shape of every frame that leaves this package: its columns, their order and their types."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from transforms.errors import ShapeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: text: `str`; texts: lists of str, never null; time: datetime64[us, UTC]; date: datetime.date; count: int64, never
#: null; integer: nullable Int64; number: float64; flag: bool, never null; hashes: int32 arrays (of hashes or of
#: places), never null.
Kind = Literal["text", "texts", "time", "date", "count", "integer", "number", "flag", "hashes"]
Shape = dict[str, Kind]

#: What an article page says, cleaned: the columns that `articles` and `revisions` share.
CONTENT: Shape = {
    "article_uid": "text",
    "site": "text",
    "site_article_id": "text",
    "url": "text",
    "canonical_url": "text",
    "kind": "text",
    "kind_raw": "text",
    "title": "text",
    "summary": "text",
    "body": "text",
    "language": "text",
    "language_declared": "text",
    "language_source": "text",
    "source": "text",
    "source_agency": "text",
    "agencies": "texts",
    "agency_evidence": "texts",
    "author": "text",
    "authors": "texts",
    "place": "text",
    "dateline": "text",
    "dateline_place": "text",
    "dateline_date": "date",
    "countries": "texts",
    "sector": "text",
    "label": "text",
    "section": "text",
    "site_tags": "texts",
    "keywords": "texts",
    "image_url": "text",
    "image_caption": "text",
    "image_is_ai_generated": "flag",
    "video_url": "text",
    "first_published_in": "text",
    "attribution": "text",
    "syndication": "text",
    "syndication_evidence": "text",
    "provenance_flags": "texts",
    "published_at": "time",
    "updated_at": "time",
    "published_raw": "text",
    "updated_raw": "text",
    "published_precision": "text",
    "published_source": "text",
    "published_offset": "text",
    "time_flags": "texts",
    "site_date": "date",
    "content_hash": "text",
    "word_count": "count",
}

OBSERVATIONS: Shape = {
    **CONTENT,
    "run_id": "text",
    "observed_at": "time",
    "archive_file": "text",
    "archive_offset": "integer",
    "edition": "text",
}

REVISIONS: Shape = {
    **CONTENT,
    "revision": "count",
    "observed_at": "time",
    "recorded_at": "time",
    "changed_fields": "texts",
    "is_content_change": "flag",
    "change_kind": "text",
    "paragraphs_added": "texts",
    "paragraphs_removed": "texts",
    "paragraphs_before": "texts",
    "paragraphs_after": "texts",
    "archive_file": "text",
    "archive_offset": "integer",
    "run_id": "text",
}

ARTICLES: Shape = {
    **CONTENT,
    "first_seen_at": "time",
    "last_seen_at": "time",
    "revision": "count",
    "run_id": "text",
}

OUTCOMES: Shape = {
    "run_id": "text",
    "article_uid": "text",
    "url": "text",
    "observed_at": "time",
    "archive_file": "text",
    "archive_offset": "integer",
    "outcome": "text",
}

FETCHES: Shape = {
    "run_id": "text",
    "site": "text",
    "url": "text",
    "requested_url": "text",
    "fetched_at": "time",
    "outcome": "text",
    "status": "integer",
    "elapsed_ms": "integer",
    "bytes": "integer",
    "etag": "text",
    "last_modified": "text",
    "archive_file": "text",
    "archive_offset": "integer",
    "error": "text",
    "article_uid": "text",
    "purpose": "text",
    "retry_after_s": "integer",
    "site_clock_at": "time",
}

URLS: Shape = {
    "site": "text",
    "url": "text",
    "site_article_id": "text",
    "article_uid": "text",
    "discovered_at": "time",
    "discovered_by": "text",
    "state": "text",
    "attempts": "count",
    "failures": "count",
    "last_status": "integer",
    "last_error": "text",
    "last_tried_at": "time",
    "next_try_at": "time",
    "lastmod_at": "time",
    "etag": "text",
    "last_modified": "text",
    "site_clock_at": "time",
    "run_id": "text",
}

#: What is known of the past of a site, by address and by day: see `transforms.past_addresses`.
PAST_ADDRESSES: Shape = {
    "url": "text",
    "site_article_id": "text",
    "state": "text",
    "next_try_at": "time",
    "site_date": "date",
    "is_day_open": "flag",
}
PAST_DAYS: Shape = {
    "site_date": "date",
    "known": "count",
    "landed": "count",
    "pending": "count",
    "failed": "count",
    "gone": "count",
    "other": "count",
    "never_looked_at": "count",
    "to_ask": "count",
    "is_complete": "flag",
}

#: What another reading of the same pages changes: see `transforms.reading_changes`.
READING_CHANGES: Shape = {"field": "text", "articles": "count", "examples": "texts"}

FIELD_COVERAGE: Shape = {
    "run_id": "text",
    "site": "text",
    "observed_at": "time",
    "kind": "text",
    "field": "text",
    "pages": "count",
    "found": "count",
    "share": "number",
    "examples": "texts",
}

SIDEBARS: Shape = {
    "observed_at": "time",
    "site": "text",
    "edition": "text",
    "section": "text",
    "rank": "integer",
    "article_uid": "text",
    "title": "text",
    "url": "text",
    "country": "text",
    "badge": "text",
    "page_uid": "text",
    "run_id": "text",
}

FINDINGS: Shape = {
    "run_id": "text",
    "article_uid": "text",
    "url": "text",
    "observed_at": "time",
    "parser": "text",
    "field": "text",
    "problem": "text",
    "detail": "text",
}

#: What a scheme of tags reads of an article: see `transforms.schemes`.
TEXTS: Shape = {
    name: CONTENT[name]
    for name in (
        *("article_uid", "title", "summary", "body", "dateline", "place", "site", "label", "sector"),
        *("site_tags", "countries", "keywords", "language"),
    )
}

#: A name found in a text: see `transforms.mentions`.
MENTIONS: Shape = {
    "article_uid": "text",
    "column": "text",
    "start": "count",
    "words": "text",
    "scheme": "text",
    "code": "text",
    "kind": "text",
}

TAGS: Shape = {
    "article_uid": "text",
    "scheme": "text",
    "tag": "text",
    "name": "text",
    "score": "number",
    "method": "text",
    "evidence": "texts",
    "vocabulary_version": "text",
}

#: What tagging anew does to a tag: see `transforms.tag_changes`.
TAG_CHANGES: Shape = {
    "article_uid": "text",
    "scheme": "text",
    "tag": "text",
    "name": "text",
    "change": "text",
    "before": "text",
    "after": "text",
}

#: By which versions of which schemes an article was tagged: see `transforms.tagged`.
TAGGED: Shape = {"article_uid": "text", "run_id": "text", "versions": "texts"}

#: A pattern of an analyst's own vocabulary, and what is wrong with a row of one: see `transforms.own_terms`.
OWN_TERMS: Shape = {"scheme": "text", "tag": "text", "name": "text", "pattern": "text", "vocabulary_version": "text"}
VOCABULARY_FAULTS: Shape = {"file": "text", "line": "count", "reason": "text"}

REJECTS: Shape = {
    "run_id": "text",
    "site": "text",
    "url": "text",
    "stage": "text",
    "reason": "text",
    "detail": "text",
    "rejected_at": "time",
    "archive_file": "text",
    "archive_offset": "integer",
}

COPY_ARTICLES: Shape = {
    "article_uid": "text",
    "text_hash": "integer",
    "published_at": "time",
}

COPY_TEXTS: Shape = {
    "text_hash": "count",
    "day": "count",
    "words": "count",
    "shingles": "hashes",
}

COPY_KEYS: Shape = {
    "key": "count",
    "text_hash": "count",
    "day": "count",
}

COPY_PAIRS: Shape = {
    "text_hash": "count",
    "other_hash": "count",
    "relation": "text",
    "similarity": "number",
    "shared": "count",
    "shingles": "count",
    "other_shingles": "count",
}

COPIES: Shape = {
    "article_uid": "text",
    "canonical_uid": "text",
    "relation": "text",
    "similarity": "number",
    "matched_uid": "text",
    "matched_on": "text",
}

SEARCH_DOCUMENTS: Shape = {
    "article_uid": "text",
    "month_date": "date",
    "content_hash": "text",
    "words": "count",
}

SEARCH_POSTINGS: Shape = {
    "month_date": "date",
    "term": "text",
    "article_uid": "text",
    "in_title": "count",
    "in_summary": "count",
    "in_body": "count",
    "words": "count",
    "positions": "hashes",
}

_ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "time": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "count": pa.int64(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "hashes": pa.list_(pa.int32()),
}

#: What a column of the kind is, where its dtype tells all.
_DTYPES = {
    "text": pd.StringDtype(na_value=np.nan),
    "time": pd.DatetimeTZDtype("us", tz="UTC"),
    "count": np.dtype("int64"),
    "integer": pd.Int64Dtype(),
    "number": np.dtype("float64"),
    "flag": np.dtype("bool"),
}


def conform(frame: pd.DataFrame, shape: Shape) -> pd.DataFrame:
    """The frame with exactly the columns of a shape, in its order and types, and a fresh index.

    Raises:
        ShapeError: a column is missing, or its values cannot be of its type.
    """
    missing = [name for name in shape if name not in frame.columns]
    if missing:
        raise ShapeError(f"bringing a frame into shape: it lacks {', '.join(missing)}; it has {list(frame.columns)}")
    columns = {name: _coerce(frame[name], kind, name) for name, kind in shape.items()}
    return pd.DataFrame(columns, index=frame.index).reset_index(drop=True)


def widen(frame: pd.DataFrame, shape: Mapping[str, Kind]) -> pd.DataFrame:
    """The columns of a shape from a frame that may lack some (they come out null): for inputs, also empty ones."""
    return conform(frame.reindex(columns=list(shape)), dict(shape))


def empty(shape: Shape) -> pd.DataFrame:
    """A frame of that shape without rows."""
    return widen(pd.DataFrame(), shape)


def as_arrow(frame: pd.DataFrame, shape: Shape) -> pa.Table:
    """The frame as an Arrow table of the shape's types: string, list<string>, timestamp[us, UTC], date32, int64, bool.

    Raises:
        ShapeError: see `conform`.
    """
    schema = pa.schema([pa.field(name, _ARROW[kind]) for name, kind in shape.items()])
    return pa.Table.from_pandas(conform(frame, shape), schema=schema, preserve_index=False)


def _coerce(values: pd.Series, kind: Kind, name: str) -> pd.Series:
    # Not `.get(kind)`: NumPy holds its float64 equal to None.
    if kind in _DTYPES and values.dtype == _DTYPES[kind]:
        return values
    try:
        if kind == "text":
            return values.astype("str")
        if kind == "time":
            times: pd.Series = pd.to_datetime(values, utc=True).dt.as_unit("us")
            return times
        if kind in _EACH:
            return _objects([_EACH[kind](value) for value in values], values.index)
        if kind == "integer":
            return values.astype("Int64")
        if kind == "number":
            return values.astype("float64")
        if kind == "flag":
            return values.astype("boolean").fillna(value=False).astype("bool")
        return values.astype("int64")
    except (TypeError, ValueError, OverflowError) as error:
        raise ShapeError(f"column {name} does not hold {kind}: {error}") from error


def _objects(values: list[object], index: pd.Index) -> pd.Series:
    # From an array made beforehand: pandas would take equally long lists for a two-dimensional block.
    array = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        array[position] = value
    return pd.Series(array, index=index, dtype=object)


def _as_list(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple | np.ndarray) else []


def _as_date(value: object) -> date | None:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, date):
        return value
    raise TypeError(f"found {value!r}")


def _as_hashes(value: object) -> object:
    return np.asarray(value, dtype=np.int32)


#: What makes one value of the kind, where values are Python objects.
_EACH: dict[Kind, Callable[[object], object]] = {"texts": _as_list, "hashes": _as_hashes, "date": _as_date}
