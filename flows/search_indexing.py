"""Keeping the index that `search` reads up to date with a run's articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import transforms

if TYPE_CHECKING:
    import pandas as pd

    from warehouse import SearchIndex


@dataclass(frozen=True, slots=True)
class SearchRows:
    """Rows for the tables of the index, by table, as `warehouse.publish` takes them."""

    appends: dict[str, pd.DataFrame]
    replaces: dict[str, pd.DataFrame]
    removes: dict[str, pd.DataFrame]


def index_words(index: SearchIndex, articles: pd.DataFrame) -> SearchRows:
    """What these articles, each once and as it is now, change in the index: only new texts and other ones are read."""
    known = index.documents(articles["article_uid"]).to_pandas()
    changed, gone = transforms.changed_documents(articles, known)
    found = transforms.search_index(articles[articles["article_uid"].isin(changed)])
    return SearchRows(
        appends={"search_postings": found.postings},
        replaces={"search_documents": found.documents},
        removes={"search_postings": gone},
    )
