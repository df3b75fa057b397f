"""Which articles are copies of which after a run, asked of the index as far as stories need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import transforms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from warehouse import StoryIndex


class CopyGroups:
    """The copies of the index with the changes of a run, each looked up once.

    Args:
        index: what holds `copies` as before the run.
        written: the rows of `copies` that the run writes.
        gone: the article_uid of those that it removes.
    """

    def __init__(self, index: StoryIndex, written: pd.DataFrame, gone: pd.DataFrame) -> None:
        self._index, self._written, self._gone = index, written, gone
        self._changed = {*written["article_uid"], *gone["article_uid"]}
        self._asked: set[str] = set()
        self._asked_of: set[str] = set()
        self._copies = transforms.current_copies(written.head(0), written, gone)
        self._canonical = self._by_article(self._copies)

    def canonicals(self, article_uids: Iterable[str]) -> Mapping[str, str]:
        """The canonical article of every copy seen so far, of these at least."""
        unknown = set(article_uids) - self._asked - self._changed - self._canonical.keys()
        if unknown:
            # With what repeats them, which is asked next of most.
            self._add(self._index.copies_about(sorted(unknown)).to_pandas())
            self._asked |= unknown
            self._asked_of |= unknown
        return self._canonical

    def nodes(self, article_uids: Iterable[str]) -> set[str]:
        """The canonical articles of these."""
        uids = set(article_uids)
        canonical = self.canonicals(uids)
        return {canonical.get(uid, uid) for uid in uids}

    def members(self, nodes: Iterable[str]) -> set[str]:
        """These canonical articles and all their copies."""
        wanted = set(nodes)
        asked = wanted - self._asked_of
        self._asked_of |= asked
        if asked:
            self._add(self._index.copies_of(sorted(asked)).to_pandas())
        return wanted | {uid for uid, canonical in self._canonical.items() if canonical in wanted}

    def around(self, article_uids: Iterable[str]) -> set[str]:
        """These, those whose copies change, and all that were or are in one group with any of them."""
        before = self._index.copies(sorted(self._changed)).to_pandas()
        heads = {*self._changed, *before["canonical_uid"], *article_uids}
        were = self._index.copies_of(sorted(heads)).to_pandas()
        return self.members(self.nodes(heads | {*were["article_uid"]}))

    def of(self, article_uids: Iterable[str]) -> pd.DataFrame:
        """The copies among these articles: article_uid, canonical_uid, similarity."""
        uids = set(article_uids)
        self.canonicals(uids)
        return self._copies[self._copies["article_uid"].isin(uids)]

    def _add(self, known: pd.DataFrame) -> None:
        current = transforms.current_copies(known, self._written, self._gone)
        new = current[~current["article_uid"].isin(self._canonical.keys())]
        self._copies = pd.concat([self._copies, new], ignore_index=True)
        self._canonical |= self._by_article(new)

    @staticmethod
    def _by_article(copies: pd.DataFrame) -> dict[str, str]:
        return dict(zip(copies["article_uid"], copies["canonical_uid"], strict=True))
