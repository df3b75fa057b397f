"""Harbour Ledger (www.harbourledger.example): a made-up daily of Ontario, without ids in its addresses."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from spiders.reading.lists import read_entries, texts, unique_texts
from spiders.reading.page import ArticlePage
from spiders.reading.paragraphs import read_paragraphs, split_attribution
from spiders.reading.pictures import read_picture
from spiders.reading.text import attribute, text_of
from spiders.reading.times import read_iso_time, read_written_time
from spiders.site import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.reading.document import Document
    from spiders.reading.pictures import Picture
    from spiders.records import PageKind, SidebarEntry, TimeWitness

_FORMATS = ("%d %B %Y at %I.%M %p",)
#: Field to the words before its date on the page, and to its key in the JSON-LD.
_DATES = {"published": ("Published", "datePublished"), "updated": ("Last updated", "dateModified")}
_DATE = r" (\d[^.]*(?:\.\d\d \w+)?)"
_SECTION = re.compile(r"/section/([^/?#]+)/")
_NOTICE = r"with (?:additional )?inputs from [^.]{2,80}\.|this report by [^.]{2,80} has not been edited by [^.]{2,40}\."
_ATTRIBUTION = re.compile(_NOTICE, re.IGNORECASE)
_ATTRIBUTION_AT_END = re.compile(rf"(?<=[.!?\u201d]) ({_NOTICE})$", re.IGNORECASE)
_PLACEHOLDERS = re.compile(r"/static/no-picture\.\w+$")
_NOT_BODY = ("pullquote", "newsletter")
_ALWAYS = frozenset({"title", "canonical_url", "published", "updated", "body", "breadcrumb", "language", "sector"})


def _no_id(_url: str) -> None:
    """The id of an article's address: there is none."""


class ArticlePage202510(ArticlePage):
    """The article page as it is since October 2025."""

    name: ClassVar[str] = "harbourledger.article@2025-10"
    where: ClassVar[Mapping[str, str]] = {
        "title": "h1.story__headline",
        "summary": "p.story__standfirst",
        "author": 'p.story__byline a[rel="author"]',
        "source": "p.story__byline span.story__desk",
        "place": "p.story__byline span.story__place",
        "dates": "p.story__dates",
        "breadcrumb": "ol.crumbs li",
        "figure": "figure.story__figure",
        "image": "img",  # in the figure
        "caption": "figcaption",  # in the figure
        "body": "div.story__text",
        "site_tags": 'ul.story__topics a[rel="tag"]',
        "also_read": "section.related li a",
        "trending": "section.most-read li a",
    }
    required: ClassVar[Mapping[PageKind, frozenset[str]]] = {
        "news": _ALWAYS | {"source", "site_tags"},
        "opinion": _ALWAYS | {"author"},
    }

    @classmethod
    def matches(cls, document: Document) -> bool:
        """Two of headline, dates and body: when one is renamed the page is still read, and the loss reported."""
        return sum(document.first(cls.where[place]) is not None for place in ("title", "dates", "body")) >= 2

    # -- who, where, when --------------------------------------------------------------------------------------------

    def author(self) -> str | None:
        return ", ".join(unique_texts(self.all_at("author"))) or None

    def source(self) -> str | None:
        return text_of(self.at("source"))

    def place(self) -> str | None:
        return text_of(self.at("place"))

    def published(self) -> list[TimeWitness]:
        return _json_ld_first(super().published())

    def updated(self) -> list[TimeWitness]:
        """A page that was never updated shows no such date, and its JSON-LD repeats the time of publication."""
        return _json_ld_first(super().updated())

    def written_time(self, field: str) -> TimeWitness | None:
        """The date of the text, which names no offset: in the hour that autumn has twice the JSON-LD says which."""
        words, key = _DATES[field]
        found = re.search(words + _DATE, text_of(self.at("dates")) or "")
        stated = read_iso_time(next((block.value(key) for block in self.json_ld), None), "json_ld", self.zone)
        zone: tzinfo = self.zone
        if stated is not None and stated.at is not None:
            zone = timezone(datetime.fromisoformat(stated.at).astimezone(self.zone).utcoffset() or timedelta())
        return read_written_time(found.group(1) if found else None, "text", formats=_FORMATS, zones={}, zone=zone)

    # -- what --------------------------------------------------------------------------------------------------------

    def kind(self) -> PageKind:
        return "opinion" if self.sector() == "opinion" else "news"

    def sector(self) -> str | None:
        links = (attribute(crumb.css_first("a[href]"), "href") or "" for crumb in self.all_at("breadcrumb"))
        return next((found.group(1) for link in links if (found := _SECTION.search(link))), None)

    def breadcrumb(self) -> list[str]:
        return texts(self.all_at("breadcrumb"))

    def body(self) -> tuple[list[str], str | None]:
        node = self.at("body")
        paragraphs = read_paragraphs(node, skipped_classes=_NOT_BODY) if node is not None else []
        return split_attribution(self.without_escapes(paragraphs), _ATTRIBUTION, _ATTRIBUTION_AT_END)

    def site_tags(self) -> list[str]:
        return unique_texts(self.all_at("site_tags"))

    @cached_property
    def _picture(self) -> Picture | None:
        figures = self.all_at("figure")
        return read_picture(self.document, figures, self.where["image"], self.where["caption"], _PLACEHOLDERS)

    def image_url(self) -> str | None:
        return self._picture.url if self._picture else None

    def image_caption(self) -> str | None:
        return self._picture.caption if self._picture else None

    def sidebars(self) -> list[SidebarEntry]:
        related = read_entries(self.document, self.all_at("also_read"), "also_read", None, _no_id)
        return related + read_entries(self.document, self.all_at("trending"), "trending", None, _no_id)


def _json_ld_first(witnesses: list[TimeWitness]) -> list[TimeWitness]:
    """This site's JSON-LD is right and says seconds: where it can be read it goes before the text."""
    return sorted(witnesses, key=lambda witness: (witness.at is None, witness.source != "json_ld"))


SITE = Site(
    name="harbourledger",
    base_url="https://www.harbourledger.example",
    hosts=frozenset({"www.harbourledger.example", "harbourledger.example"}),
    timezone="America/Toronto",
    pages=(ArticlePage202510,),
    articles=re.compile(r"(?:https?://[^/?#]*)?/(?P<key>\d{4}/\d\d/\d\d/[a-z0-9-]+)/?(?:[?#]|$)", re.ASCII),
    article_links='a[href*="/20"]',
    listings_at=re.compile(r"//[^/]+/(?:$|[?#]|archive/|section/)"),
    feeds=("/feed.atom",),
    listings=("/archive/{date:%Y/%m/%d}/?page={page}",),
    items_per_listing=10,
)
