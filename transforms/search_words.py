"""The words that articles are searched by. `warehouse/sql/search_words.sql` reads a question the same way, in SQL."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

#: Words in so many articles that they tell nothing (the stop words of Lucene's StandardAnalyzer, version 8). They are
#: not in the index, yet have their place in the text, so that phrases keep their gaps.
STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this"
    " to was will with".split()
)
#: A longer word is cut: it is an address, or no word at all.
_LONGEST = 64

#: Latin, Greek and Cyrillic letters that may carry a diacritic; marks of other scripts are letters in their own right.
_ACCENTED = ((0x00C0, 0x052F), (0x1E00, 0x1FFF))
#: Its small form is two characters.
_CAPITAL_I_WITH_DOT = "\u0130"
_SMALL_LETTERS = (
    ("\u03c2", "\u03c3"), ("\u00df", "ss"), ("\u00e6", "ae"), ("\u0153", "oe"), ("\u00f8", "o"), ("\u0142", "l"),
    ("\u0111", "d"), ("\u0131", "i"), ("\u00f0", "d"), ("\u00fe", "th"),
    ("\ufb01", "fi"), ("\ufb02", "fl"),
)  # fmt: skip
#: Combining diacritics, apostrophes, and what cannot be seen: soft hyphen, zero-width signs, variation selectors.
_DROPPED = re.compile(
    "[\u0300-\u036f'\u2018\u2019\u02bc\u2032\u00b4`\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
#: A genitive's s, of what stands behind it only that it is no letter of English.
_GENITIVE = re.compile("([a-z0-9])['\u2018\u2019\u02bc\u2032\u00b4`]s\\b", re.ASCII)
#: Punctuation, symbols, white space and private signs.
_BETWEEN = (
    "\u0000-/:-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3"
    "\u05c6\u05f3\u05f4\u060c\u060d\u061b\u061e\u061f\u066a-\u066d\u06d4\u0700-\u070d\u0964\u0965\u0970\u0df4\u0e4f"
    "\u0e5a\u0e5b\u0f04-\u0f14\u0f3a-\u0f3d\u104a-\u104f\u1361-\u1368\u1680\u17d4-\u17da\u1800-\u180a\u2000-\u2bff"
    "\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\ue000-\uf8ff\ufd3e\ufd3f\ufe10-\ufe6f\uff00-\uff0f"
    "\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff\U0001f000-\U0001faff\U000e0000-\U0010ffff"
).replace(":-\u00a9", ":-`{-\u00a9")
#: Scripts that put no space between words: each sign is a word, and a word asked for is a phrase of its signs. Thai,
#: Lao, Myanmar, Khmer, Chinese and Japanese.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e50-\u0e59\u0e80-\u0eff\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_WORD = re.compile(f"[{_UNSPACED}]|[^{_BETWEEN}{_UNSPACED}]+")

_USE = re.compile("[a-z]+uses?")
_IES = re.compile("[a-z]+[b-df-z]ies")
_ES = re.compile("[a-z]+(?:ch|sh|ss|x)es")
_S = re.compile("[a-z]{2,}[a-hj-rtv-z]s")


def search_words(text: str) -> list[str]:
    """The words of a text in order, folded: in small letters, without diacritics and the s of a plural or genitive.

    Diacritics are folded on Latin, Greek and Cyrillic letters only; vowel signs of Indic scripts are part of the word.
    Signs of scripts without spaces are a word each. Stop words are among them.
    """
    if text.isascii():
        folded = _GENITIVE.sub(r"\1", text.lower()).replace("'", "").replace("`", "")
    else:
        folded = _DROPPED.sub("", _GENITIVE.sub(r"\1", _plain(unicodedata.normalize("NFC", text))))
    return [_stem(word) for word in _WORD.findall(folded)]


def _plain(text: str) -> str:
    text = text.replace(_CAPITAL_I_WITH_DOT, "i").lower()
    for letter, plain in _SMALL_LETTERS:
        text = text.replace(letter, plain)
    return text.translate(_without_accents())


@cache
def _without_accents() -> dict[int, str]:
    """Every letter that carries a diacritic, and what it is without."""
    found = {}
    for first, last in _ACCENTED:
        for code in range(first, last + 1):
            letters = unicodedata.normalize("NFD", chr(code))
            plain = "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M"))
            if plain != chr(code):
                found[code] = plain
    return found


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    """The word cut to 64 characters, without the ending of an English plural: countries, churches, floods.

    After D. Harman, How effective is suffixing? (1991), the S stemmer, with churches and boxes added to it. Of -uses
    only a dictionary could tell whether it is the plural of -us or of -use: viruses, houses. Both singulars are -us.
    """
    word = word[:_LONGEST]
    if not word.endswith(("s", "use")) or word == "news":
        return word
    if _USE.fullmatch(word):
        return word.removesuffix("s").removesuffix("e")
    if _IES.fullmatch(word):
        return f"{word[:-3]}y"
    if _ES.fullmatch(word):
        return word[:-2]
    return word[:-1] if _S.fullmatch(word) else word
