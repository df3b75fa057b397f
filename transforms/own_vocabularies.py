"""Vocabularies of the analysts' own: the rows of their files, checked, and the tags they give."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from transforms.matching import Matcher
from transforms.mentions import COLUMNS
from transforms.named_tags import named_tags
from transforms.shapes import MENTIONS, OWN_TERMS, TAGS, TEXTS, VOCABULARY_FAULTS, Shape, conform, empty, widen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

#: Raised with every change of the rules here that can change tags.
RULES = 1
#: Characters of a tag, a name or a pattern.
LONGEST = 200
_SCHEME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LINES: Shape = {"file": "text", "line": "count", "tag": "text", "name": "text", "patterns": "text"}


def own_terms(lines: pd.DataFrame, taken: Collection[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The patterns of the analysts' vocabularies, and what is wrong with their rows.

    Args:
        lines: one row per row of their files: file (its name without `.csv`, which is the scheme), line (its number),
            and the columns tag, name and patterns as far as the file has them.
        taken: names of schemes that are there already.

    Returns:
        One row per scheme and pattern (scheme, tag, name, pattern, vocabulary_version), and one per row refused (file,
        line, reason). A tag has the name that any of its rows gives, the first of two, or else is called by its code; a
        pattern that two tags claim goes to the first.
    """
    given = widen(lines, _LINES).sort_values(["file", "line"], ignore_index=True)
    terms: list[tuple[str, str, str]] = []
    faults: list[tuple[str, int, str]] = []
    owners: dict[tuple[str, str], str] = {}
    names: dict[tuple[str, str], str] = {}
    columns = (
        given["line"].tolist(),
        *(given[name].fillna("").str.strip() for name in ("file", "tag", "name", "patterns")),
    )
    for line, file, tag, name, spellings in zip(*columns, strict=True):
        patterns = [each.strip() for each in spellings.split("|") if each.strip()]
        reason = _fault(file, tag, patterns, taken) or _fault_of_texts(tag, name, patterns)
        if reason is None and name and (known := names.setdefault((file, tag), name)) != name:
            reason = f"the tag {tag!r} is called {known!r} already"
        if reason is not None:
            faults.append((file, line, reason))
            continue
        for pattern in patterns:
            owner = owners.setdefault((file, pattern), tag)
            if owner != tag:
                faults.append((file, line, f"the pattern {pattern!r} belongs to the tag {owner!r} already"))
            else:
                terms.append((file, tag, pattern))
    called = [(file, tag, names.get((file, tag), tag), pattern) for file, tag, pattern in terms]
    made = pd.DataFrame(called, columns=["scheme", "tag", "name", "pattern"]).drop_duplicates(["scheme", "pattern"])
    made["vocabulary_version"] = made["scheme"].map(
        {str(scheme): _version(rows) for scheme, rows in made.groupby("scheme")}
    )
    fault_rows = pd.DataFrame(faults, columns=list(VOCABULARY_FAULTS))
    return widen(made, OWN_TERMS), conform(fault_rows, VOCABULARY_FAULTS) if faults else empty(VOCABULARY_FAULTS)


def own_tags(texts: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article and tag of an analyst's scheme. Key: article_uid, scheme, tag.

    Args:
        texts: see `transforms.shapes.TEXTS`.
        terms: what `own_terms` made.

    A pattern in small letters is found in any case, and with a plural's s; another as it is written and in capitals.
    """
    made = [empty(TAGS)]
    given = widen(texts, TEXTS)
    for scheme, rows in conform(terms, OWN_TERMS).groupby("scheme", sort=True):
        patterns, tags_ = tuple(rows["pattern"]), tuple(rows["tag"])
        found = [
            (uid, column, start, text[start:end], str(scheme), tag, "own")
            for column in COLUMNS
            for uid, text, matches in _find(given["article_uid"], given[column], _search(patterns, tags_))
            for tag, start, end in matches
        ]
        mentions = conform(pd.DataFrame(found, columns=list(MENTIONS)), MENTIONS)
        labels = dict(zip(rows["tag"][::-1], rows["name"][::-1], strict=True))
        made.append(named_tags(mentions, str(scheme), labels, str(rows["vocabulary_version"].iloc[0])))
    return conform(pd.concat(made), TAGS)


def scheme_fault(file: str, taken: Collection[str]) -> str | None:
    """Why a file of that name (without `.csv`) makes no scheme, None if it does; `taken` are schemes that are there."""
    if not _SCHEME.fullmatch(file):
        return f"{file!r} cannot be a scheme: name the file in small letters, digits, - and _, beginning with a letter"
    return f"there is a scheme {file!r} already: give the file another name" if file in taken else None


def _fault(file: str, tag: str, patterns: Sequence[str], taken: Collection[str]) -> str | None:
    if reason := scheme_fault(file, taken):
        return reason
    if not tag:
        return "the column tag is empty or missing"
    if not patterns:
        return "the column patterns is empty or missing: it holds spellings divided by |"
    short = [each for each in patterns if len(each) < 2]
    return f"the pattern {short[0]!r} is shorter than two characters" if short else None


def _fault_of_texts(tag: str, name: str, patterns: Sequence[str]) -> str | None:
    long = [each for each in (tag, name, *patterns) if len(each) > LONGEST]
    if long:
        return f"{long[0][:20]!r}… has {len(long[0]):,} characters: more than {LONGEST}"
    if any(unicodedata.category(letter) == "Cc" for each in (tag, name, *patterns) for letter in each):
        return "a cell holds a line break or another control character"
    formula = [each for each in (tag, name) if each.startswith(tuple("=+-@"))]
    return f"{formula[0]!r} begins with {formula[0][0]}: a spreadsheet would run it as a formula" if formula else None


def _version(rows: pd.DataFrame) -> str:
    content = rows[["tag", "name", "pattern"]].sort_values(["tag", "pattern"]).to_csv(index=False, lineterminator="\n")
    return f"{RULES}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


@lru_cache(maxsize=64)
def _search(patterns: tuple[str, ...], tags_: tuple[str, ...]) -> tuple[tuple[Matcher, list[str]], ...]:
    """What to look for as written, and what in small letters, each with the tags of its patterns."""
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    for pattern, tag in zip(patterns, tags_, strict=True):
        if pattern == pattern.lower():
            folded.setdefault(pattern, tag)
        else:
            exact.setdefault(pattern, tag)
    for pattern, tag in list(exact.items()):
        exact.setdefault(pattern.upper(), tag)
    for pattern, tag in list(folded.items()):
        if pattern[-1].isalpha():
            folded.setdefault(f"{pattern}s", tag)
    return tuple((Matcher(list(each)), list(each.values())) for each in (exact, folded))


def _find(
    uids: pd.Series, column: pd.Series, search: tuple[tuple[Matcher, list[str]], ...]
) -> Iterator[tuple[str, str, list[tuple[str, int, int]]]]:
    """Each article's text of one column, and the tags found in it with where their words stand."""
    texts = column.where(column.notna(), "").tolist()
    for (matcher, tags_), given in zip(search, (texts, [_small(text) for text in texts]), strict=True):
        for uid, text, matches in zip(uids, texts, matcher.find_all(given).by_text(len(texts)), strict=True):
            yield uid, text, [(tags_[number], start, end) for number, start, end in matches]


def _small(text: str) -> str:
    """In small letters, but those few that would take more room: places must stay the same."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(letter if len(letter.lower()) != 1 else letter.lower() for letter in text)
