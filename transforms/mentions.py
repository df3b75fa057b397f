"""Mentions: every place, organisation, person and agency that the texts name, found in one search of each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from transforms.name_tables import name_tables
from transforms.names import names, rows
from transforms.resolution import resolve_all
from transforms.shapes import MENTIONS, TEXTS, conform, widen

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Searched as one text, divided so that no name reaches across.
COLUMNS = ("title", "summary", "body")
_BREAK = "\n\n"
#: Kinds of name that are their own scheme; all others are of places.
_SCHEMES = {"organisation": "organisation", "person": "person", "agency": "agency"}


def mentions(texts: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per name found. Key: article_uid, column, start, scheme, code.

    Args:
        texts: see `transforms.shapes.TEXTS`.

    Places are decided by the whole of an article, title, summary and body together (`transforms.places`), and carry
    the country's code. Countries as the site gives them are mentions of the column `countries`, in its order.
    `kind` says what kind of name it is: see `transforms.names.Kind`; of the site's own, `site`.
    """
    given = widen(texts, TEXTS)
    columns = [given[name].where(given[name].notna(), "").tolist() for name in COLUMNS]
    joined = [_BREAK.join(parts) for parts in zip(*columns, strict=True)]
    found = [_of_texts(given["article_uid"], joined, columns), _of_sites(given)]
    return conform(pd.concat(found).drop_duplicates(), MENTIONS)


def _of_texts(uids: pd.Series, joined: list[str], columns: list[list[str]]) -> pd.DataFrame:
    """The mentions in titles, summaries and bodies that were joined."""
    tables = name_tables()
    found = resolve_all(joined, names().matcher.find_all(joined))
    title, summary = (np.fromiter(map(len, each), np.int64, len(joined)) for each in columns[:2])
    begins = np.stack([0 * title, title + len(_BREAK), title + summary + 2 * len(_BREAK)])
    part = (found.start >= begins[:, found.text]).sum(axis=0) - 1
    places = zip(found.text.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
    kinds = np.array(tables.kinds, dtype=object)
    schemes = np.array([_SCHEMES.get(kind, "country") for kind in tables.kinds], dtype=object)
    return pd.DataFrame(
        {
            "article_uid": uids.to_numpy(dtype=object)[found.text],
            "column": np.array(COLUMNS, dtype=object)[part],
            "start": found.start - begins[part, found.text],
            "words": [joined[text][start:end] for text, start, end in places],
            "scheme": schemes[found.kind],
            "code": np.array(tables.codes, dtype=object)[found.code],
            "kind": kinds[found.kind],
        }
    )


def _of_sites(given: pd.DataFrame) -> pd.DataFrame:
    found = [
        (uid, *mention)
        for uid, countries in zip(given["article_uid"], given["countries"], strict=True)
        if countries
        for mention in _of_site(countries)
    ]
    return conform(pd.DataFrame(found, columns=list(MENTIONS)), MENTIONS)


def _of_site(site_countries: list[str]) -> Iterator[tuple[object, ...]]:
    for position, name in enumerate(site_countries):
        code = country_codes().get(name.casefold())
        if code is not None:
            yield "countries", position, name, "country", code, "site"


@cache
def country_codes() -> dict[str, str]:
    """Every name of a country, case folded, to its code."""
    return {
        spelling.casefold(): row["code"]
        for row in rows("countries.csv")
        for spelling in (row["name"], row["official"], *row["aliases"].split("|"))
        if spelling
    }
