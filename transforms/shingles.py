"""Texts as sets of word shingles: folded, cut into words and hashed with NumPy, a batch of texts at a time."""

from __future__ import annotations

import itertools
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]
    U64 = NDArray[np.uint64]
    Positions = NDArray[np.intp]

SHINGLE_WORDS = 3
PHRASE_WORDS = 8
"""Words of a phrase: unrelated stories share few of this length, and a copy shares nearly all of its own."""

FIGURE_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve january february march april june july august"
    " september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday"
    " thursday friday saturday sunday"
)
"""Words that stand for figures, as do all words with a digit: what changes between two stories of one template."""

_CHUNK_CHARACTERS = 1 << 20
_SEPARATOR = "\x1e"
_BLANK, _WORD, _IDEOGRAPH, _IGNORED = range(4)
_BASE = 0x9E3779B97F4A7C15 | 1
_SHINGLE_FACTORS = (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB)


@dataclass(frozen=True, slots=True)
class Shingles:
    """What is compared of a batch of texts. All hashes depend on the text alone.

    Attributes:
        words: words of each text.
        fingerprints: a 64-bit hash of each text's sequence of words: equal texts after folding have equal ones.
        hashes: those of the word 3-shingles, each text's ascending and without repeats, one text after the other; the
            lowest bit tells those that hold a figure (see `has_figure`).
        ends: where each text's `hashes` end.
        phrases: 64-bit hashes of the runs of eight words, in the order of the text.
        phrase_ends: where each text's `phrases` end.
    """

    words: NDArray[np.int64]
    fingerprints: U64
    hashes: U32
    ends: NDArray[np.int64]
    phrases: U64
    phrase_ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.words)

    def sizes(self) -> NDArray[np.int64]:
        """Distinct shingles of each text."""
        return np.diff(self.ends, prepend=0)


def shingles(texts: Sequence[str]) -> Shingles:
    """The shingles of texts, which are folded first.

    Folding: compatibility forms and case are made one (NFKC, casefold); whatever is neither letter, digit nor mark
    parts words; format characters such as a soft hyphen vanish. Of scripts written without blanks each character
    counts as a word. A text of fewer than three words has no shingles, one of fewer than eight no phrases.
    """
    parts = [_hashed(chunk) for chunk in _chunks(texts)] or [_hashed([])]
    words, fingerprints, values, sizes, phrases, phrase_sizes = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    return Shingles(words, fingerprints, values, np.cumsum(sizes), phrases, np.cumsum(phrase_sizes))


def has_figure(values: U32) -> NDArray[np.bool_]:
    """Which shingles hold a number, or a word of a number or a date."""
    held: NDArray[np.bool_] = (values & np.uint32(1)) == 1
    return held


def mixed(values: U64) -> U64:
    """Each bit of the result depends on every bit of the value (the finaliser of splitmix64)."""
    result = values ^ (values >> np.uint64(30))
    result *= np.uint64(0xBF58476D1CE4E5B9)
    result ^= result >> np.uint64(27)
    result *= np.uint64(0x94D049BB133111EB)
    result ^= result >> np.uint64(31)
    return result


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in runs that fit the processor's caches."""
    chunk: list[str] = []
    characters = 0
    for text in texts:
        if chunk and characters + len(text) > _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
        chunk.append(text)
        characters += len(text) + 1
    if chunk:
        yield chunk


def _hashed(texts: Sequence[str]) -> tuple[NDArray[np.generic], ...]:
    """Per text: words, fingerprint; shingle values and their number; phrases and their number."""
    codes = _codes(texts)
    starts, ends = _word_bounds(codes)
    words = _runs(_character_sums(codes), starts, ends)
    is_figure = _is_figure(codes, starts, ends, words)
    separators = np.flatnonzero(codes == ord(_SEPARATOR))[: max(len(texts) - 1, 0)]
    last = np.append(np.searchsorted(starts, separators), len(starts))[: len(texts)]
    first = np.append(0, last[:-1])[: len(texts)]
    sums = np.append(np.uint64(0), np.cumsum(mixed(words) * _powers(len(words)), dtype=np.uint64))
    fingerprints = _runs(sums, first, last)
    values, sizes = _shingle_sets(words, is_figure, first, last)
    begin, phrase_sizes = _windows(first, last, PHRASE_WORDS)
    phrases = _runs(sums, begin, begin + PHRASE_WORDS)
    return (last - first).astype(np.int64), fingerprints, values, sizes, phrases, phrase_sizes


def _codes(texts: Sequence[str]) -> U8 | U32:
    """The folded texts as code points, parted by separators."""
    joined = _SEPARATOR.join(texts)
    if joined.count(_SEPARATOR) != max(len(texts) - 1, 0):
        joined = _SEPARATOR.join(text.replace(_SEPARATOR, " ") for text in texts)
    if joined.isascii():
        return np.frombuffer(joined.casefold().encode("ascii"), dtype=np.uint8)
    folded = unicodedata.normalize("NFKC", joined).casefold()
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ignored = _classes()[codes] == _IGNORED
    return codes[~ignored] if ignored.any() else codes


def _word_bounds(codes: U8 | U32) -> tuple[Positions, Positions]:
    """Where each word starts and ends."""
    classes = _classes()[codes]
    is_word = np.concatenate(([False], classes != _BLANK, [False]))
    is_border = is_word[1:] != is_word[:-1]
    if codes.dtype == np.uint8 or not (single := classes == _IDEOGRAPH).any():
        borders = np.flatnonzero(is_border)
        return borders[::2], borders[1::2]
    is_border[:-1] |= single
    is_border[1:] |= single
    at = np.flatnonzero(is_border)
    starts = at[is_word[at + 1]]
    ends = at[is_word[at]]
    return starts, ends


def _character_sums(codes: U8 | U32) -> U64:
    terms = (codes.astype(np.uint64) + np.uint64(1)) * _powers(len(codes))
    return np.append(np.uint64(0), np.cumsum(terms, dtype=np.uint64))


def _runs(sums: U64, begin: Positions, end: Positions) -> U64:
    """Hashes of runs of terms, wherever they stand, from the running sums of the terms times the base's powers."""
    return mixed((sums[end] - sums[begin]) * _inverse_powers(len(sums))[begin])


def _is_figure(codes: U8 | U32, starts: Positions, ends: Positions, words: U64) -> NDArray[np.bool_]:
    digits = np.append(0, np.cumsum(_is_digit()[codes], dtype=np.int64))
    has_digit: NDArray[np.bool_] = digits[ends] > digits[starts]
    return has_digit | np.isin(words, _figure_words())


def _shingle_sets(
    words: U64, is_figure: NDArray[np.bool_], first: Positions, last: Positions
) -> tuple[U32, NDArray[np.int64]]:
    begin, sizes = _windows(first, last, SHINGLE_WORDS)
    hashes = sum(
        (words[begin + place] * np.uint64(factor) for place, factor in enumerate(_SHINGLE_FACTORS)),
        start=np.uint64(0),
    )
    text = np.repeat(np.arange(len(first), dtype=np.uint64), sizes)
    figures = is_figure[begin] | is_figure[begin + 1] | is_figure[begin + 2]
    values = (mixed(np.atleast_1d(hashes)) >> np.uint64(33) << np.uint64(1)) | figures
    keyed = np.sort((text << np.uint64(32)) | values)
    is_first = np.ones(len(keyed), dtype=bool)
    np.not_equal(keyed[1:], keyed[:-1], out=is_first[1:])
    distinct = keyed[is_first]
    counts = np.bincount((distinct >> np.uint64(32)).astype(np.intp), minlength=len(first))
    return distinct.astype(np.uint32), counts.astype(np.int64)


def _windows(first: Positions, last: Positions, length: int) -> tuple[Positions, NDArray[np.int64]]:
    """Where the runs of `length` words of each text begin, and how many each text has."""
    sizes = np.maximum(last - first - (length - 1), 0).astype(np.int64)
    begin = np.arange(sizes.sum(), dtype=np.intp)
    return begin + np.repeat(first - np.append(0, np.cumsum(sizes)[:-1])[: len(first)], sizes), sizes


def _powers(length: int) -> U64:
    return _power_table(_BASE, _rounded(length))[:length]


def _inverse_powers(length: int) -> U64:
    return _power_table(pow(_BASE, -1, 1 << 64), _rounded(length))[:length]


def _rounded(length: int) -> int:
    return max(1 << max(length - 1, 0).bit_length(), _CHUNK_CHARACTERS << 1)


@cache
def _power_table(base: int, length: int) -> U64:
    return np.multiply.accumulate(
        np.concatenate((np.ones(1, np.uint64), np.full(length - 1, base, np.uint64))), dtype=np.uint64
    )


@cache
def _figure_words() -> U64:
    codes = _codes([FIGURE_WORDS])
    return np.sort(_runs(_character_sums(codes), *_word_bounds(codes)))


@cache
def _is_digit() -> NDArray[np.bool_]:
    table = np.zeros(sys.maxunicode + 1, dtype=bool)
    for code in range(0x20000):
        table[code] = unicodedata.category(chr(code)) == "Nd"
    return table


@cache
def _classes() -> U8:
    """What each code point does to words."""
    table = np.zeros(sys.maxunicode + 1, dtype=np.uint8)
    for code in itertools.chain(range(0xD800), range(0xE000, 0x32000), range(0xE0000, 0xE0200)):
        category = unicodedata.category(chr(code))
        if category[0] in "LNM":
            table[code] = _WORD
        elif category == "Cf":
            table[code] = _IGNORED
    for low, high in ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3134F),
                      (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF)):  # fmt: skip
        part = table[low : high + 1]
        part[part == _WORD] = _IDEOGRAPH
    return table
