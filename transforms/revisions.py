"""Revisions: every text an article ever had, in the order it had them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from transforms.change_kinds import change_kind
from transforms.errors import IncompleteHistory
from transforms.joins import look_up, python_rows
from transforms.paragraphs import ParagraphChanges, paragraph_changes
from transforms.shapes import ARTICLES, CONTENT, FETCHES, OBSERVATIONS, REVISIONS, Shape, conform, widen

if TYPE_CHECKING:
    from datetime import datetime

#: The site's own say that something was touched, where and how it was read: moving alone, they are no revision.
_CIRCUMSTANCES = frozenset(
    {
        "url", "updated_at", "updated_raw", "published_raw", "published_precision", "published_source",
        "published_offset", "time_flags", "kind_raw", "language_declared",
    }
)  # fmt: skip
#: Made by us of columns that are compared: they follow these, and must not move when only our rules do.
_DERIVED = frozenset(
    {
        "article_uid", "source_agency", "agencies", "agency_evidence", "authors", "dateline", "dateline_place",
        "dateline_date", "syndication", "syndication_evidence", "provenance_flags", "section", "language",
        "language_source", "site_date", "content_hash", "word_count",
    }
)  # fmt: skip
#: The content columns that make a revision when they differ.
COMPARED = tuple(name for name in CONTENT if name not in _CIRCUMSTANCES | _DERIVED)
#: Those whose change is a change of content.
TEXT = ("title", "summary", "body")

_TIMELINE: Shape = {**REVISIONS, "revision": "integer", "is_known": "flag"}
_LOOK = ("article_uid", "url", "fetched_at", "outcome", "run_id", "archive_file", "archive_offset")


def revisions(
    observations: pd.DataFrame,
    known_revisions: pd.DataFrame,
    recorded_at: datetime,
    known_fetches: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Grain: one row per article and text that is new with these observations. Key: article_uid, revision.

    Args:
        observations: see `transforms.observations`; several of one article are taken in the order of observed_at.
        known_revisions: rows of the revisions table of the articles observed: the newest by observed_at of each, and
            of articles with late observations (see `late_articles`) all of them, with every column.
        recorded_at: the time the warehouse learns of the rows.
        known_fetches: rows of the fetches table of the late articles: when a known text was seen again unchanged.

    A text is new when a compared column (`COMPARED`) differs from the text before it in time: A, B, A makes three
    revisions. Not compared: the site's Updated time and the circumstances of reading (url, raw texts of times, their
    source, precision and flags), and columns that we derive from compared ones. `changed_fields` names the compared
    columns that differ from the revision before, in the order of the table, and is empty for revision 1;
    `is_content_change` says that title, summary or body differ, and is true for revision 1. `change_kind`: see
    `transforms.change_kinds`; `paragraphs_…`: see `paragraph_changes`.

    Late observations find their place in time. Known revisions whose number or neighbour changes by it, or that turn
    out to be older than thought, come out again with the same recorded_at and run_id, to replace the rows with the
    same key. So the order in which observations arrive makes no difference to the table (but for these two columns).

    Caveat: this table does not hold when a known text was seen again. Without `known_fetches` a late text that stood
    between two such times becomes a revision, but the return to the text before it does not, until that is seen again.

    Raises:
        IncompleteHistory: an observation is older than the newest known revision, and not all were given.
    """
    seen = conform(observations, OBSERVATIONS)
    known = _known(seen, known_revisions)
    is_whole = _is_whole(known)
    newest = known[~is_whole].drop_duplicates("article_uid", keep="last")
    _refuse_late(seen, newest)
    base = newest.set_index("article_uid")["revision"]
    placed = pd.concat([newest, known[is_whole]]).assign(is_known=True)
    again = _seen_again(known[is_whole], known_fetches)
    parts = [widen(part, _TIMELINE) for part in (placed, again, seen)]
    rows = _numbered(_in_order(pd.concat(parts)), base)
    rows["recorded_at"] = rows["recorded_at"].fillna(pd.Timestamp(recorded_at).as_unit("us"))
    return conform(rows.sort_values(["article_uid", "revision"]), REVISIONS)


def late_articles(observations: pd.DataFrame, known_articles: pd.DataFrame) -> list[str]:
    """The articles with an observation older than when they were last seen, sorted.

    Args:
        observations: see `transforms.observations`.
        known_articles: rows of the articles table of the articles observed (article_uid and last_seen_at will do).
    """
    known = widen(known_articles, {name: ARTICLES[name] for name in ("article_uid", "last_seen_at")})
    return _older(conform(observations, OBSERVATIONS), known.set_index("article_uid")["last_seen_at"])


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """The compared columns, lists made texts, so that they can be compared with `==`; null is not equal to null."""
    return pd.DataFrame(
        {
            name: pd.Series(["\x1f".join(value) for value in frame[name]], index=frame.index, dtype="str")
            if CONTENT[name] == "texts"
            else frame[name]
            for name in COMPARED
        },
        index=frame.index,
    )


def _known(seen: pd.DataFrame, known_revisions: pd.DataFrame) -> pd.DataFrame:
    given = known_revisions.reindex(columns=list(REVISIONS))
    affected = widen(given[given["article_uid"].isin(seen["article_uid"].unique())], REVISIONS)
    return affected.sort_values(["article_uid", "observed_at", "revision"], ignore_index=True)


def _is_whole(known: pd.DataFrame) -> pd.Series:
    """For each known revision whether all of its article are there, fit to be written again."""
    complete = known[["recorded_at", "run_id"]].notna().all(axis=1)
    numbers = known["revision"].where(complete, -1).groupby(known["article_uid"])
    return (numbers.transform("min") == 1) & (numbers.transform("nunique") == numbers.transform("max"))


def _older(seen: pd.DataFrame, times: pd.Series) -> list[str]:
    is_older = seen["observed_at"] < look_up(seen["article_uid"], times)
    return sorted(seen.loc[is_older, "article_uid"].unique())


def _refuse_late(seen: pd.DataFrame, newest: pd.DataFrame) -> None:
    late = _older(seen, newest.set_index("article_uid")["observed_at"])
    if late:
        raise IncompleteHistory(late)


def _seen_again(known: pd.DataFrame, known_fetches: pd.DataFrame | None) -> pd.DataFrame:
    """Each earlier look at an article whose history is whole, with the text that was in force then."""
    looks = pd.DataFrame() if known_fetches is None else known_fetches
    shape: Shape = {name: FETCHES[name] for name in _LOOK}
    looks = widen(looks, shape).rename(columns={"fetched_at": "observed_at"})
    looks = looks[looks["outcome"].isin(["new", "revised", "unchanged"])].sort_values("observed_at")
    columns = ["observed_at", *(name for name in CONTENT if name != "url")]
    # Of two readings of one page, which are of one time, the later counts: the sort keeps their order.
    texts = known[columns].sort_values("observed_at", kind="stable")
    return pd.merge_asof(looks, texts, on="observed_at", by="article_uid").dropna(subset=["site"])


def _in_order(timeline: pd.DataFrame) -> pd.DataFrame:
    """Sorted by article and time; known rows before new ones of the same moment; ties end in a total order."""
    keys = ["article_uid", "observed_at", "is_after", "revision", "archive_file", "archive_offset", "run_id"]
    timeline = timeline.assign(is_after=~timeline["is_known"]).reset_index(drop=True)
    if timeline.duplicated(keys).any():
        ties = _comparable(timeline).add_prefix("tie_")
        by = [*keys, *ties.columns, "url", "updated_at"]
        return timeline.join(ties).sort_values(by, ignore_index=True, kind="stable")[timeline.columns]
    return timeline.sort_values(keys, ignore_index=True, kind="stable")


def _numbered(timeline: pd.DataFrame, base: pd.Series) -> pd.DataFrame:
    """The first row of each run of equal texts, numbered, without known ones that stay as they are."""
    uid, is_known = timeline["article_uid"], timeline["is_known"]
    is_first = uid != uid.shift()
    texts = _comparable(timeline)
    before = texts.shift()
    differs = (texts != before) & ~(texts.isna() & before.isna())
    is_other = differs.any(axis=1) | is_first
    # Known revisions are never merged, even if columns that are no longer compared are all that parts them.
    known_in_run = is_known.groupby(is_other.cumsum()).cumsum()
    starts = is_other | (is_known & (known_in_run > 1))
    block = starts.cumsum()
    heads = timeline[starts].assign(block=block[starts]).set_index("block")
    heads["changed_fields"] = _changed_fields(differs[starts], is_first[starts])
    heads["is_content_change"] = (differs[list(TEXT)].any(axis=1) | is_first)[starts].to_numpy()
    for name in TEXT:
        heads[f"earlier_{name}"] = timeline[name].shift()[starts].to_numpy()
    heads["is_first"] = is_first[starts].to_numpy()
    heads["number"] = heads.groupby("article_uid").cumcount() + look_up(heads["article_uid"], base).fillna(1)

    known = timeline[is_known].assign(block=block[is_known]).set_index("block")
    holds_known = pd.Series(heads.index.isin(known.index), index=heads.index)
    follows_new = ~holds_known.groupby(heads["article_uid"]).shift(fill_value=True).astype("bool")
    is_renumbered = heads["number"] != known["revision"].reindex(heads.index)
    heads = heads.assign(revision=heads["number"])
    for name in ("recorded_at", "run_id"):
        heads[name] = known[name].reindex(heads.index).where(holds_known, heads[name])
    return _with_changes(heads[~holds_known | ~heads["is_known"] | follows_new | is_renumbered])


def _with_changes(heads: pd.DataFrame) -> pd.DataFrame:
    """What each revision did to the text before it."""
    later = python_rows(heads, TEXT)
    earlier = python_rows(heads, [f"earlier_{name}" for name in TEXT])
    kinds: list[str] = []
    changes: list[ParagraphChanges] = []
    firsts = heads["is_first"].tolist()
    for old, new, is_first, kind in zip(earlier, later, firsts, heads["kind"].tolist(), strict=True):
        of_body = ParagraphChanges() if is_first or old[2] == new[2] else paragraph_changes(old[2], new[2])
        kinds.append(change_kind(None if is_first else _text(old), _text(new), of_body, kind))
        changes.append(of_body)
    lists = {
        f"paragraphs_{name}": pd.Series([list(getattr(each, name)) for each in changes], heads.index, dtype=object)
        for name in ParagraphChanges._fields
    }
    return heads.assign(change_kind=pd.Series(kinds, heads.index, dtype="str"), **lists)


def _text(row: tuple[str | None, ...]) -> tuple[str | None, str | None, str | None]:
    title, summary, body = row
    return title, summary, body


def _changed_fields(differs: pd.DataFrame, is_first: pd.Series) -> list[list[str]]:
    rows = zip(differs.to_numpy().tolist(), is_first.tolist(), strict=True)
    return [[] if first else [name for name, other in zip(COMPARED, row, strict=True) if other] for row, first in rows]
