"""A parsed page: its tree, its head and its JSON-LD, each read once."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from spiders.errors import SpidersError
from spiders.reading.decoding import to_utf8
from spiders.reading.json_ld import JsonLdBlock
from spiders.reading.text import plain, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

#: Bytes. No news page is larger; parsing what is would stop the crawl for seconds.
MAX_BYTES = 16_000_000
#: Open formatting elements are opened again in every new paragraph, so memory grows with the square of their number:
#: 64 kB of `<b a=1><p><b a=2><p>` took 4.5 GB (https://html.spec.whatwg.org/#reconstruct-the-active-formatting-elements).
_MAX_OPEN_FORMATTING = 500
_FORMATTING = re.compile(
    rb"<(/?)(?:[aAbBiIsSuU]|[bB][iI][gG]|[cC][oO][dD][eE]|[eE][mM]|[fF][oO][nN][tT]|[nN][oO][bB][rR]|[sS][mM][aA][lL][lL]"
    rb"|[sS][tT][rR][iI][kK][eE]|[sS][tT][rR][oO][nN][gG]|[tT][tT])(?=[\s>/])"
)
#: Below so many tags, or so many with few of them left open, no page can hurt: counting is cheaper than looking.
_FEW_TAGS = 2_500
_MANY_TAGS = 4_000
_FEW_OPEN = 1_500
#: Elements in elements make the parser's time grow with the square of the depth; browsers stop at 512.
_MAX_DEPTH = 2_000
_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
#: Elements that need no end tag, so that counting them says nothing of depth.
_ENDLESS = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p td th tr tbody thead option dt dd".split()
)


class UnreadableDocument(SpidersError):
    """A response body that is not to be parsed: too large, or nested without end."""


class Document:
    """One page, parsed once.

    Attributes:
        url: the address it was read from, without fragment.
        tree: the selectolax (lexbor) tree.
    """

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        """Parses a body.

        Raises:
            UnreadableDocument: the body is larger than `MAX_BYTES` or its nesting has no bounds.
        """
        if len(body) > MAX_BYTES:
            raise UnreadableDocument(f"the page is too large to read: {len(body):,} bytes, at most {MAX_BYTES:,}")
        markup = to_utf8(body, content_type)
        _refuse_bottomless(markup)
        self.url = url
        try:
            # With scripting, as in a browser, the <noscript> of a head does not end the head.
            self.tree = LexborHTMLParser(markup, scripting=True)
        except (SelectolaxError, ValueError, RuntimeError) as error:
            raise UnreadableDocument(f"the parser refused the page: {error}") from error
        origin = _ORIGIN.match(url)
        self._origin = origin.group() if origin else ""

    def first(self, selector: str) -> LexborNode | None:
        """The first element that a CSS selector matches."""
        return self.tree.css_first(selector) if self.tree.root is not None else None

    def all(self, selector: str) -> list[LexborNode]:
        """The elements that a CSS selector matches, in page order."""
        return self.tree.css(selector) if self.tree.root is not None else []

    def absolute(self, link: str) -> str:
        """A link of the page as an absolute address; one that cannot be an address is given back as it is."""
        link = link.strip()
        if link.startswith(("https://", "http://")):
            return link
        if link.startswith("/") and not link.startswith("//"):
            return self._origin + link
        try:
            return urljoin(self.url, link)
        except ValueError:
            return link

    def meta_content(self, name: str) -> str | None:
        """The content of the first `meta` of that name, property or itemprop (lower case), wherever on the page."""
        if name in self.meta:
            return self.meta[name]
        node = self.first(f'meta[name="{name}" i], meta[property="{name}" i], meta[itemprop="{name}" i]')
        return node.attrs.get("content") if node is not None else None

    @cached_property
    def meta(self) -> dict[str, str]:
        """The `meta` elements of the head: name, property or itemprop (lower-cased) to content, the first of each."""
        found: dict[str, str] = {}
        head = self.tree.head
        for node in head.css("meta[content]") if head is not None else []:
            attributes = node.attributes
            content = attributes.get("content")
            for key in ("name", "property", "itemprop"):
                if content and (name := attributes.get(key)):
                    found.setdefault(name.strip().lower(), content)
        return found

    @cached_property
    def links(self) -> dict[str, str]:
        """The `link` elements of the head: relation (lower-cased) to absolute address, the first of each."""
        found: dict[str, str] = {}
        head = self.tree.head
        for node in head.css("link[rel][href]") if head is not None else []:
            attributes = node.attributes
            address = attributes.get("href")
            for relation in (attributes.get("rel") or "").lower().split():
                if address:
                    found.setdefault(relation, self.absolute(address))
        return found

    @cached_property
    def language(self) -> str | None:
        """The `lang` of the document."""
        root = self.first("html")
        return plain(root.attributes.get("lang") or "") or None if root is not None else None

    @cached_property
    def title(self) -> str | None:
        """The text of the `title` element."""
        return text_of(self.first("title"))

    @cached_property
    def json_ld(self) -> list[JsonLdBlock]:
        """The JSON-LD blocks, in page order."""
        return [JsonLdBlock(node.text() or "") for node in self.all('script[type="application/ld+json" i]')]


def _refuse_bottomless(markup: bytes) -> None:
    """Raises `UnreadableDocument` for a page whose nesting would take the parser's time or memory without bound."""
    tags = markup.count(b"<")
    if tags < _FEW_TAGS or (tags < _MANY_TAGS and tags - 2 * markup.count(b"</") < _FEW_OPEN):
        return
    if _deepest(_FORMATTING.findall(markup)) > _MAX_OPEN_FORMATTING:
        raise UnreadableDocument(f"the page leaves more than {_MAX_OPEN_FORMATTING} formatting elements open")
    if tags < _MANY_TAGS:
        return
    if _deepest(slash for slash, name in _TAG.findall(markup) if name.lower() not in _ENDLESS) > _MAX_DEPTH:
        raise UnreadableDocument(f"the page is nested deeper than {_MAX_DEPTH:,} elements")


def _deepest(slashes: Iterable[bytes]) -> int:
    """How many elements are open at once at most, told by the slashes of their tags in order."""
    deepest = depth = 0
    for slash in slashes:
        if slash:
            depth = max(depth - 1, 0)
        else:
            depth += 1
            deepest = max(deepest, depth)
    return deepest
