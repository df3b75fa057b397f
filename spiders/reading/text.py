"""The text of a node as a reader sees it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

#: Elements whose content no reader sees as text of the page.
UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "iframe", "noembed", "noframes", "object", "svg", "head", "textarea"}
)
#: Elements that start on a line of their own: their text is apart from what stands before and behind.
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG_NAMES = (
    "a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|figure|font|h[1-6]|hr|i|iframe|img|ins|li|mark|ol|p|q|s|"
    "script|section|small|span|strike|strong|style|sub|sup|table|tbody|td|th|tr|u|ul|video"
)
_TAG = re.compile(rf"<(/?)({_TAG_NAMES})(?:\s[^<>]{{0,1000}})?/?>", re.IGNORECASE)
#: Data of an element can be escaped once too often by each program it passed: three times was seen.
_MAX_ESCAPES = 3


def collapse(text: str) -> str:
    """The text with every run of white space, non-breaking space included, as one space, and none at the ends."""
    return " ".join(text.split())


def unescape(text: str) -> str:
    """The text with character references that are still to be seen in it resolved (`&amp;amp;` in the markup).

    Only references with their semicolon: `AT&T` and `Q&notary` stay as they are.
    """
    for _ in range(_MAX_ESCAPES):
        if "&" not in text:
            break
        resolved = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
        if resolved == text:
            break
        text = resolved
    return text


def plain(text: str) -> str:
    """A line of text free of escapes and of tags that were escaped with it, white space collapsed."""
    text = unescape(text)
    if "<" in text:
        text = _TAG.sub(lambda tag: " " if tag.group(2).lower() in BLOCKS or tag.group(2).lower() == "br" else "", text)
    return collapse(text)


def leftover_markup(text: str) -> str | None:
    """The first tag or character reference that stands literally in a text, None if there is none."""
    found = (_TAG.search(text) if "<" in text else None) or (_ENTITY.search(text) if "&" in text else None)
    return found.group() if found else None


def walk(root: LexborNode) -> Iterator[tuple[LexborNode, str, bool]]:
    """Every node below `root` in document order as (node, tag, is_start); elements come again with False when left.

    Unseen elements are passed by. Not recursive: depth costs nothing.
    """
    open_nodes: list[tuple[LexborNode, str]] = []
    node = root.first_child
    while node is not None:
        tag = node.tag or ""
        child = None
        if tag not in UNSEEN:
            yield node, tag, True
            child = node.first_child
        if child is not None:
            open_nodes.append((node, tag))
            node = child
            continue
        following = node.next
        while following is None and open_nodes:
            node, tag = open_nodes.pop()
            yield node, tag, False
            following = node.next
        node = following


def visible_text(node: LexborNode) -> str:
    """The text of a node, line breaks and block boundaries as spaces; not yet collapsed."""
    child = node.first_child
    if child is None:
        return ""
    if child.is_text_node and child.next is None:
        return child.text_content or ""
    parts: list[str] = []
    for part, tag, _ in walk(node):
        if tag == "-text":
            parts.append(part.text_content or "")
        elif tag == "br" or tag in BLOCKS:
            parts.append(" ")
    return "".join(parts)


def text_of(node: LexborNode | None) -> str | None:
    """The clean text of a node on one line, None if there is no node or nothing in it."""
    if node is None:
        return None
    return plain(visible_text(node)) or None


def classes_of(node: LexborNode) -> list[str]:
    """The class names of an element, lower-cased."""
    return (node.attrs.get("class") or "").lower().split() if node.is_element_node else []


def attribute(node: LexborNode | None, name: str) -> str | None:
    """A non-empty attribute of an element as clean text, None if it has none."""
    if node is None:
        return None
    value = node.attrs.get(name)
    return plain(value) or None if value else None


def is_hidden(node: LexborNode) -> bool:
    """Whether an element is marked as not to be shown: `hidden`, a class of that name, or `display: none`."""
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or "hidden" in (attributes.get("class") or "").lower().split():
        return True
    return "display:none" in (attributes.get("style") or "").replace(" ", "").lower()
