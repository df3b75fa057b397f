"""Weighted terms in a text: term lists as kept in vocabularies/, compiled into one pass over a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick

from transforms.errors import VocabularyError
from transforms.vocabulary import vocabulary_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOT_WORD = re.compile(r"[\W_]")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_VOWELS = "aeiou"


class Tag(NamedTuple):
    """One section of a term list: its code, its name, and the code of the broader tag or an empty text."""

    code: str
    name: str
    broader: str


class Hit(NamedTuple):
    """A term found: where it stands, as offsets into the text, and which of the list's terms it is."""

    start: int
    end: int
    term: int


@dataclass(frozen=True)
class TermLists:
    """The term lists of a scheme.

    Attributes:
        tags: code to tag, in the order of the file.
        terms: the spellings, folded; a hit's `term` is a position in it.
        meanings: per term the tags it speaks for, with its weight for each.
    """

    tags: dict[str, Tag]
    terms: list[str]
    meanings: list[tuple[tuple[str, float], ...]]
    _cased: dict[int, str] = field(default_factory=dict, repr=False)

    @cached_property
    def _automaton(self) -> AhoCorasick:
        return AhoCorasick([f" {term} " for term in self.terms])

    def hits(self, text: str) -> list[Hit]:
        """The terms in a text: whole words, in any case unless the list has capitals; where two overlap the longest.

        Punctuation divides like a blank but is not one: no term reaches over the end of a sentence. A term in capitals
        says nothing in a line that is all capitals.
        """
        found = self._automaton.find_matches_as_indexes(f" {fold(text)} ", overlapping=True)
        found.sort(key=lambda match: (match[1], -match[2]))
        hits, free_from = [], -1
        for term, start, end in found:
            # The blank on either side is shared with the neighbour; the text itself is one to the right.
            if start < free_from or (term in self._cased and not self._is_as_written(text, term, start, end - 2)):
                continue
            hits.append(Hit(start, end - 2, term))
            free_from = end - 1
        return hits

    def _is_as_written(self, text: str, term: int, start: int, end: int) -> bool:
        if text[start:end] != self._cased[term]:
            return False
        line = text[text.rfind("\n", 0, start) + 1 : (text.find("\n", end) + 1 or len(text) + 1) - 1]
        return not line.isupper() or len(line) == end - start


def fold(text: str) -> str:
    """Small letters and digits with a blank for everything else, each where its original stands."""
    if text.isascii():
        return text.translate(_ASCII)
    # The one letter whose small form is two characters long.
    return _NOT_WORD.sub(" ", text.replace("\u0130", "I").lower())


def read(name: str) -> TermLists:
    """Reads a list of vocabularies/: sections "= code | name | broader", then lines of a weight and its terms.

    A term stands for itself and its plural, with `~` for its verb forms, with `!` for itself alone. One of weight 0
    speaks for nothing: it keeps shorter terms from being found in it.

    Raises:
        VocabularyError: a line is neither a section nor a weight with terms; the message names it.
    """
    return parse(vocabulary_file(name).read_text(encoding="utf-8"), name)


def parse(text: str, name: str) -> TermLists:
    """The term lists written in a text; see `read`."""
    tags: dict[str, Tag] = {}
    meanings: dict[str, dict[str, float]] = {}
    cased: dict[str, str] = {}
    tag: Tag | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("= "):
            tag = _section(line, f"{name}, line {number}")
            tags[tag.code] = tag
            continue
        weight, terms = _weighted(line, f"{name}, line {number}")
        if tag is None:
            raise VocabularyError(f"{name}, line {number}: terms before the first section; start one with '= code'")
        for spelling, written in _spellings(terms):
            meanings.setdefault(spelling, {}).setdefault(tag.code, weight)
            if written is not None:
                cased[spelling] = written
    spellings = list(meanings)
    return TermLists(
        tags=tags,
        terms=spellings,
        meanings=[tuple(pair for pair in meanings[each].items() if pair[1]) for each in spellings],
        _cased={index: cased[each] for index, each in enumerate(spellings) if each in cased},
    )


def _section(line: str, where: str) -> Tag:
    parts = [part.strip() for part in line[2:].split("|")]
    if len(parts) != len(Tag._fields):
        raise VocabularyError(f"{where}: {line!r} is no section; write '= code | name | broader'")
    return Tag(*parts)


def _weighted(line: str, where: str) -> tuple[float, list[str]]:
    weight, _, terms = line.partition(" ")
    try:
        return float(weight), [term.strip() for term in terms.split(",") if term.strip()]
    except ValueError as error:
        raise VocabularyError(f"{where}: {line[:40]!r} does not start with a weight; write '3 term, term'") from error


def _spellings(terms: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Each form of each term, folded, with the form as it must be written if that matters."""
    for term in terms:
        bare = term.rstrip("~!")
        if any(letter.isupper() for letter in bare):
            yield fold(bare), bare
            continue
        forms = {bare} if term.endswith("!") else {bare, *_plural(bare)}
        if term.endswith("~"):
            forms |= _verb_forms(bare)
        yield from ((fold(form), None) for form in sorted(forms))


def _plural(noun: str) -> Iterator[str]:
    if not noun[-1:].isalpha() or noun.endswith("s"):
        if noun.endswith("ss"):
            yield f"{noun}es"
    elif noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        yield f"{noun[:-1]}ies"
    elif noun.endswith(("x", "ch", "sh", "z")):
        yield f"{noun}es"
    else:
        yield f"{noun}s"


def _verb_forms(verb: str) -> set[str]:
    if verb.endswith("e"):
        return {f"{verb}d", f"{verb[:-1]}ing"}
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return {f"{verb[:-1]}ied", f"{verb}ing"}
    return {f"{verb}ed", f"{verb}ing"}
