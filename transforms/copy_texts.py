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

_NO_DAY = pd.Timestamp("1970-01-01").date()
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
    that is not compared because it has no text of its own or hardly any. A text of fewer than 30 words is compared
    together with its headline. `day` is that of an article with the text, or 1970-01-01: it only tells where rows lie.
    """
    given = widen(articles, _ARTICLES)
    bodies = [own_text(body if isinstance(body, str) else None) for body in given["body"]]
    sets = shingles(bodies)
    short = np.flatnonzero((sets.words > 0) & (sets.words < WORDS_ALONE))
    for place in short:
        title = given["title"].iat[place]
        bodies[place] = f"{title if isinstance(title, str) else ''}\n{bodies[place]}"
    if len(short):
        sets = shingles(bodies)
    days = given["published_at"].dt.date.where(given["published_at"].notna(), _NO_DAY)
    is_compared = sets.words >= SHINGLE_WORDS
    hashes = pd.Series(sets.fingerprints.view(np.int64), dtype="Int64").where(is_compared)
    rows = given.assign(text_hash=hashes)
    found = match_keys(sets)
    keys = pd.DataFrame(
        {"key": found.keys, "text_hash": sets.fingerprints.view(np.int64)[found.texts], "day": days.iloc[found.texts]}
    )
    texts = pd.DataFrame(
        {
            "text_hash": hashes,
            "day": days,
            "words": sets.words,
            "shingles": pd.Series(np.split(sets.values.view(np.int32), sets.ends[:-1]), dtype=object),
        }
    )
    return CopyTexts(
        conform(rows, COPY_ARTICLES),
        _one_each(texts[is_compared], COPY_TEXTS, ["text_hash"]),
        _one_each(keys, COPY_KEYS, ["key", "text_hash"]),
    )


def _one_each(rows: pd.DataFrame, shape: Shape, key: list[str]) -> pd.DataFrame:
    ordered = conform(rows, shape).sort_values([*key, "day"], kind="stable")
    return ordered.drop_duplicates(key).reset_index(drop=True)
