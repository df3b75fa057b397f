"""Finding the copies among a run's articles and those of the past, which the index holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import transforms
from flows.index_rows import CopyRows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from warehouse import CopyIndex


def match(index: CopyIndex, articles: pd.DataFrame) -> CopyRows:
    """What these articles change in the index and in `copies`, given as they are now, each once.

    Only what hangs together with a text that is new or gone is looked up and computed again. The result is the same as
    that of a computation from scratch over all articles, in whatever order and batches they come.
    """
    found = transforms.copy_texts(articles)
    known = index.articles(found.articles["article_uid"]).to_pandas()
    changed, left = transforms.changed_texts(found.articles, known)
    hashes = changed["text_hash"].dropna().astype("int64").unique()
    new = sorted(set(hashes) - set(index.known(hashes)["text_hash"].to_pylist()))
    texts = found.texts[found.texts["text_hash"].isin(new)]
    keys = found.keys[found.keys["text_hash"].isin(new)]
    pairs = _pairs(index, texts, keys)
    region, linked = _region(index, pairs, {*hashes.tolist(), *left})
    others = index.articles_with(region).to_pandas()
    members = pd.concat([changed, others[~others["article_uid"].isin(changed["article_uid"])]])
    now = transforms.copies(members, linked)
    before = index.copies(members["article_uid"]).to_pandas()
    written, gone = transforms.changed_copies(before, now)
    return CopyRows(
        appends={"copy_keys": keys, "copy_texts": texts, "copy_pairs": pairs},
        replaces={"copy_articles": changed, "copies": written},
        removes={"copies": gone},
        newly=int((~now["article_uid"].isin(before["article_uid"])).sum()),
    )


def _pairs(index: CopyIndex, texts: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """The pairs of these new texts with one another and with those of the index."""
    candidates = transforms.copy_candidates(keys, index.keys(keys["key"].unique()).to_pandas())
    old = candidates[~candidates["other_hash"].isin(texts["text_hash"])]
    others = index.texts(old["other_hash"].unique(), old["day"].unique()).to_pandas()
    return transforms.copy_pairs(candidates, pd.concat([texts, others]))


def _region(index: CopyIndex, new: pd.DataFrame, texts: Iterable[int]) -> tuple[list[int], pd.DataFrame]:
    """All texts that hang together with these by pairs, new ones or of the index, and those pairs."""
    reached: set[int] = set()
    frontier = set(texts)
    linked = [new]
    while frontier:
        reached |= frontier
        pairs = index.pairs(sorted(frontier)).to_pandas()
        linked.append(pairs)
        met = {*pairs["other_hash"].tolist(), *new.loc[new["text_hash"].isin(frontier), "other_hash"].tolist()}
        frontier = met - reached
    return sorted(reached), pd.concat(linked, ignore_index=True)
