"""The terms that tell what event an article is of, with their weights: what stories are matched by."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from transforms.shapes import Shape, conform
from transforms.term_weights import languages, meanings, rarity, units
from transforms.wire_text import own_text

if TYPE_CHECKING:
    from collections.abc import Iterator

STORY_TERMS: Shape = {
    "published_at": "time",
    "article_uid": "text",
    "term": "text",
    "weight": "number",
    "is_name": "flag",
}

#: Terms kept of an article. More of them change nothing on the labelled pairs of benchmarks/stories.py.
TERMS = 24
#: A term of the headline counts as if it stood in the text so many times.
_HEADLINE = 3.0
#: A name, which a capital letter inside a sentence gives away, and a number tell more than another word.
_NAME, _NUMBER = 2.0, 1.6
_DECIMALS = 4
#: A text so long is a document; its event is named before.
_READ = 20_000

# Signs that belong to the letter before them, which Python holds for no part of a word.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903"
    "\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0983\u09bc-\u09d7\u0a00-\u0a03\u0a3c-\u0a51\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03"
    "\u0d3b-\u0d57\u0dca-\u0df3\u200c\u200d"
)
_LETTERS = rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}])*"
_TOKEN = re.compile(rf"\d[\d.,/-]*\d|\d|{_LETTERS}(?:['\u2019&.-]{_LETTERS})*")
_SENTENCE_END = re.compile(r'[.!?"\u201c\u201d\n\u0964]')


def story_times(articles: pd.DataFrame) -> pd.DataFrame:
    """When each of these articles counts as published: article_uid, published_at (updated_at where that is null)."""
    when = articles["published_at"].fillna(articles["updated_at"])
    return conform(articles.assign(published_at=when), {"article_uid": "text", "published_at": "time"})


def story_terms(articles: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article and term. Key: article_uid, term. An article's heaviest term comes first.

    Args:
        articles: rows of the articles table: article_uid, published_at, updated_at, title, summary, body, language.

    The terms are folded words, names, and numbers with what they count, of the headline and the article's own text
    (without a wire's marks; of the summary where there is no text). `weight` is how rare the term is in general
    (`transforms.term_weights`) times how often it stands there (1 + the logarithm), times 2 for a name and 1.6 for a
    number; the 24 heaviest stay, of unit length together. `published_at` is as in `story_times`.

    An article has no rows if it has no time, no words that tell anything, or a language of which it is not known which
    words are common. No language counts as English.
    """
    when = story_times(articles).set_index("article_uid")["published_at"]
    texts = zip(
        articles["article_uid"],
        articles["title"].fillna(""),
        articles["body"]
        .map(own_text, na_action="ignore")
        .astype("str")
        .replace("", None)
        .fillna(articles["summary"])
        .fillna(""),
        articles["language"].fillna("en").str.split(r"[-_]", n=1, regex=True).str[0].str.lower(),
        strict=True,
    )
    rows = [
        (uid, term, weight, is_name)
        for (uid, title, text, language), time in zip(texts, when, strict=True)
        if not pd.isna(time)
        for term, weight, is_name in _weights(title, text[:_READ], language)
    ]
    frame = pd.DataFrame(rows, columns=["article_uid", "term", "weight", "is_name"])
    frame["published_at"] = when.reindex(frame["article_uid"]).array
    frame = frame.sort_values(["article_uid", "weight", "term"], ascending=[True, False, True])
    return conform(frame, STORY_TERMS)


def _weights(title: str, text: str, language: str) -> list[tuple[str, float, bool]]:
    """The heaviest terms, their weights and whether they are names; none in a language that is not known."""
    if language not in languages():
        return []
    counts: defaultdict[str, float] = defaultdict(float)
    names = set()
    for term, is_name in _terms(text):
        counts[term] += 1
        if is_name:
            names.add(term)
    for term, _ in _terms(title):
        counts[term] += _HEADLINE
    weighted = [
        (term, rarity(term, language) * (1 + math.log(count)) * _kind_factor(term, is_name=term in names))
        for term, count in counts.items()
    ]
    heaviest = sorted((each for each in weighted if each[1] > 0), key=lambda each: (-each[1], each[0]))[:TERMS]
    length = math.sqrt(math.fsum(weight * weight for _, weight in heaviest))
    return [(term, round(weight / length, _DECIMALS), term in names) for term, weight in heaviest]


def _kind_factor(term: str, *, is_name: bool) -> float:
    if is_name:
        return _NAME
    return _NUMBER if term[0].isdigit() else 1.0


def _terms(text: str) -> Iterator[tuple[str, bool]]:
    """The terms of a text in order, and whether each is written as a name: with a capital inside a sentence."""
    number, end = "", 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if number:
            unit = _folded(token)
            counted = unit in units()
            yield (f"{number} {unit}" if counted else number), False
            number = ""
            if counted:
                end = match.end()
                continue
        if token[0].isdigit():
            number = token.replace(",", "")
        elif folded := _folded(token):
            between = text[end : match.start()]
            yield folded, end > 0 and token[0].isupper() and not _SENTENCE_END.search(between)
        end = match.end()
    if number:
        yield number, False


def _folded(token: str) -> str:
    """The word in small letters, without the s of a plural or genitive, abbreviations written out."""
    word = token.casefold().replace("\u2019", "'").removesuffix("'s")
    word = meanings().get(word, word)
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word.isascii() else word
