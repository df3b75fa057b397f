"""What is kept of every article's text so that its copies are found: the text's identity, its shingles, its keys."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from transforms.match_keys import match_keys
from transforms.shapes import COPY_ARTICLES, COPY_KEYS, COPY_TEXTS, Shape, conform, widen
from transforms.shingles import SHINGLE_WORDS, shingles
from transforms.wire_text import own_text

WORDS_ALONE = 30
"""A shorter text is compared together with its headline: "Qtly div 25 cts vs 25 cts prior" alone names no company."""

_MICROSECONDS_A_DAY = 86_400_000_000
_ARTICLES: Shape = {"article_uid": "text", "title": "text", "body": "text", "published_at": "time"}


class CopyTexts(NamedTuple):
    """Rows for the tables `copy_articles`, `copy_texts` and `copy_keys`."""

    articles: pd.DataFrame
    texts: pd.DataFrame
    keys: pd.DataFrame


def copy_texts(articles: pd.DataFrame) -> CopyTexts:
    """Grain: a row per article, per distinct text, and per text and key.

    Args:
        articles: article_uid, title, body and published_at.

    `text_hash` is the same for texts that are equal after folding (see `transforms.shingles`), and null for an article
    that is not compared because it has no text of its own. A text of fewer than 30 words is compared together with its
    headline. `day` counts from 1970-01-01, UTC: the earliest of an article with the text, or 0; it only tells where
    rows lie.
    """
    given = widen(articles, _ARTICLES)
    sets = shingles([_compared(*each) for each in zip(given["title"], given["body"], strict=True)])
    hashes = sets.fingerprints.view(np.int64)
    is_compared = sets.words >= SHINGLE_WORDS
    days = given["published_at"].dt.floor("D").astype("int64").to_numpy() // _MICROSECONDS_A_DAY
    days = np.where(given["published_at"].notna(), days, 0)
    is_first = np.zeros(len(given), dtype=bool)
    order = np.lexsort((days, hashes))
    is_first[order] = np.diff(hashes[order], prepend=~hashes[order[:1]]) != 0
    found = match_keys(sets)
    at = found.texts[is_first[found.texts]]
    first = np.flatnonzero(is_first & is_compared)
    keys = pd.DataFrame({"key": found.keys[is_first[found.texts]], "text_hash": hashes[at], "day": days[at]})
    parts = np.split(sets.hashes.view(np.int32), sets.ends[:-1]) if len(given) else []
    texts = pd.DataFrame(
        {
            "text_hash": hashes[first],
            "day": days[first],
            "words": sets.words[first],
            "shingles": pd.Series([parts[place] for place in first], dtype=object),
        }
    )
    text_hash = pd.Series(hashes, dtype="Int64").where(is_compared)
    return CopyTexts(
        conform(given.assign(text_hash=text_hash), COPY_ARTICLES),
        conform(texts, COPY_TEXTS),
        conform(keys, COPY_KEYS),
    )


def _compared(title: object, body: object) -> str:
    """The text to compare; empty where there is none."""
    text = own_text(body) if isinstance(body, str) else ""
    if len(text.split(None, WORDS_ALONE)) >= WORDS_ALONE:
        return text
    if not any(map(str.isalnum, text)):
        return ""
    return f"{title}\n{text}" if isinstance(title, str) else text
