"""Pairs of texts of which one repeats the other: candidates by their keys, verified on their shingles."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from transforms.shapes import COPY_KEYS, COPY_PAIRS, COPY_TEXTS, conform, widen
from transforms.shingles import has_figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Sets = list[NDArray[np.int32]]

NEAR = 0.8
"""Jaccard similarity of the shingle sets from which on two texts are near copies."""

INSIDE = 0.8
"""Share of the shorter text's shingles from which on it is inside the longer one. Of 150 pairs of wire items labelled
by hand (benchmarks/labels), 0.9 finds 0.64 of the copies and 0.8 finds 0.90, at nearly the same precision."""

LEAST_INSIDE = 30
"""Shingles that a text must have to be looked for inside others: shorter ones are phrases that anyone may write."""

SAME_TEMPLATE = 0.7
"""Two stories of one template share nearly all their words, but less than this of the shingles with figures …"""

FIGURES_IN_DIFFERENCE = 0.6
"""… and their difference is mostly one of figures: at least so much of it, …"""

LEAST_FIGURES = 6
"""… and at least so many shingles: what one number changes, three in either text."""

_SHINGLES_AT_ONCE = 4_000_000


def copy_candidates(keys: pd.DataFrame, known_keys: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per new text and another text, new or known, that share a key. Columns text_hash, other_hash, day.

    Args:
        keys: the rows of `copy_keys` of new texts.
        known_keys: the rows of `copy_keys` under these keys of texts that are in the index.

    `day` is that of the other text. Two new texts make one row.
    """
    new = conform(keys, COPY_KEYS)
    known = widen(known_keys, COPY_KEYS)
    counts = new["key"].value_counts()
    repeated = new[new["key"].isin(counts.index[counts > 1])]
    among = repeated.merge(repeated, on="key", suffixes=("", "_other"))
    among = among[among["text_hash"] < among["text_hash_other"]]
    with_known = new.merge(known[~known["text_hash"].isin(new["text_hash"])], on="key", suffixes=("", "_other"))
    both = pd.concat([among, with_known])[["text_hash", "text_hash_other", "day_other"]]
    return (
        both.set_axis(["text_hash", "other_hash", "day"], axis="columns")
        .drop_duplicates(["text_hash", "other_hash"])
        .reset_index(drop=True)
    )


def copy_pairs(candidates: pd.DataFrame, texts: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per text and other text of which one repeats the other; each pair is there in both directions.

    Args:
        candidates: text_hash and other_hash, a pair once.
        texts: rows of `copy_texts`: those of all texts among the candidates.

    `relation` is near (Jaccard of the shingles at least 0.8; `similarity` is that), inside (at least 0.8 of this text's
    shingles are in the other, longer one; `similarity` is that share) or holds (the other way round). Two stories of
    one template, which differ in their figures and in little else, are no copies: see `docs/matching.md`. All depends
    on the two texts alone.
    """
    given = conform(texts, COPY_TEXTS).drop_duplicates("text_hash")
    place = pd.Series(np.arange(len(given)), index=given["text_hash"])
    left = place.loc[candidates["text_hash"]].to_numpy()
    right = place.loc[candidates["other_hash"]].to_numpy()
    sets: Sets = given["shingles"].tolist()
    common = _overlaps(sets, left, right)
    smaller = np.minimum(common.sizes, common.other_sizes)
    jaccard = common.shared / np.maximum(common.sizes + common.other_sizes - common.shared, 1)
    share = common.shared / np.maximum(smaller, 1)
    is_near = jaccard >= NEAR
    is_inside = ~is_near & (share >= INSIDE) & (smaller >= LEAST_INSIDE)
    kept = np.flatnonzero((is_near | is_inside) & ~_is_template(common))
    hashes = given["text_hash"].to_numpy()
    # Of equally long texts the one of the smaller hash counts as the shorter.
    is_shorter = np.where(
        common.sizes == common.other_sizes, hashes[left] < hashes[right], common.sizes < common.other_sizes
    )
    pairs = pd.DataFrame(
        {
            "text_hash": hashes[left],
            "other_hash": hashes[right],
            "relation": np.where(is_near, "near", np.where(is_shorter, "inside", "holds")),
            "similarity": np.where(is_near, jaccard, share).round(4),
            "shared": common.shared,
            "shingles": common.sizes,
            "other_shingles": common.other_sizes,
        }
    ).iloc[kept]
    turned = {"text_hash": "other_hash", "shingles": "other_shingles"}
    back = pairs.rename(columns=turned | {new: old for old, new in turned.items()})
    back["relation"] = back["relation"].map({"near": "near", "inside": "holds", "holds": "inside"})
    return conform(pd.concat([pairs, back]).sort_values(["text_hash", "other_hash"]), COPY_PAIRS)


class _Overlaps(NamedTuple):
    """Per pair: shingles shared and of each text; likewise of those with figures."""

    shared: Counts
    sizes: Counts
    other_sizes: Counts
    shared_figures: Counts
    figures: Counts
    other_figures: Counts


def _overlaps(sets: Sets, left: Counts, right: Counts) -> _Overlaps:
    lengths = np.array([len(each) for each in sets], dtype=np.int64)
    figures = np.array([np.count_nonzero(has_figure(each.view(np.uint32))) for each in sets], dtype=np.int64)
    shared = np.zeros(len(left), dtype=np.int64)
    shared_figures = np.zeros(len(left), dtype=np.int64)
    for part in _parts(lengths[left] + lengths[right]):
        pair = np.concatenate((np.arange(len(part)), np.arange(len(part)))).astype(np.uint64)
        members = [sets[place] for place in (*left[part], *right[part])]
        keyed = np.sort(
            (np.repeat(pair, [len(each) for each in members]) << np.uint64(32))
            | np.concatenate(members).view(np.uint32)
        )
        both = keyed[1:][keyed[1:] == keyed[:-1]]
        owner = (both >> np.uint64(32)).astype(np.intp)
        shared[part] = np.bincount(owner, minlength=len(part))
        shared_figures[part] = np.bincount(owner[has_figure(both.astype(np.uint32))], minlength=len(part))
    return _Overlaps(shared, lengths[left], lengths[right], shared_figures, figures[left], figures[right])


def _parts(sizes: Counts) -> Iterator[NDArray[np.intp]]:
    """The pairs in runs that hold at most so many shingles at once, and at least one pair."""
    if len(sizes):
        run = (np.cumsum(sizes) - sizes) // _SHINGLES_AT_ONCE
        yield from np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(run)) + 1)


def _is_template(common: _Overlaps) -> NDArray[np.bool_]:
    """Whether the texts share their words and not their figures."""
    fewer_figures = np.minimum(common.figures, common.other_figures)
    plain = np.minimum(common.sizes - common.figures, common.other_sizes - common.other_figures)
    figures_share = common.shared_figures / np.maximum(fewer_figures, 1)
    plain_share = (common.shared - common.shared_figures) / np.maximum(plain, 1)
    differing_figures = common.figures + common.other_figures - 2 * common.shared_figures
    differing = common.sizes + common.other_sizes - 2 * common.shared
    is_template: NDArray[np.bool_] = (
        (fewer_figures > 0)
        & (figures_share < SAME_TEMPLATE)
        & (figures_share < plain_share)
        & (differing_figures >= LEAST_FIGURES)
        & (differing_figures >= FIGURES_IN_DIFFERENCE * differing)
    )
    return is_template
