"""Origins: for each observed text its agencies, authors, dateline and syndication, with the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from transforms.bylines import people_of, reporters_of
from transforms.datelines import dateline_date
from transforms.joins import python_rows
from transforms.provenance import is_own_byline, provenance_of
from transforms.wire_text import read_marks

if TYPE_CHECKING:
    from datetime import date

    from transforms.provenance import Provenance
    from transforms.wire_text import Marks

#: Days between the date of a dateline and publication from which they speak of different things.
FAR = 4
_WORDS = ("site", "kind", "source", "author", "attribution", "body")


def origins(rows: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per row of `rows`, with its index.

    Args:
        rows: site, kind, source, author, attribution, body (texts) and published_at (UTC).

    `source_agency`, `agencies`, `agency_evidence`, `syndication`, `syndication_evidence` and `provenance_flags`: see
    `provenance_of`; a further flag is dateline_far_from_publication (four days or more). `authors` are the people
    of the byline, else those whom the credits under the text name. `dateline_date`: see `transforms.datelines`.
    """
    words = python_rows(rows, _WORDS)
    marks = [read_marks(each[-1] or "") for each in words]
    found = [_provenance(each, mark) for each, mark in zip(words, marks, strict=True)]
    lines = [mark.dateline for mark in marks]
    published: list[date | None] = [None if pd.isna(at) else at.date() for at in rows["published_at"].tolist()]
    days = [dateline_date(line.date, day) if line else None for line, day in zip(lines, published, strict=True)]
    flags = [
        [*each.flags, *_dateline_flags(day, issued)] for each, day, issued in zip(found, days, published, strict=True)
    ]
    texts = {
        "source_agency": [each.source_agency for each in found],
        "syndication": [each.syndication for each in found],
        "syndication_evidence": [each.syndication_evidence for each in found],
        "dateline": [line.text if line else None for line in lines],
        "dateline_place": [line.place if line else None for line in lines],
    }
    lists: dict[str, list[Any]] = {
        "agencies": [list(each.agencies) for each in found],
        "agency_evidence": [list(each.agency_evidence) for each in found],
        "provenance_flags": flags,
        "authors": [_authors(each, mark) for each, mark in zip(words, marks, strict=True)],
        "dateline_date": days,
    }
    columns = {name: pd.Series(values, index=rows.index, dtype="str") for name, values in texts.items()}
    columns |= {name: pd.Series(values, index=rows.index, dtype=object) for name, values in lists.items()}
    return pd.DataFrame(columns, index=rows.index)


def _provenance(words: tuple[str | None, ...], marks: Marks) -> Provenance:
    site, kind, source, author, attribution, _ = words
    is_own = is_own_byline(site or "", kind, source, author)
    return provenance_of((source, author), (attribution,) if attribution else (), marks, is_own=is_own)


def _authors(words: tuple[str | None, ...], marks: Marks) -> list[str]:
    site, _, _, author, *_ = words
    return people_of(author, site=site or "") or reporters_of(marks.credits)


def _dateline_flags(day: date | None, published: date | None) -> list[str]:
    is_far = day is not None and published is not None and abs((day - published).days) >= FAR
    return ["dateline_far_from_publication"] if is_far else []
