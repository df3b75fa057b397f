"""Folded text: what is left of it when only the words are compared."""

from __future__ import annotations

import re
import unicodedata

#: What newspapers write in several ways, and the one that is compared. Replaced one by one: a text holds few of them.
_VARIANTS = (
    ("\u2019", "'"), ("\u2018", "'"), ("\u201c", '"'), ("\u201d", '"'), ("\u2013", "-"), ("\u2014", "-"),
    ("\u2026", "..."), ("\u00a0", " "), ("\u201a", "'"), ("\u201e", '"'), ("\u00ab", '"'), ("\u00bb", '"'),
    ("\u2039", "'"), ("\u203a", "'"), ("\u2032", "'"), ("\u2033", '"'), ("\u00b4", "'"), ("\u02bc", "'"),
    ("\u2010", "-"), ("\u2011", "-"), ("\u2012", "-"), ("\u2015", "-"), ("\u2212", "-"), ("\u00ad", ""),
    ("\u00df", "ss"), ("\u1e9e", "ss"), ("\u00e6", "ae"), ("\u00c6", "ae"), ("\u0153", "oe"), ("\u0152", "oe"),
    ("\u00f8", "o"), ("\u00d8", "o"), ("\u0142", "l"), ("\u0141", "l"), ("\u0111", "d"), ("\u0110", "d"),
    ("\u0131", "i"), ("\u00f0", "d"), ("\u00d0", "d"), ("\u00fe", "th"), ("\u00de", "th"),
)  # fmt: skip
#: The marks that Latin, Greek and Cyrillic letters carry; those of other scripts are letters in their own right.
_DIACRITICS = re.compile("[\u0300-\u036f]+")
#: White space and punctuation of many scripts; not signs that change what is said ($, %, +), nor the vowel signs that
#: Python's \w takes for none of a word. A minus before a digit stays too.
_PUNCTUATION = (
    r"""\s!"#'()*,\-./:;?@\[\\\]^_`{|}~\xa1\xa7\xab\xb6\xb7\xbb\xbf\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4"""
    r"\u060c\u061b\u061f\u066d\u06d4\u0964\u0965\u0f0b-\u0f14\u104a\u104b\u1361-\u1368\u17d4-\u17d6\u2000-\u206f"
    r"\u2e00-\u2e7f\u3000-\u303f\ufe10-\ufe6f"
)
#: What is part of a number where it stands between digits: 5.5, 1,500, 3-2, 10:30, 26/11.
_WITHIN_NUMBERS = r"(?<=\d)[.,:/'\-]\d"
_BETWEEN_WORDS = re.compile(rf"(?:(?!(?<!\w)-\d|{_WITHIN_NUMBERS})[{_PUNCTUATION}])+")


def fold(text: str) -> str:
    """The text in small letters, without differences of typography: for comparison, never to be shown.

    Case, smart and straight quotes, dashes and hyphens, ligatures, full-width and other compatibility forms
    (NFKD) and the diacritics of Latin, Greek and Cyrillic letters are folded. Vowel signs of Indic scripts, points of
    Arabic and Hebrew and white space stay. Folding folded text changes nothing.
    """
    if text.isascii():
        return text.lower()
    text = _plain(text)
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _plain(_DIACRITICS.sub("", letters)).casefold())


def _plain(text: str) -> str:
    for variant, plain in _VARIANTS:
        if variant in text:
            text = text.replace(variant, plain)
    return text


def fold_words(text: str) -> str:
    """The folded words with single spaces between: texts that differ in typography alone are equal.

    A number is one word with all that it is written with: 5.5 is neither 5 nor 5 5.
    """
    return _BETWEEN_WORDS.sub(" ", fold(text)).strip()
