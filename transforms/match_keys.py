"""Keys under which texts that may repeat one another meet: texts that share none are never compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from transforms.shingles import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from transforms.shingles import Shingles

BANDS = 12
ROWS = 4
"""Near copies meet where one band of the MinHash sketch is equal: at Jaccard j with probability 1 - (1 - j^4)^12, which
is 0.998 at 0.8, 0.81 at 0.6 and 0.006 at 0.15 (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4)."""

PHRASE_SAMPLE = 16
"""One phrase in so many is a key, by its hash, the same ones in every text: how a short text is found inside a long one
(Broder 1997 samples shingles in this way)."""

_SEED = 20251212


class MatchKeys(NamedTuple):
    """Keys and the positions of their texts, each pair once."""

    keys: NDArray[np.int64]
    texts: NDArray[np.int64]


def match_keys(shingles: Shingles) -> MatchKeys:
    """The keys of each text: those of its bands, if it has shingles, and of the phrases sampled."""
    band_keys, band_texts = _band_keys(shingles)
    is_sampled = shingles.phrases % np.uint64(PHRASE_SAMPLE) == 0
    phrase_texts = np.repeat(np.arange(len(shingles)), np.diff(shingles.phrase_ends, prepend=0))[is_sampled]
    keys = np.concatenate((band_keys, mixed(shingles.phrases[is_sampled]))).view(np.int64)
    texts = np.concatenate((band_texts, phrase_texts))
    order = np.lexsort((texts, keys))
    keys, texts = keys[order], texts[order]
    is_first = np.ones(len(keys), dtype=bool)
    is_first[1:] = (keys[1:] != keys[:-1]) | (texts[1:] != texts[:-1])
    return MatchKeys(keys[is_first], texts[is_first])


def _band_keys(shingles: Shingles) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A key for each band of MinHash values, by k permutations of the shingle hashes."""
    sizes = shingles.sizes()
    texts = np.flatnonzero(sizes)
    starts = (shingles.ends - sizes)[texts]
    chance = np.random.default_rng(_SEED)
    factors = chance.integers(0, 1 << 32, (BANDS, ROWS), dtype=np.uint32) | np.uint32(1)
    masks = chance.integers(0, 1 << 32, (BANDS, ROWS), dtype=np.uint32)
    keys = np.empty((BANDS, len(texts)), dtype=np.uint64)
    for band in range(BANDS):
        key = np.full(len(texts), band + 1, dtype=np.uint64)
        for factor, mask in zip(factors[band], masks[band], strict=True):
            if len(texts):
                smallest = np.minimum.reduceat((shingles.hashes * factor) ^ mask, starts)
                key = mixed(key ^ smallest) * np.uint64(0x9E3779B97F4A7C15)
        keys[band] = mixed(key)
    return keys.ravel(), np.tile(texts, BANDS)
