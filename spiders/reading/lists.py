"""Lists of links: the sections beside an article, and what belongs to a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from spiders.reading.text import attribute, classes_of, collapse, text_of
from spiders.records import SidebarEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from selectolax.lexbor import LexborNode

    from spiders.reading.document import Document

ArticleId: TypeAlias = "Callable[[str], str | None]"
Section = Literal["trending", "opinion", "latest", "also_read"]
#: A label and what it labels are never further apart than this many elements and characters.
_LABEL_REACH = 5
_LABEL_REACH_TEXT = 20_000
_RANK_DIGITS = 4


def sections_by_heading(headings: Iterable[LexborNode], container: str = "section") -> dict[str, LexborNode]:
    """The heading's text (upper case, white space collapsed) to the nearest `container` element around it.

    The first of two equal headings counts; a heading outside any container stands for its parent.
    """
    found: dict[str, LexborNode] = {}
    for heading in headings:
        around = heading.parent
        while around is not None and around.tag not in {container, "body", "html"}:
            around = around.parent
        if around is None or around.tag != container:
            around = heading.parent
        if around is not None:
            found.setdefault((text_of(heading) or "").upper(), around)
    return found


def read_entries(
    document: Document,
    links: Iterable[LexborNode],
    section: Section,
    titles: str | None,
    article_id: ArticleId,
) -> list[SidebarEntry]:
    """One entry for each address among `links`, ranked by place, titled by the link's `title`, else by its text.

    A link's own `title` is whole where its text is cut short. The text is that of the element `titles` matches in
    the link, else the link's; a link with neither (around a picture) is passed by.
    """
    entries: list[SidebarEntry] = []
    seen: set[str] = set()
    for link in links:
        href = link.attrs.get("href")
        shown = link.css_first(titles) if titles else None
        title = attribute(link, "title") or text_of(shown) or text_of(link)
        if not href or not title:
            continue
        url = document.absolute(href)
        if url not in seen:
            seen.add(url)
            rank = len(entries) + 1
            entries.append(SidebarEntry(section, rank=rank, url=url, title=title, site_article_id=article_id(url)))
    return entries


@dataclass(frozen=True, slots=True)
class Card:
    """Where the parts of a ranked entry are, as CSS selectors inside of its element."""

    link: str
    title: str
    rank: str
    country: str
    badge: str


def read_cards(
    document: Document, cards: Iterable[LexborNode], section: Section, places: Card, article_id: ArticleId
) -> list[SidebarEntry]:
    """One entry for each card with a link, with the rank it shows, else that of its place."""
    entries: list[SidebarEntry] = []
    for card in cards:
        for entry in read_entries(document, card.css(places.link), section, places.title, article_id)[:1]:
            rank = text_of(card.css_first(places.rank)) or ""
            entry.rank = int(rank) if rank.isdecimal() and len(rank) < _RANK_DIGITS else len(entries) + 1
            entry.country = text_of(card.css_first(places.country))
            entry.badge = text_of(card.css_first(places.badge))
            entries.append(entry)
    return entries


def labelled(nodes: Iterable[LexborNode], label: str) -> list[LexborNode]:
    """Those of `nodes` that stand with a label such as "READ MORE ON:" in an element near above them."""
    known: dict[int, bool] = {}
    return [node for node in nodes if _has_label(node, label.upper(), known)]


def _has_label(node: LexborNode, label: str, known: dict[int, bool]) -> bool:
    around = node.parent
    passed = []
    answer = False
    for _ in range(_LABEL_REACH):
        if around is None or around.tag in {"body", "html"}:
            break
        key = around.mem_id
        if key in known:
            answer = known[key]
            break
        passed.append(key)
        text = around.text()
        answer = len(text) < _LABEL_REACH_TEXT and label in collapse(text).upper()
        if answer or len(text) >= _LABEL_REACH_TEXT:
            break
        around = around.parent
    known.update(dict.fromkeys(passed, answer))
    return answer


def outermost(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """The nodes that stand in none of the others, each once, in the order given."""
    every = {node.mem_id: node for node in nodes}
    found = []
    for node in every.values():
        around = node.parent
        while around is not None and around.mem_id not in every:
            around = around.parent
        if around is None:
            found.append(node)
    return found


def read_crumbs(parts: Iterable[LexborNode]) -> list[tuple[str, str]]:
    """Text and address of each part of a breadcrumb, without the dividers; "" for a part that is no link."""
    links = ((text_of(part), attribute(part.css_first("a[href]"), "href")) for part in parts)
    return [(stripped, link or "") for text, link in links if (stripped := (text or "").strip(" /\u203a\u00bb"))]


def is_inside(
    node: LexborNode,
    tags: Container[str],
    class_names: Container[str] = (),
    elements: Container[int] = (),
    *,
    below: str = "article",
) -> bool:
    """Whether an element around `node` has one of the tags or classes, or is one of the elements (their `mem_id`).

    Looked for up to the nearest `below`.
    """
    around = node.parent
    while around is not None and around.tag != below:
        if around.tag in tags or around.mem_id in elements or any(name in class_names for name in classes_of(around)):
            return True
        around = around.parent
    return False


def texts(nodes: Iterable[LexborNode], strip: str = "") -> list[str]:
    """The clean texts of the nodes in order, without the `strip` characters at their ends; empty ones left out."""
    return [text for node in nodes if (found := text_of(node)) and (text := found.strip(strip + " "))]


def unique_texts(nodes: Iterable[LexborNode], strip: str = "") -> list[str]:
    """As `texts`, each once."""
    return list(dict.fromkeys(texts(nodes, strip)))


def comma_list(*values: str | None) -> list[str]:
    """The parts of comma-separated values in order, each once."""
    return list(dict.fromkeys(part for value in values if value for raw in value.split(",") if (part := collapse(raw))))
