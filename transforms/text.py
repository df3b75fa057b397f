"""Clean text: what a reader sees, in one normal form."""

from __future__ import annotations

import html
import re
import unicodedata
from html.entities import html5

#: Letters and signs of the scripts in which a joiner or non-joiner changes what is read: the Indic scripts, Myanmar,
#: Khmer and the Arabic script (https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters).
_JOINING = (
    "\u0600-\u06ff\u0750-\u077f\u0900-\u0dff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\ua8e0-\ua8ff\U00011000-\U000114ff"
)
#: Behind these a joiner counts even at the end of a word, as in old Malayalam chillus and Sinhala.
_VIRAMAS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2"
_EMOJI = (
    "\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u25aa-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\ufe0f\U0001f000-\U0001faff\U000e007f"
)
_KEPT = (
    "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # flags of England, Scotland, Wales
    f"|(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])"
    f"|(?<=[{_VIRAMAS}])[\u200c\u200d]"
    f"|(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])"
)
#: Controls that are not white space, soft hyphen, zero-width and directional characters, byte order marks,
#: interlinear marks, language tags, noncharacters.
_DROPPED = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e007f"
)
_INVISIBLE = re.compile(f"({_KEPT})|[{_DROPPED}]")
_HIDDEN = re.compile(f"[{_DROPPED}\ud800-\udfff]")  # says in a fraction of the time that there is nothing to do
_SURROGATE = re.compile("[\ud800-\udfff]")
_AMPERSAND = re.compile(r"&(?:(?:amp|AMP|#0{0,5}38|#[xX]0{0,4}26);)+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
#: Each pass can lay open another (an entity with a zero-width space in it); what needs more passes is an attack.
_MAX_PASSES = 8


def clean_text(text: str) -> str:
    """The text in NFC, without what cannot be seen, with single spaces and decoded entities.

    * Entities that are still there after the page was parsed were escaped twice (or more): decoded, all levels,
      but only with their semicolon, so that `?a=1&copy=2` stays.
    * Control, zero-width and directional characters go, except joiners and non-joiners inside words of Indic, Khmer,
      Myanmar and Arabic script and inside emoji sequences.
    * No-break space and every run of white space become one space; none is left at the ends.
    * Smart quotes and dashes stay. Markup stays: reporting it is the page object's work.
    * Lone surrogates, which no file can hold, become U+FFFD.

    Cleaning clean text changes nothing.
    """
    if _is_clean(text):
        return text
    for _ in range(_MAX_PASSES):
        cleaned = _clean_once(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def clean_or_none(value: object) -> str | None:
    """Clean text; None for what is not text or has none left."""
    return (clean_text(value) or None) if isinstance(value, str) else None


def clean_list(value: object) -> list[str]:
    """The clean texts of a list, in order, without those that come out empty; what is no list is an empty one."""
    if not isinstance(value, list | tuple):
        return []
    return [text for text in map(clean_or_none, value) if text is not None]


def count_words(text: str | None) -> int:
    """How many runs of text between white space hold a letter or digit; what only parts table cells is no word."""
    return sum(any(map(str.isalnum, word)) for word in text.split()) if text else 0


def encodable(value: object) -> str | None:
    """Text as found, except lone surrogates, which no file can hold; None for what is not text."""
    if not isinstance(value, str):
        return None
    return value if value.isascii() else _SURROGATE.sub("\ufffd", value)


def _is_clean(text: str) -> bool:
    """A quick look that most paragraphs pass; the one white space that is printable is the plain space."""
    return (
        text.isprintable()
        and "&" not in text
        and "  " not in text
        and text[:1] != " " != text[-1:]
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    )


def _clean_once(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(_decode, _AMPERSAND.sub("&", text))
    if not text.isprintable() and _HIDDEN.search(text):
        text = _INVISIBLE.sub(lambda match: match[1] or "", _SURROGATE.sub("\ufffd", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def _decode(match: re.Match[str]) -> str:
    name = match[1]
    return match[0] if name and f"{name};" not in html5 else html.unescape(match[0])
