"""Between frames and the schemes that look at one article at a time: articles out of a frame, rows back into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from transforms.shapes import TAGS, TEXTS, conform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class TagRow(NamedTuple):
    """A tag of an article, as a scheme gives it."""

    article_uid: str
    tag: str
    name: str
    score: float
    method: str
    evidence: list[str]


def articles(texts: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a frame of `shapes.TEXTS` as dicts: null texts are empty."""
    frame = conform(texts, TEXTS)
    columns = [_without_nulls(frame[name], kind) for name, kind in TEXTS.items()]
    for values in zip(*columns, strict=True):
        yield dict(zip(TEXTS, values, strict=True))


def tag_frame(rows: Sequence[TagRow], *, scheme: str, version: str) -> pd.DataFrame:
    """A frame of `shapes.TAGS`; scores have three decimals."""
    frame = pd.DataFrame(rows, columns=list(TagRow._fields))
    frame["score"] = frame["score"].astype("float64").round(3)
    return conform(frame.assign(scheme=scheme, vocabulary_version=version), TAGS)


def _without_nulls(values: pd.Series, kind: str) -> list[Any]:
    if kind == "texts":
        return list(values)
    return [value if isinstance(value, str) else "" for value in values]
