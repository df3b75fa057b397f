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
    found: list[tuple[object, ...]] = []
    for uid, site_countries, *columns in zip(
        given["article_uid"], given["countries"], *(given[name] for name in COLUMNS), strict=True
    ):
        found += [(uid, *each) for each in _of_article(columns)]
        found += [(uid, *each) for each in _of_site(site_countries)]
    frame = pd.DataFrame(found, columns=list(MENTIONS))
    return conform(frame.drop_duplicates(), MENTIONS)


def _of_article(columns: list[object]) -> Iterator[tuple[object, ...]]:
    parts = [part if isinstance(part, str) else "" for part in columns]
    text = _BREAK.join(parts)
    if not any(parts):
        return
    summary_at = len(parts[0]) + len(_BREAK)
    body_at = summary_at + len(parts[1]) + len(_BREAK)
    for mention in resolve(text, names().matcher.find(text)):
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
