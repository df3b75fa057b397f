"""What articles are searched by: which words each of them has, and where."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from transforms.search_words import STOP_WORDS, search_words
from transforms.shapes import SEARCH_DOCUMENTS, SEARCH_POSTINGS, conform, widen

#: Where the words of each field are counted from: no phrase begins in one field and ends in another.
FIELDS = {"title": 0, "summary": 100_000, "body": 200_000}
#: The month of an article of which no time of publication is known.
NO_MONTH = date(1970, 1, 1)
#: Of a field that is longer the rest is not searched; it keeps the places of fields apart.
_LONGEST = 90_000


class SearchIndex(NamedTuple):
    """Rows for the tables `search_documents` and `search_postings`."""

    documents: pd.DataFrame
    postings: pd.DataFrame


def search_index(articles: pd.DataFrame) -> SearchIndex:
    """Grain: a row per article, and a row per article and word of it. Key: article_uid, and article_uid and term.

    Args:
        articles: rows of the articles table: article_uid, title, summary, body, published_at, content_hash; each
            article once.

    Words are those of `search_words`, without stop words, which keep their places: a phrase with "of" in it matches
    where one word stands between.
    """
    documents = articles[["article_uid", "content_hash"]].assign(month_date=_months(articles["published_at"]))
    texts = articles[list(FIELDS)].itertuples(index=False, name=None)
    places = [_places(dict(zip(FIELDS, each, strict=True))) for each in texts]
    documents["words"] = [sum(map(len, each.values())) for each in places]
    about = documents.reset_index(drop=True)[["article_uid", "month_date", "words"]]
    postings = _rows(places).join(about, on="article").sort_values(["term", "article_uid"])
    return SearchIndex(conform(documents, SEARCH_DOCUMENTS), conform(postings, SEARCH_POSTINGS))


def changed_documents(articles: pd.DataFrame, known: pd.DataFrame) -> tuple[list[str], pd.DataFrame]:
    """The articles that are new to the index or have another text or month there, and what of it is to go.

    Args:
        articles: article_uid, published_at and content_hash.
        known: the rows of `search_documents` of the same articles, as far as it has them.

    Returns:
        article_uid of the articles, sorted; and month_date and article_uid of the rows of `search_postings` to remove.
    """
    now = articles[["article_uid", "content_hash"]].assign(month_date=_months(articles["published_at"]))
    old = widen(known, SEARCH_DOCUMENTS)
    both = now.merge(old, on="article_uid", how="left", suffixes=("", "_known"))
    is_same = both["content_hash"].eq(both["content_hash_known"]) & both["month_date"].eq(both["month_date_known"])
    changed = sorted(both.loc[~is_same, "article_uid"])
    gone = old.loc[old["article_uid"].isin(changed), ["month_date", "article_uid"]]
    return changed, gone.sort_values("article_uid", ignore_index=True)


def _months(published_at: pd.Series) -> pd.Series:
    """First day of the month of each time, UTC."""
    months = published_at.dt.tz_localize(None).astype("datetime64[s]").dt.to_period("M").dt.start_time.dt.date
    known: pd.Series = months.where(published_at.notna(), NO_MONTH)
    return known


def _places(fields: dict[str, object]) -> dict[str, list[int]]:
    """Where each word stands."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for name, text in fields.items():
        if isinstance(text, str):
            for place, word in enumerate(search_words(text)[:_LONGEST], FIELDS[name]):
                if word not in STOP_WORDS:
                    found[word].append(place)
    return found


def _rows(places: list[dict[str, list[int]]]) -> pd.DataFrame:
    """One row per article, by its number, and word: article, term, in_title, in_summary, in_body, positions."""
    lengths = np.array([len(held) for each in places for held in each.values()], dtype=np.int64)
    flat = np.array([place for each in places for held in each.values() for place in held], dtype=np.int32)
    ends = np.cumsum(lengths)
    counts = {}
    for (name, first), last in zip(FIELDS.items(), [*list(FIELDS.values())[1:], np.iinfo(np.int32).max], strict=True):
        inside = np.concatenate([[0], np.cumsum((flat >= first) & (flat < last))])
        counts[f"in_{name}"] = inside[ends] - inside[ends - lengths]
    return pd.DataFrame(
        {
            "article": np.repeat(np.arange(len(places)), [len(each) for each in places]),
            "term": [term for each in places for term in each],
            **counts,
            "positions": pd.Series(np.split(flat, ends[:-1]) if len(ends) else [], dtype=object),
        }
    )
