"""The paragraphs of an article's body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.reading.text import BLOCKS, UNSEEN, collapse, is_hidden, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

#: Elements in which a line break does not end the paragraph; elsewhere `<br>` is all that parts bare text.
_HOLDERS = frozenset({"p", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "pre", "address"})
#: Media, controls and what belongs to them: not the text of the story.
_NOT_TEXT = frozenset(
    {"audio", "button", "canvas", "embed", "figure", "form", "input", "nav", "picture", "select", "video", "hr", "img"}
)
_NOT_TEXT_CLASSES = frozenset(
    "ad ads adsbygoogle fb-post fb-video hidden instagram-media reddit-card reddit-embed-bq sr-only threads-post "
    "tiktok-embed twitter-timeline twitter-tweet twitter-video visually-hidden".split()
)
_NOT_TEXT_PREFIXES = ("advert", "share-", "social-")
_NOISE = re.compile(
    r"(?:-?\s*advertisements?\s*-?|share|share this (?:article|story|post|news|page)|post ?/ ?read comments"
    r"|read more on|share (?:this )?on (?:facebook|twitter|x|linkedin|whatsapp|telegram|reddit|email))[\s:]*",
    re.IGNORECASE,
)
#: An attribution is a sentence or two, and there are never more than these of them.
_ATTRIBUTION_LENGTH = 400
_MOST_ATTRIBUTIONS = 3
_SEE_ALSO = re.compile(r"(?:ALSO READ\b|(?i:also read)\s*(?:[:|–—-]|$))")
_SEE_ALSO_HEADING = re.compile(r"also read\s*[:|–—-]*", re.IGNORECASE)


def read_paragraphs(root: LexborNode, *, skipped_classes: Iterable[str] = ()) -> list[str]:
    """The paragraphs below `root` in order: each innermost block, table row or bare line is one.

    Left out: scripts, media, embeds, advertisements, share links, "see also" lists, and elements with one of
    `skipped_classes`. Cells of a table row are joined by " | ".
    """
    reader = _ParagraphReader(frozenset(skipped_classes))
    reader.read(root)
    return reader.paragraphs


def split_attribution(
    paragraphs: list[str], whole: re.Pattern[str], tail: re.Pattern[str]
) -> tuple[list[str], str | None]:
    """Takes the attribution off the end of a body: the paragraphs that `whole` matches, or the end that `tail` does.

    Returns the remaining paragraphs and the attribution (the first group of `tail`), None if there is none.
    """
    rest = list(paragraphs)
    found: list[str] = []
    while rest and len(found) < _MOST_ATTRIBUTIONS:
        if len(rest[-1]) > _ATTRIBUTION_LENGTH or not whole.fullmatch(rest[-1]):
            break
        found.append(rest.pop())
    if rest and (at_end := tail.search(rest[-1], max(0, len(rest[-1]) - _ATTRIBUTION_LENGTH))):
        found.append(at_end.group(1))
        rest[-1] = rest[-1][: at_end.start()].rstrip()
    return [text for text in rest if text], " ".join(reversed(found)) or None


class _ParagraphReader:
    """Collects inline text and ends the paragraph where a block begins or ends."""

    def __init__(self, skipped_classes: frozenset[str]) -> None:
        self.paragraphs: list[str] = []
        self._skipped_classes = skipped_classes | _NOT_TEXT_CLASSES
        self._parts: list[str] = []
        self._holders = 0
        self._links = 0
        self._is_all_link = True
        self._after_see_also = False

    def read(self, root: LexborNode) -> None:
        open_nodes: list[tuple[LexborNode, str]] = []
        node = root.first_child
        while node is not None:
            tag = node.tag or ""
            child = self._enter(node, tag)
            if child is not None:
                open_nodes.append((node, tag))
                node = child
                continue
            following = node.next
            while following is None and open_nodes:
                node, tag = open_nodes.pop()
                self._leave(tag)
                following = node.next
            node = following
        self._end_paragraph()

    def _enter(self, node: LexborNode, tag: str) -> LexborNode | None:
        """Takes in one node; the child to go on with, None if its subtree is done."""
        if tag == "-text":
            self._add(node.text_content or "")
            return None
        if tag == "br":
            if self._holders:
                self._parts.append(" ")
            else:
                self._end_paragraph()
            return None
        is_block = tag in BLOCKS
        if is_block:
            self._end_paragraph()
        if tag in UNSEEN or tag in _NOT_TEXT or tag.startswith("-") or self._is_skipped(node):
            return None
        if tag == "tr":
            self._add_row(node)
            return None
        child = node.first_child
        if child is not None:
            self._holders += tag in _HOLDERS
            self._links += tag == "a"
        return child

    def _leave(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end_paragraph()
        self._holders -= tag in _HOLDERS
        self._links -= tag == "a"

    def _is_skipped(self, node: LexborNode) -> bool:
        attributes = node.attributes
        if not attributes:
            return False
        for name in (attributes.get("class") or "").lower().split():
            if name in self._skipped_classes or name.startswith(_NOT_TEXT_PREFIXES):
                return True
        return ("hidden" in attributes or "style" in attributes) and is_hidden(node)

    def _add(self, text: str) -> None:
        if not text.isspace():
            self._is_all_link = self._is_all_link and self._links > 0
        self._parts.append(text)

    def _add_row(self, row: LexborNode) -> None:
        cells = (collapse(visible_text(cell)) for cell in row.iter() if cell.tag in {"td", "th"})
        text = " | ".join(cell for cell in cells if cell)
        if text:
            self._take(text, is_all_link=False)

    def _end_paragraph(self) -> None:
        text = collapse("".join(self._parts)) if self._parts else ""
        is_all_link = self._is_all_link
        self._parts.clear()
        self._is_all_link = True
        if text:
            self._take(text, is_all_link=is_all_link)

    def _take(self, text: str, *, is_all_link: bool) -> None:
        if _SEE_ALSO.match(text):
            # A heading alone: the links below it belong to it.
            self._after_see_also = _SEE_ALSO_HEADING.fullmatch(text) is not None
            return
        if _NOISE.fullmatch(text) or (self._after_see_also and is_all_link):
            return
        self._after_see_also = False
        self.paragraphs.append(text)
