"""Keeping the index that `search` reads up to date with a run's articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import transforms
from flows.index_rows import IndexRows

if TYPE_CHECKING:
    import pandas as pd

    from warehouse import SearchIndex


def index_words(index: SearchIndex, articles: pd.DataFrame) -> IndexRows:
    """What these articles, each once and as it is now, change in the index: only new texts and other ones are read."""
    known = index.documents(articles["article_uid"]).to_pandas()
    changed, gone = transforms.changed_documents(articles, known)
    found = transforms.search_index(articles[articles["article_uid"].isin(changed)])
    return IndexRows(
        appends={"search_postings": found.postings},
        replaces={"search_documents": found.documents},
        removes={"search_postings": gone},
    )
