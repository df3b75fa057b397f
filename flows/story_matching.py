"""Finding the stories of a run's articles among those of the past, which the index holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import transforms
from flows import fan_out
from flows.copy_groups import CopyGroups
from flows.index_rows import IndexRows
from transforms.story_pairs import STORY_LINKS, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from warehouse import StoryIndex


_TIME = pd.DatetimeTZDtype("us", tz="UTC")


def match_stories(index: StoryIndex, articles: pd.DataFrame, copies: IndexRows) -> IndexRows:
    """What these articles, each once and as it is now, change in the stories and in what they are matched by.

    Only what hangs together with an article that is new or changed is looked up and computed again. The result is the
    same as that of a computation from scratch over all articles, in whatever order and batches they come.

    Args:
        index: the past.
        articles: the run's.
        copies: what the run changes in `copies`.
    """
    groups = CopyGroups(index, copies.replaces["copies"], copies.removes["copies"])
    times, before = transforms.story_times(articles), index.times(articles["article_uid"]).to_pandas()
    terms = fan_out.story_terms(articles)
    known_terms = index.rows("story_terms", before["article_uid"], _moments(before)).to_pandas()
    changed = transforms.changed_articles(terms, known_terms)
    old_pairs, beside = _old_pairs(index, groups.around(changed), times, before)
    pairs = _pairs(index, terms, changed)
    near = pd.concat([times, beside, transforms.paired(old_pairs, changed), transforms.paired(pairs, changed)])
    reached, linked = _region(index, groups, near.drop_duplicates("article_uid"), pairs, changed)
    others = reached[~reached["article_uid"].isin(times["article_uid"])]
    members = transforms.story_members(reached, linked, groups.of(reached["article_uid"]))
    members = transforms.with_evidence(members, _told(index, members, pairs))
    known = pd.concat([before, others])
    old_members = index.rows("story_members", known["article_uid"], _moments(known)).to_pandas()
    told = index.rows("articles", others["article_uid"], _moments(others)).to_pandas()
    stories = transforms.stories(members, pd.concat([articles[told.columns], told]))
    heads = transforms.story_heads(old_members)
    old_stories = index.rows("stories", heads["article_uid"], _moments(heads)).to_pandas()
    return _rows(
        story_terms=(known_terms, terms),
        story_pairs=(transforms.both_ways(old_pairs[old_pairs["article_uid"].isin(changed)]), pairs),
        story_members=(old_members, members),
        stories=(old_stories, stories),
    )


def _old_pairs(
    index: StoryIndex, touched: set[str], times: pd.DataFrame, before: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The pairs that these had before the run, and the times of those among them that are not the run's."""
    beside = index.times(sorted(touched - set(times["article_uid"]))).to_pandas()
    old = pd.concat([before[before["article_uid"].isin(touched)], beside])
    return index.rows("story_pairs", old["article_uid"], _moments(old)).to_pandas(), beside


def _pairs(index: StoryIndex, terms: pd.DataFrame, changed: list[str]) -> pd.DataFrame:
    """The pairs of the changed articles with one another and with those of the index."""
    new = terms[terms["article_uid"].isin(changed)]
    known = index.terms_near(new["term"], _moments(new), WINDOW).to_pandas()
    return transforms.story_pairs(new, known[~known["article_uid"].isin(changed)])


def _region(
    index: StoryIndex, groups: CopyGroups, near: pd.DataFrame, pairs: pd.DataFrame, changed: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All articles whose stories can differ, with their times, and the pairs of these as they are now."""
    rows, times = pairs[list(STORY_LINKS)], _by_article(near)
    reach = transforms.Reach(groups.nodes(times))
    linked, read, read_nodes = [rows], set(changed), set[str]()
    while True:
        # What an article was found to be a copy of stays so: the pairs of earlier turns keep their nodes.
        canonical = groups.canonicals({*rows["article_uid"], *rows["other_uid"]})
        reach.add(transforms.node_pairs(rows, canonical), read_nodes)
        read_nodes = reach.missing()
        if not read_nodes:
            return _timed(index, times, groups.members(reach.reached)), pd.concat(linked)
        unread = groups.members(read_nodes) - read
        asked = _timed(index, times, unread)
        rows = index.links(asked["article_uid"], _moments(asked)).to_pandas()
        rows = rows[~rows["other_uid"].isin(changed)]
        linked.append(rows)
        read |= unread
        times = _by_article(transforms.paired(rows, [])) | times


def _told(index: StoryIndex, members: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs, whole, that tie these members closest to their stories: of the run's or of the index."""
    closest = members[members["other_uid"].notna() & members["evidence"].isna()]
    keys = pd.MultiIndex.from_frame(closest[["article_uid", "other_uid"]])
    closest = closest[~keys.isin(pd.MultiIndex.from_frame(pairs[["article_uid", "other_uid"]]))]
    asked = zip(closest["article_uid"], closest["other_uid"], strict=True)
    return pd.concat([pairs, index.pairs(asked, _moments(closest)).to_pandas()])


def _by_article(times: pd.DataFrame) -> dict[str, pd.Timestamp]:
    return dict(zip(times["article_uid"].tolist(), times["published_at"].tolist(), strict=True))


def _timed(index: StoryIndex, times: dict[str, pd.Timestamp], uids: set[str]) -> pd.DataFrame:
    """article_uid and published_at of these articles; what `times` lacks of them is looked up and added to it."""
    if unknown := sorted(uids - times.keys()):
        times |= _by_article(index.times(unknown).to_pandas())
    frame = pd.DataFrame({"article_uid": sorted(uids)}, dtype="str")
    published_at = pd.Series([times.get(uid) for uid in frame["article_uid"]], dtype=_TIME)
    return frame.assign(published_at=published_at)


def _rows(**tables: tuple[pd.DataFrame, pd.DataFrame]) -> IndexRows:
    """What is written and what is removed, by table, from what its rows were and what they are now."""
    changes = {name: transforms.changed_rows(name, before, now) for name, (before, now) in tables.items()}
    return IndexRows(
        replaces={name: written for name, (written, _) in changes.items()},
        removes={name: gone for name, (_, gone) in changes.items()},
    )


def _moments(frame: pd.DataFrame) -> Iterable[pd.Timestamp | None]:
    return [None if pd.isna(time) else time for time in frame["published_at"].unique()]
