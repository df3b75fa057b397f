"""Mentions: every place, organisation, person and agency that the texts name, found in one search of each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from transforms.names import names, rows
from transforms.places import resolve
from transforms.shapes import MENTIONS, TEXTS, conform, widen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.matching import Match

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
    matches = names().matcher.find_all(joined).by_text(len(joined))
    rows_ = zip(given["article_uid"], given["countries"], joined, matches, *columns, strict=True)
    found: list[tuple[object, ...]] = []
    for uid, site_countries, text, each, title, summary, _ in rows_:
        found += [(uid, *mention) for mention in _of_text(text, each, len(title), len(summary))]
        found += [(uid, *mention) for mention in _of_site(site_countries)]
    return conform(pd.DataFrame(found, columns=list(MENTIONS)).drop_duplicates(), MENTIONS)


def _of_text(text: str, matches: list[Match], title: int, summary: int) -> Iterator[tuple[object, ...]]:
    """The mentions in a title, a summary and a body of which the first two have these lengths."""
    summary_at = title + len(_BREAK)
    body_at = summary_at + summary + len(_BREAK)
    for mention in resolve(text, matches):
        column, offset = "title", 0
        if mention.start >= body_at:
            column, offset = "body", body_at
        elif mention.start >= summary_at:
            column, offset = "summary", summary_at
        scheme = _SCHEMES.get(mention.kind, "country")
        words = text[mention.start : mention.end]
        yield column, mention.start - offset, words, scheme, mention.code, mention.kind


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
