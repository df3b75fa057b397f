"""How much a term tells about which event a text is of: frozen weights, none of them learned from the articles."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

#: Names the vocabularies word_frequencies.csv and news_words.csv and the formula below; a change of any needs a new one
#: and a rebuilt index.
VERSION = "1"

#: Zipf frequencies (https://doi.org/10.1080/17470218.2013.850521) at which a word tells nothing ("said", "after") and
#: all it can (a word that is not among the 20,000 most frequent).
_COMMON, _RARE = 6.5, 2.8
_EVERYDAY = 0.05
#: Digits beyond the first that make a number one that is not shared by chance.
_DIGITS = 3
_YEAR = re.compile(r"(?:19|20)\d\d")


def rarity(word: str, language: str) -> float:
    """What a folded word or number tells, from 0 (nothing) to 1 (a rare word, a number of four digits).

    A number may have its unit behind a space, which counts as a digit. Years and bare digits tell nothing.
    """
    if word[0].isdigit():
        number, _, unit = word.partition(" ")
        digits = sum(map(str.isdigit, number)) + bool(unit)
        return 0.0 if not unit and _YEAR.fullmatch(number) else min(1.0, max(0, digits - 1) / _DIGITS)
    if word in everyday_words():
        return _EVERYDAY
    frequencies = _frequencies()[language]
    zipf = max(frequencies.get(word, _RARE), frequencies.get(f"{word}s", _RARE))
    return float(max(0.0, (_COMMON - zipf) / (_COMMON - _RARE)) ** 2)


def languages() -> frozenset[str]:
    """The languages of which it is known which words are common, as two or three letters."""
    return frozenset(_frequencies())


@cache
def meanings() -> dict[str, str]:
    """A wire's abbreviations and the words they stand for."""
    return {row["word"]: row["meaning"] for row in _rows("news_words.csv") if row["role"] == "short for"}


@cache
def units() -> frozenset[str]:
    """Words that tell what a number before them counts."""
    return frozenset(row["word"] for row in _rows("news_words.csv") if row["role"] == "unit")


@cache
def everyday_words() -> frozenset[str]:
    """Words that say little in a news text although they are not that common elsewhere."""
    return frozenset(row["word"] for row in _rows("news_words.csv") if row["role"] == "everyday")


@cache
def _frequencies() -> dict[str, dict[str, float]]:
    frequencies: dict[str, dict[str, float]] = {}
    for row in _rows("word_frequencies.csv"):
        frequencies.setdefault(row["language"], {})[row["word"]] = float(row["zipf"])
    return frequencies


def _rows(name: str) -> list[dict[str, str]]:
    text = files("transforms").joinpath("vocabularies", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
