"""The paragraphs of an article's body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.reading.text import BLOCKS, UNSEEN, collapse, is_hidden, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selectolax.lexbor import LexborNode

#: Elements in which a line break does not end the paragraph; elsewhere `<br>` is all that parts bare text.
_HOLDERS = frozenset({"p", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "pre", "address"})
#: Media, controls and what belongs to them: not the text of the story.
_NOT_TEXT = frozenset(
    {"audio", "button", "canvas", "embed", "figure", "form", "input", "nav", "picture", "select", "video", "hr", "img"}
)
_NOT_TEXT_CLASSES = frozenset(
    "ad ads adsbygoogle advt fb-post fb-video hidden instagram-media reddit-card reddit-embed-bq sr-only threads-post "
    "tiktok-embed twitter-timeline twitter-tweet twitter-video visually-hidden".split()
)
_NOT_TEXT_PREFIXES = ("advert", "share-", "social-")
_WORD = re.compile(r"[^\W_]")
#: Matched without the punctuation around it, as is `_SEE_ALSO_LABEL`.
_NOISE = re.compile(
    r"advertisements?(?: remove ads)?|advt|post ?/ ?read comments(?: \(\d+)?|read more on"
    r"|view this post on (?:instagram|threads)"
    r"|share(?: this(?: (?:article|story|post|news|page))?)?"
    r"(?: (?:on|via)(?: (?:facebook|twitter|x|linkedin|whatsapp|telegram|reddit|email))?)?",
    re.IGNORECASE,
)
_NOISE_LENGTH = 80
_PUNCTUATION = " :;,.|/*()[]-\u2013\u2014\u2022\u00b7"
#: Where the links go that pass an article on. Other addresses of the same hosts are links like any other.
_SHARES = re.compile(
    r"\bmailto:\?|(?:\bwhatsapp://send|\bwhatsapp\.com/send|//wa\.me)/?\?(?!phone=)|//(?:[\w-]+\.)*(?:"
    r"facebook\.com/(?:sharer|share\.php|dialog/share)|(?:twitter|x)\.com/(?:intent/(?:tweet|post)|share\b)"
    r"|linkedin\.com/(?:shareArticle|sharing/)|(?:t|telegram)\.me/share|reddit\.com/submit|pinterest\.com/pin/create)",
    re.IGNORECASE,
)
#: Where a link goes that stands in the quotation of a post, which scripts replace by the post itself.
_POSTS = re.compile(
    r"//(?:[\w-]+\.)?(?:(?:twitter|x)\.com/[^/]+/status/|instagram\.com/(?:[^/]+/)?(?:p|reel|tv)/)", re.IGNORECASE
)
#: An attribution is a sentence or two, and there are never more than these of them.
_ATTRIBUTION_LENGTH = 400
_MOST_ATTRIBUTIONS = 3
_SEE_ALSO = re.compile(r"[(\[]?\s*(?:ALSO READ\b|(?i:also read)\s*(?:[:|–—-]|$))")
_SEE_ALSO_LABEL = "also read"


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
        self._parts_outside_links: list[str] = []
        self._holders = 0
        self._links = 0
        #: For each open quotation, how many paragraphs stand before it and whether it is one of a post.
        self._quotations: list[tuple[int, bool]] = []
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
        if tag in UNSEEN or tag in _NOT_TEXT or tag.startswith("-"):
            return None
        attributes = node.attributes
        if attributes and (self._is_skipped(node, attributes) or (tag == "a" and self._shares(attributes))):
            return None
        if tag == "tr":
            self._add_row(node)
            return None
        child = node.first_child
        if child is not None:
            self._holders += tag in _HOLDERS
            self._links += tag == "a"
            if tag == "blockquote":
                self._quotations.append((len(self.paragraphs), False))
        return child

    def _leave(self, tag: str) -> None:
        if tag in BLOCKS:
            self._end_paragraph()
        self._holders -= tag in _HOLDERS
        self._links -= tag == "a"
        if tag == "blockquote":
            start, is_post = self._quotations.pop()
            if is_post:
                del self.paragraphs[start:]

    def _shares(self, attributes: Mapping[str, str | None]) -> bool:
        """Whether a link passes the article on. One that goes to a post tells what the quotation around it is."""
        address = f"{attributes.get('href')} {attributes.get('onclick')}"
        if self._quotations and _POSTS.search(address):
            self._quotations[-1] = (self._quotations[-1][0], True)
        return _SHARES.search(address) is not None

    def _is_skipped(self, node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
        for name in (attributes.get("class") or "").lower().split():
            if name in self._skipped_classes or name.startswith(_NOT_TEXT_PREFIXES):
                return True
        return ("hidden" in attributes or "style" in attributes) and is_hidden(node)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        if not self._links:
            self._parts_outside_links.append(text)

    def _add_row(self, row: LexborNode) -> None:
        cells = (collapse(visible_text(cell)) for cell in row.iter() if cell.tag in {"td", "th"})
        text = " | ".join(cell for cell in cells if cell)
        self._take(text, text)

    def _end_paragraph(self) -> None:
        if not self._parts:
            return
        text = outside_links = collapse("".join(self._parts))
        if len(self._parts_outside_links) != len(self._parts):
            outside_links = collapse("".join(self._parts_outside_links))
        self._parts.clear()
        self._parts_outside_links.clear()
        self._take(text, outside_links)

    def _take(self, text: str, outside_links: str) -> None:
        """Adds a paragraph, unless nothing in it can be read, or it is not of the story."""
        if not _WORD.search(text):
            return
        if _SEE_ALSO.match(text) or _is_see_also_label(outside_links):
            # A heading alone: the links below it belong to it.
            self._after_see_also = _is_see_also_label(text)
            return
        if len(text) < _NOISE_LENGTH and _NOISE.fullmatch(text.strip(_PUNCTUATION)):
            return
        if self._after_see_also and not _WORD.search(outside_links):
            return
        self._after_see_also = False
        self.paragraphs.append(text)


def _is_see_also_label(text: str) -> bool:
    return len(text) < _NOISE_LENGTH and text.strip(_PUNCTUATION).lower() == _SEE_ALSO_LABEL
