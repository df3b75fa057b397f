"""What has changed in the index of copies: articles with another text, and labels that are new, other or gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.shapes import COPIES, COPY_ARTICLES, conform, widen

if TYPE_CHECKING:
    import pandas as pd


def changed_texts(articles: pd.DataFrame, known: pd.DataFrame) -> tuple[pd.DataFrame, set[int]]:
    """The rows of `copy_articles` that are new or differ from the known ones, and the texts that these articles left.

    Args:
        articles: one row of `copy_articles` per article, as it is now.
        known: the rows of the table of the same articles, as far as it has them.
    """
    now = conform(articles, COPY_ARTICLES)
    before = widen(known, COPY_ARTICLES).set_index("article_uid").reindex(now["article_uid"]).reset_index()
    same_text = (now["text_hash"] == before["text_hash"]).fillna(value=False)
    same_text |= now["text_hash"].isna() & before["text_hash"].isna()
    same_time = (now["published_at"] == before["published_at"]) | (
        now["published_at"].isna() & before["published_at"].isna()
    )
    is_known = now["article_uid"].isin(set(known["article_uid"]))
    is_changed = ~(is_known & same_text & same_time).astype(bool)
    left = before.loc[is_changed, "text_hash"].dropna().astype("int64")
    return now[is_changed].reset_index(drop=True), set(left.tolist())


def changed_copies(before: pd.DataFrame, now: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of `copies` that are new or differ from those before, and the article_uid of those that are gone."""
    old, new = widen(before, COPIES), conform(now, COPIES)
    kept = new.merge(old, how="left", indicator="found")["found"].to_numpy() == "both"
    gone = old.loc[~old["article_uid"].isin(new["article_uid"]), ["article_uid"]]
    return new[~kept].reset_index(drop=True), gone.sort_values("article_uid", ignore_index=True)
