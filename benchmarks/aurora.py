"""The Aurora SDG queries, version 5, asked of news: phrases with wildcards, OR, AND, AND NOT, W/n and brackets.

Written for Scopus, where they look at title, abstract and keywords; here they look at the first 200 words, title
included. Left out: what Scopus does by itself (lemmas, plurals, stop words).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from benchmarks.text_corpora import FOLDER
from transforms.term_lists import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GOALS = range(1, 18)
FIRST_WORDS = 200
_TOKEN = re.compile(r'"[^"]*"|\(|\)|AND\s+NOT\b|OR\b|AND\b|W/\d+|[^\s()"]+')
_NAMESPACE = "{http://aurora-network.global/queries/namespace/}"

Span = tuple[int, int]
Found = dict[str, list[Span]]


@dataclass(frozen=True, slots=True)
class Node:
    """A phrase (`operator` empty) or an operator over two parts."""

    operator: str
    phrase: str = ""
    left: Node | None = None
    right: Node | None = None

    def spans(self, found: Mapping[str, list[Span]]) -> list[Span]:
        """Where it holds, as spans of words; empty where it does not."""
        if not self.operator:
            return found.get(self.phrase, [])
        assert self.left is not None
        assert self.right is not None
        left = self.left.spans(found)
        if self.operator == "OR":
            return left + self.right.spans(found)
        if not left:
            return []
        right = self.right.spans(found)
        if self.operator == "NOT":
            return [] if right else left
        if self.operator == "AND":
            return left + right if right else []
        return _near(left, right, int(self.operator))

    def phrases(self) -> Iterator[str]:
        if not self.operator:
            yield self.phrase
        for part in (self.left, self.right):
            if part is not None:
                yield from part.phrases()


def _near(left: list[Span], right: list[Span], words: int) -> list[Span]:
    return [
        (min(a[0], b[0]), max(a[1], b[1]))
        for a in left
        for b in right
        if max(a[0], b[0]) - min(a[1], b[1]) <= words and (a[1] <= b[0] or b[1] <= a[0])
    ]


class Queries:
    """The queries of all goals, ready to be asked of many texts."""

    def __init__(self) -> None:
        self.queries = {goal: [_parse(line) for line in _lines(goal)] for goal in GOALS}
        phrases = {phrase for nodes in self.queries.values() for node in nodes for phrase in node.phrases()}
        self._exact: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        self._open: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        for phrase in sorted(phrases):
            words = phrase.split()
            if words:
                table = self._open if "*" in words[0] else self._exact
                table[words[0][:2] if table is self._open else words[0]].append((phrase, words))

    def goals(self, title: str, body: str) -> set[str]:
        """The goals of which a query holds."""
        words = fold(f"{title}\n{body}").split()[:FIRST_WORDS]
        found: Found = defaultdict(list)
        for start, word in enumerate(words):
            for phrase, parts in (*self._exact.get(word, ()), *self._open.get(word[:2], ())):
                here = words[start : start + len(parts)]
                if len(here) == len(parts) and all(map(_is_like, here, parts)):
                    found[phrase].append((start, start + len(parts)))
        return {str(goal) for goal, nodes in self.queries.items() if any(node.spans(found) for node in nodes)}


def _is_like(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _lines(goal: int) -> Iterator[str]:
    tree = ElementTree.parse(FOLDER / "vocabularies" / "sdg" / "aurora" / f"query_SDG{goal}.xml")
    for line in tree.iter(f"{_NAMESPACE}query-line"):
        if line.text and line.text.strip():
            yield line.text


def _parse(text: str) -> Node:
    tokens = _TOKEN.findall(text.replace("\u201c", '"').replace("\u201d", '"'))
    return _operation(tokens, 0, len(tokens))


def _operation(tokens: list[str], start: int, end: int) -> Node:
    """Operators from the loosest: AND NOT, AND, OR, W/n; each takes the right-most at the outer level first."""
    while end - start > 1 and tokens[start] == "(" and _closing(tokens, start) == end - 1:
        start, end = start + 1, end - 1
    outer = list(_outer(tokens, start, end))
    for is_it in (
        lambda token: token.startswith("AND") and token.endswith("NOT"),
        lambda token: token == "AND",
        lambda token: token == "OR",
        lambda token: token.startswith("W/"),
    ):
        for at in reversed(outer):
            if is_it(tokens[at]) and start < at < end - 1:
                operator = "NOT" if tokens[at].endswith("NOT") else tokens[at].removeprefix("W/")
                return Node(operator, "", _operation(tokens, start, at), _operation(tokens, at + 1, end))
    # A wildcard inside a word is taken as one at its end.
    words = " ".join(token.strip('"') for token in tokens[start:end] if token not in "()")
    return Node("", " ".join(_pattern(word) for word in words.lower().split()))


def _pattern(word: str) -> str:
    head, star, _ = word.partition("*")
    return f"{fold(head).strip()}*" if star and head else fold(head).strip()


def _outer(tokens: list[str], start: int, end: int) -> Iterator[int]:
    depth = 0
    for at in range(start, end):
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        if depth == 0 and tokens[at] != ")":
            yield at


def _closing(tokens: list[str], start: int) -> int:
    depth = 0
    for at in range(start, len(tokens)):
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        if depth == 0:
            return at
    return -1
