"""The line under a headline: who, where and when, apart by dividers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spiders.reading.text import BLOCKS, classes_of, plain, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from selectolax.lexbor import LexborNode

_DIVIDER = "|"
_ASIDE = ("share", "social", "sr-only", "hidden")


@dataclass(slots=True)
class Byline:
    """A byline taken apart.

    Attributes:
        links: (text, address) of the links with a text, in order; those behind the dates only if nothing is ahead.
        texts: what stands between the dividers and is neither link nor date, in order.
        dates: lower-cased date word to the text behind it, for example "updated": "12-12-2025 19:00 IST".
    """

    links: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    dates: dict[str, str] = field(default_factory=dict)


def read_byline(node: LexborNode, date_words: Sequence[str], *, skipped_classes: Iterable[str] = ()) -> Byline:
    """Takes a byline apart at its "|" dividers and its date words, for example "Updated".

    An element whose class names a divider divides too. Share buttons in the line are passed by, as are elements with
    one of `skipped_classes`.
    """
    line, links = _Flattener(frozenset(skipped_classes)).flatten(node)
    stated = list(re.finditer(rf"({'|'.join(date_words)})\s*:", line, re.IGNORECASE))
    dates_at = stated[0].start() if stated else len(line)
    named = [text for part in line[:dates_at].split(_DIVIDER) if (text := plain(part).strip(" ,;-\u2013\u2014"))]
    linked = [link for position, link in links if position <= dates_at]
    byline = Byline(linked if linked or named else [link for _, link in links], named)
    ends = [*(word.start() for word in stated[1:]), len(line)]
    for word, end in zip(stated, ends, strict=False):
        text = line[word.end() : end].partition(_DIVIDER)[0]
        byline.dates.setdefault(word.group(1).lower(), plain(text))
    return byline


class _Flattener:
    """Makes one line of text of a byline's elements, its links apart."""

    def __init__(self, skipped_classes: frozenset[str]) -> None:
        self._skipped_classes = skipped_classes
        self._line: list[str] = []
        self._length = 0
        self._links: list[tuple[int, tuple[str, str]]] = []
        self._link: LexborNode | None = None
        self._link_text: list[str] = []
        self._skipped: int | None = None

    def flatten(self, root: LexborNode) -> tuple[str, list[tuple[int, tuple[str, str]]]]:
        """The line without the texts of its links, and each link with its position in that line."""
        for node, tag, is_start in walk(root):
            if self._skipped is not None:
                if not is_start and node.mem_id == self._skipped:
                    self._skipped = None
            elif tag == "-text":
                text = node.text_content or ""
                if self._link is None:
                    self._write(text)
                else:
                    self._link_text.append(text)
            elif is_start:
                self._enter(node, tag)
            elif tag == "a":
                self._end_link()
            elif tag in BLOCKS:
                self._write(" ")
        return "".join(self._line), self._links

    def _enter(self, node: LexborNode, tag: str) -> None:
        has_content = node.first_child is not None
        names = classes_of(node)
        if any(name in self._skipped_classes or name.startswith(_ASIDE) for name in names):
            self._skipped = node.mem_id if has_content else None
        elif any("divider" in name for name in names):
            self._write(_DIVIDER)
        elif tag == "a" and has_content:
            self._link = node
        elif tag == "br" or tag in BLOCKS:
            self._write(" ")

    def _write(self, text: str) -> None:
        self._line.append(text)
        self._length += len(text)

    def _end_link(self) -> None:
        text = plain("".join(self._link_text))
        if text and self._link is not None:
            self._links.append((self._length, (text, self._link.attrs.get("href") or "")))
        self._link = None
        self._link_text.clear()
