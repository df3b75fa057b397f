"""Rereading: what today's reading of pages that were read before changes in the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from transforms.articles import articles
from transforms.joins import look_up
from transforms.revisions import revisions
from transforms.shapes import ARTICLES, CONTENT, OBSERVATIONS, READING_CHANGES, REVISIONS, conform, empty, widen
from transforms.urls import urls

if TYPE_CHECKING:
    from datetime import datetime

#: The `change_kind` of a text that differs from the one before it on the same page.
READING = "reading"
#: Examples of a change that are shown, and the most characters of a value in one.
_EXAMPLES = 3
_SHOWN = 80


def current_observations(observations: pd.DataFrame, known_revisions: pd.DataFrame) -> pd.DataFrame:
    """The observations that are not older than the newest text known of their article: only that is read anew."""
    seen = conform(observations, OBSERVATIONS)
    newest = _newest(known_revisions)
    return seen[~(seen["observed_at"] < look_up(seen["article_uid"], newest))].reset_index(drop=True)


def reread_revisions(observations: pd.DataFrame, known_revisions: pd.DataFrame, recorded_at: datetime) -> pd.DataFrame:
    """Grain: one row per article and text that today's reading finds. Key: article_uid, revision.

    Args:
        observations: see `current_observations`.
        known_revisions: the newest revision of each article observed, as far as there is one.
        recorded_at: the time the warehouse learns of the rows.

    What was read before stays: the new reading of the page that the newest text is from follows it, with the same
    observed_at and the `change_kind` "reading". Later pages may differ from it as at any time. Texts before the newest
    stay as they were read: nothing is asked of them any more but what was known then.
    """
    rows = revisions(observations, known_revisions, recorded_at)
    is_same_page = rows["observed_at"] == look_up(rows["article_uid"], _newest(known_revisions))
    return conform(rows.assign(change_kind=rows["change_kind"].mask(is_same_page, READING)), REVISIONS)


def reread_articles(observations: pd.DataFrame, known_articles: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article of which a fact is another by today's reading, or that is new. Key: article_uid.

    The rows replace the known ones. `last_seen_at` stays where the site said since that nothing has changed.
    """
    known = widen(known_articles, ARTICLES)
    # So that a reading counts although an answer 304 has come since.
    rows = articles(observations, known.assign(last_seen_at=known["first_seen_at"]), revisions)
    last = look_up(rows["article_uid"], known.set_index("article_uid")["last_seen_at"])
    rows = rows.assign(last_seen_at=rows["last_seen_at"].mask(last > rows["last_seen_at"], last))
    is_other = _differs(known, rows).any(axis=1) | ~rows["article_uid"].isin(known["article_uid"])
    return conform(rows[is_other.to_numpy()], ARTICLES)


def reading_changes(known_articles: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per column of articles that differs: `field`, `articles` (how many), `examples` (three).

    The field `(new article)` counts articles that were not known: pages that could not be read before.
    """
    known, now = widen(known_articles, ARTICLES), widen(articles, ARTICLES)
    before = known.set_index("article_uid").reindex(now["article_uid"]).reset_index()
    is_new = ~now["article_uid"].isin(known["article_uid"])
    differs = _differs(known, now)
    found = []
    for name in differs:
        which = differs[name] & ~is_new
        if which.any():
            rows = zip(now["article_uid"][which], before[name][which], now[name][which], strict=True)
            examples = [f"{uid}: {_shown(was)} → {_shown(value)}" for uid, was, value in list(rows)[:_EXAMPLES]]
            found.append({"field": name, "articles": int(which.sum()), "examples": examples})
    if is_new.any():
        titles = zip(now["article_uid"][is_new], now["title"][is_new], strict=True)
        examples = [f"{uid}: {_shown(title)}" for uid, title in list(titles)[:_EXAMPLES]]
        found.append({"field": "(new article)", "articles": int(is_new.sum()), "examples": examples})
    return conform(pd.DataFrame(found), READING_CHANGES) if found else empty(READING_CHANGES)


def landed_by_rereading(known_urls: pd.DataFrame, articles: pd.DataFrame, run_id: str) -> pd.DataFrame:
    """The rows of urls that change because pages that could not be used have become articles.

    Args:
        known_urls: the rows of the urls table of these articles and their addresses.
        articles: the new ones.
        run_id: the run.
    """
    rows = urls(known_urls, pd.DataFrame(), pd.DataFrame(), articles, run_id)
    return rows.assign(last_error=rows["last_error"].mask(rows["state"] == "landed", None))


def _newest(known_revisions: pd.DataFrame) -> pd.Series:
    known = widen(known_revisions, {name: REVISIONS[name] for name in ("article_uid", "observed_at")})
    newest: pd.Series = known.groupby("article_uid")["observed_at"].max()
    return newest


def _differs(known: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """For each row of `now` and content column whether the known row of the article says something else."""
    before = known.set_index("article_uid").reindex(now["article_uid"])
    found = {}
    for name in (name for name in CONTENT if name != "article_uid"):
        pairs = zip(_plain(before[name], name), _plain(now[name], name), strict=True)
        found[name] = pd.Series([was != value for was, value in pairs], index=now.index, dtype="bool")
    return pd.DataFrame(found, index=now.index)


def _plain(values: pd.Series, name: str) -> list[object]:
    """The values so that equal ones compare equal, nulls too."""
    if CONTENT[name] == "texts":
        return [tuple(value) if isinstance(value, list) else () for value in values]
    return [None if pd.isna(value) else value for value in values]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return _shown(", ".join(value))
    text = "nothing" if value is None or pd.isna(value) or value == "" else " ".join(str(value).split())  # type: ignore[call-overload]
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
