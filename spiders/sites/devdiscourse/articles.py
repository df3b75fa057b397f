"""The page of a Devdiscourse article."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from spiders.reading.byline import Byline, read_byline
from spiders.reading.kinds import kind_named
from spiders.reading.lists import (
    Card,
    is_inside,
    labelled,
    read_cards,
    read_crumbs,
    read_entries,
    sections_by_heading,
    texts,
    unique_texts,
)
from spiders.reading.page import ArticlePage, Named
from spiders.reading.paragraphs import read_paragraphs, split_attribution
from spiders.reading.pictures import figures_around, read_picture
from spiders.reading.text import attribute
from spiders.reading.times import read_written_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborNode

    from spiders.reading.document import Document
    from spiders.reading.pictures import Picture
    from spiders.records import ArticleRecord, PageKind, SidebarEntry, TimeWitness

_ZONES = {"IST": timezone(timedelta(hours=5, minutes=30), "IST")}
_FORMATS = ("%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S")
_DATE_WORDS = ("Updated", "Created")
_SECTOR = re.compile(r"(?:^|//[^/]+)/news/([^/?#]+)/?(?:[?#]|$)")
_PLACEHOLDERS = re.compile(r"/(?:newstheme|default_?image|all_sectors)\b[^/]*$", re.IGNORECASE)
_SYNDICATED = (
    r"with (?:additional )?inputs? from\b|(?:except for the headline, )?this (?:story|article|report) has not been "
    r"edited\b|this (?:story|content) is (?:published|auto-?generated) from\b"
    r"|.{0,80}\bauto-?generated from a syndicated feed"
)
#: Without parentheses a sentence must say more to be taken for an attribution.
_ATTRIBUTION = re.compile(
    rf"\(\s*(?:{_SYNDICATED})[^()]*\)[\s.]*"
    r"|with inputs? from [\w ,&]{0,40}\b(?:agenc(?:y|ies)|PTI|ANI|IANS|Reuters)\.?"
    r"|this story has not been edited by Devdiscourse [^()]*",
    re.IGNORECASE,
)
_ATTRIBUTION_AT_END = re.compile(rf"\s*(\(\s*(?:{_SYNDICATED})[^()]*\)[\s.]*)$", re.IGNORECASE)
_SOURCES = frozenset({"PTI", "Reuters", "ANI", "IANS", "UN News", "PR Newswire", "Devdiscourse News Desk"})
#: What stands in the byline without being part of it.
_NOT_BYLINE = ("infocus-badge", "live")
#: Classes of what stands in the article and is of others.
_BESIDE = ("media", "also-container", "also-title")
_CARD = ("trending_link", "trending_title", "trending_rank", "trending_country", "badge")
_ALWAYS = frozenset({"title", "canonical_url", "published", "updated", "body", "breadcrumb", "language"})


class ArticlePage202512(ArticlePage):
    """The article page as it is since December 2025, all kinds but live coverage."""

    name: ClassVar[str] = "devdiscourse.article@2025-12"
    where: ClassVar[Mapping[str, str]] = {
        "title": "article h1.title",
        "summary": "article h2.sub-title",
        "byline": "div.metadata",
        "author": 'a[href*="AuthorArticles"]',  # in the byline
        "dates": "span",  # where the byline has none
        "countries": "section.left-section ul li.fg-orange",
        "breadcrumb": "ul.article-breadcrumb",
        "crumb": "li",  # in the breadcrumb
        "badge": "span.infocus-badge",
        "live": "em.live",
        "figure": "figure.figure",
        "image": "img",  # in the figure
        "caption": "figcaption.fig-caption",  # in the figure
        "body": "section.article-cont",
        "site_tags": "a.tag",
        "first_published_in": "span.badge.tag",
        "video": "video#my-video",
        "video_source": "source[src]",  # in the video
        "also_read": "div.also-container li.also-title a",
        "sections": "h2.section-title3",
        "latest": "li.also-title a",  # in its section
        "opinion": "a:has(h4), h4 a",  # in its section
        "opinion_title": "h4",
        "trending": "div.media",  # in its section, and below in each entry
        "trending_link": 'a[href*="/article/"]',
        "trending_title": "h4.trend-title",
        "trending_rank": "span.trend-number",
        "trending_country": "small.media-meta",
    }
    required: ClassVar[Mapping[PageKind, frozenset[str]]] = {
        **dict.fromkeys(("news", "press_release"), _ALWAYS | {"source"}),
        "video": _ALWAYS - {"body"} | {"video_url"},
        **dict.fromkeys(("blog", "opinion", "interview", "liveblog", "event"), _ALWAYS),
    }

    #: Classes of what stands in the body without being part of it.
    not_body: ClassVar[tuple[str, ...]] = (
        "also-container", "commentbox", "comment-header", "comment-body", "tag", "video-js", "modal",
    )  # fmt: skip
    #: The sections that are beside every article.
    always_beside: ClassVar[tuple[str, ...]] = ("trending", "opinion")

    @classmethod
    def matches(cls, document: Document) -> bool:
        """Two of headline, byline and body: when one is renamed the page is still read, and the loss reported."""
        return sum(document.first(cls.where[place]) is not None for place in ("title", "byline", "body")) >= 2

    def review(self, record: ArticleRecord) -> None:
        """As for every site; and the page that clients with "bot" in their name get has no tags and no attribution."""
        super().review(record)
        if record.kind == "news" and not (record.site_tags or record.attribution):
            self.report("site_tags", "missing", f"not found on a page of kind {record.kind}, nor an attribution")
            if record.source in _SOURCES:
                self.report("attribution", "missing", f"not found in a story of {record.source}, nor tags")
        for section in self.always_beside:
            if not any(entry.section == section for entry in record.sidebars):
                self.report("sidebars", "missing", f"no entries of {section}")

    # -- who, where, when --------------------------------------------------------------------------------------------

    @cached_property
    def byline(self) -> Byline:
        """The byline taken apart."""
        node = self.at("byline")
        return read_byline(node, _DATE_WORDS, skipped_classes=_NOT_BYLINE) if node is not None else Byline()

    @cached_property
    def named(self) -> Named:
        """Source, author and place: the byline has them in this order, any may be missing, sources may have no link."""
        node = self.at("byline")
        # An avatar may have a link of its own, without text.
        authors = texts(node.css(self.where["author"])) if node is not None else []
        author = authors[0] if authors else None
        links = [text for text, _ in self.byline.links if text not in authors]
        source = links[0] if links else None
        rest = list(self.byline.texts)
        if source is None and rest and (author is None or len(rest) > 1 or rest[0] in _SOURCES):
            source = rest.pop(0)
        return Named(source, author, rest[0] if rest else next((text for text in links if text != source), None))

    def countries(self) -> list[str]:
        return unique_texts(self.all_at("countries"), strip=",")

    def written_time(self, field: str) -> TimeWitness | None:
        word = "created" if field == "published" else "updated"
        raw = self.byline.dates.get(word) or self._dates_elsewhere.get(word)
        return read_written_time(raw, "text", formats=_FORMATS, zones=_ZONES, zone=self.zone)

    @cached_property
    def _dates_elsewhere(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in self.all_at("dates"):
            found = read_byline(node, _DATE_WORDS).dates | found
        return found

    # -- what kind ---------------------------------------------------------------------------------------------------

    def kind(self) -> PageKind:
        badges = self.scope.css(self.where["badge"]) if self.scope is not None else []
        headings = self.all_on_page("sections") if badges and "sections" in self.where else []
        beside = {section.mem_id for section in sections_by_heading(headings).values()}
        badges = [node for node in badges if not is_inside(node, {"a"}, _BESIDE, beside)]
        stated = {word: kind_named(word) for word in (*texts(badges), *self.breadcrumb()[1:2])}
        for word, kind in stated.items():
            if kind is None:
                self.report("kind", "unknown_value", word)
        if telling := next((kind for kind in stated.values() if kind is not None and kind != "news"), None):
            return telling
        if self.at("live") is not None:
            return "liveblog"
        return "video" if self.video_url() else "news"

    def label(self) -> str | None:
        canonical = self.document.links.get("canonical", "")
        label = self.site.article_label(canonical if self.site.article_id(canonical) else self.document.url)
        return None if label == "agency-wire" else label  # the address of articles without a label

    def sector(self) -> str | None:
        return next((found.group(1) for _, link in self._crumbs if (found := _SECTOR.search(link))), None)

    @cached_property
    def _crumbs(self) -> list[tuple[str, str]]:
        """Text and address of each part of the breadcrumb."""
        breadcrumb = self.document.first(self.where["breadcrumb"])
        return read_crumbs(breadcrumb.css(self.where["crumb"])) if breadcrumb is not None else []

    def breadcrumb(self) -> list[str]:
        return [text for text, _ in self._crumbs]

    # -- what --------------------------------------------------------------------------------------------------------

    def body(self) -> tuple[list[str], str | None]:
        paragraphs: list[str] = []
        for node in self.body_nodes():
            paragraphs += read_paragraphs(node, skipped_classes=self.not_body)
        return split_attribution(self.without_escapes(paragraphs), _ATTRIBUTION, _ATTRIBUTION_AT_END)

    def body_nodes(self) -> list[LexborNode]:
        """The elements the text stands in."""
        return self.all_at("body")[:1]

    def site_tags(self) -> list[str]:
        return unique_texts(labelled(self.all_on_page("site_tags"), "READ MORE ON"))

    def first_published_in(self) -> str | None:
        return next(iter(texts(labelled(self.all_on_page("first_published_in"), "FIRST PUBLISHED IN"))), None)

    @cached_property
    def picture(self) -> Picture | None:
        where = self.where["figure"]
        figures = (self.scope.css(where) if self.scope is not None else []) or figures_around(
            self.document, self.at("body"), where, self.where["body"]
        )
        return read_picture(self.document, figures, self.where["image"], self.where["caption"], _PLACEHOLDERS)

    def video_url(self) -> str | None:
        video = self.at("video")
        shown = video.css_first(self.where["video_source"]) if video is not None else None
        stated = (block.value("contentUrl") for block in self.document.json_ld if block.is_of_type("VideoObject"))
        address = attribute(shown, "src") or attribute(video, "src") or next((url for url in stated if url), None)
        return self.document.absolute(address) if address else None

    # -- beside the article ------------------------------------------------------------------------------------------

    def sidebars(self) -> list[SidebarEntry]:
        place, page, article_id = self.where, self.document, self.site.article_id
        card = Card(*(place[part] for part in _CARD))
        entries: list[SidebarEntry] = []
        for heading, section in sections_by_heading(self.all_on_page("sections")).items():
            if heading == "TRENDING":
                entries += read_cards(page, section.css(place["trending"]), "trending", card, article_id)
            elif heading.startswith("OPINION"):
                links = section.css(place["opinion"])
                entries += read_entries(page, links, "opinion", place["opinion_title"], article_id)
            elif heading == "LATEST NEWS":
                entries += read_entries(page, section.css(place["latest"]), "latest", None, article_id)
        return entries + read_entries(page, self.all_on_page("also_read"), "also_read", None, article_id)
