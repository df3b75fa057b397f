"""Devdiscourse (www.devdiscourse.com): news, blogs and live coverage on development, from India."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from spiders.reading.byline import Byline, read_byline
from spiders.reading.lists import labelled, outermost, read_entries, sections_by_heading, texts
from spiders.reading.page import ArticlePage
from spiders.reading.paragraphs import read_paragraphs, resolve_leftovers, split_attribution
from spiders.reading.text import attribute, classes_of, is_hidden, leftover_markup, text_of
from spiders.reading.times import read_written_time
from spiders.site import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborNode

    from spiders.reading.document import Document
    from spiders.reading.lists import Section
    from spiders.records import ArticleRecord, PageKind, SidebarEntry, TimeWitness

_ZONES = {"IST": timezone(timedelta(hours=5, minutes=30), "IST")}
_FORMATS = ("%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S")
#: Words of breadcrumb and badge, without white space, and sections of the site, to the kind they stand for.
_KINDS: Mapping[str, PageKind] = {
    "news": "news",
    "blog": "blog", "blogs": "blog", "opinion": "opinion", "opinions": "opinion",
    "interview": "interview", "interviews": "interview",
    "liveblog": "liveblog", "liveblogs": "liveblog", "livediscourse": "liveblog", "live": "liveblog",
    "event": "event", "events": "event", "video": "video", "videos": "video",
    "pressrelease": "press_release", "pressreleases": "press_release",
}  # fmt: skip
_PLACEHOLDER = re.compile(
    r"(?:^data:|/(?:transparent|newstheme|default_?image|all_sectors|placeholder|blank|spacer|loading)[^/]*$)",
    re.IGNORECASE,
)
_AI_NOTICE = re.compile(r"AI[- ]generated and does not depict", re.IGNORECASE)
_SYNDICATED = (
    r"with (?:additional )?inputs? from\b|(?:except for the headline, )?this (?:story|article|report) has not been "
    r"edited\b|this (?:story|content) is (?:published|auto-?generated) from\b"
    r"|.{0,80}\bauto-?generated from a syndicated feed"
)
_ATTRIBUTION = re.compile(rf"\(?\s*(?:{_SYNDICATED})[^()]*\)?\.?", re.IGNORECASE)
_ATTRIBUTION_AT_END = re.compile(rf"\s*(\(\s*(?:{_SYNDICATED})[^()]*\)\.?)$", re.IGNORECASE)
_SECTOR = re.compile(r"(?:^|//[^/]+)/news/([^/?#]+)/?(?:[?#]|$)")
#: Their copy always ends with an attribution line.
_WIRES = frozenset({"PTI", "Reuters", "ANI", "IANS"})
_SOURCES = _WIRES | {"Devdiscourse News Desk", "UN News", "PR Newswire"}
_CRUMB_DIVIDERS = "/\u203a\u00bb"
_DATE_WORDS = ("Updated", "Created")
#: What stands in the byline's element without being part of it.
_NOT_BYLINE = ("infocus-badge", "live", "news-share")
#: What stands in the body's element without being its text.
_NOT_BODY = ("also-container", "commentbox", "comment-header", "comment-body", "tag", "video-js", "modal")
_ALWAYS = frozenset({"title", "canonical_url", "published", "updated", "body", "breadcrumb", "language"})


class ArticlePage202512(ArticlePage):
    """The article page as it is since December 2025, all kinds but live coverage."""

    name: ClassVar[str] = "devdiscourse.article@2025-12"
    where: ClassVar[Mapping[str, str]] = {
        "title": "article h1.title",
        "summary": "article h2.sub-title",
        "byline": "div.metadata",
        "author": 'a[href*="AuthorArticles"]',  # in the byline
        "countries": "section.left-section ul li.fg-orange",
        "breadcrumb": "ul.article-breadcrumb li",
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
        "trending": "div.media",  # in its section, and below in each entry
        "trending_rank": "span.trend-number",
        "trending_link": 'a[href*="/article/"]',
        "trending_title": "h4.trend-title",
        "trending_country": "small.media-meta",
        "opinion": "a:has(h4), h4 a",  # in its section
        "opinion_title": "h4",
    }
    required: ClassVar[Mapping[PageKind, frozenset[str]]] = {
        "news": _ALWAYS | {"source", "sector", "site_tags"},
        "press_release": _ALWAYS | {"source"},
        "event": _ALWAYS,
        "video": _ALWAYS - {"body"} | {"video_url"},
        "liveblog": _ALWAYS,
        "blog": _ALWAYS,
        "opinion": _ALWAYS,
        "interview": _ALWAYS,
    }

    @classmethod
    def matches(cls, document: Document) -> bool:
        """Two of headline, byline and body: when one is renamed the page is still read, and the loss reported."""
        return sum(document.first(cls.where[place]) is not None for place in ("title", "byline", "body")) >= 2

    def review(self, record: ArticleRecord) -> None:
        """As for every site; and the page that clients with "bot" in their name get has no tags and no attribution."""
        super().review(record)
        is_wire = record.source in _WIRES or (not record.site_tags and record.source in _SOURCES)
        if record.kind == "news" and is_wire and record.attribution is None:
            self.report("attribution", "missing", f"not found in a story of {record.source}")
        for section in ("trending", "opinion"):
            if not any(entry.section == section for entry in record.sidebars):
                self.report("sidebars", "missing", f"no entries of {section}")

    # -- who, where, when --------------------------------------------------------------------------------------------

    @cached_property
    def byline(self) -> Byline:
        node = self.at("byline")
        return read_byline(node, _DATE_WORDS, skipped_classes=_NOT_BYLINE) if node is not None else Byline()

    @cached_property
    def _named(self) -> tuple[str | None, str | None, str | None]:
        """Source, author and place: the byline has them in this order, each optional, the source with a link or not."""
        node = self.at("byline")
        author = text_of(node.css_first(self.where["author"])) if node is not None else None
        source = next((text for text, _ in self.byline.links if text != author), None)
        texts = list(self.byline.texts)
        if source is None and texts and (author is None or len(texts) > 1 or texts[0] in _SOURCES):
            source = texts.pop(0)
        return source, author, texts[0] if texts else None

    def source(self) -> str | None:
        return self._named[0]

    def author(self) -> str | None:
        return self._named[1]

    def place(self) -> str | None:
        return self._named[2]

    def countries(self) -> list[str]:
        return texts(self.all_at("countries"), strip=",")

    def written_time(self, field: str) -> TimeWitness | None:
        raw = self.byline.dates.get("created" if field == "published" else "updated")
        return read_written_time(raw, "text", formats=_FORMATS, zones=_ZONES, zone=self.zone)

    # -- what kind ---------------------------------------------------------------------------------------------------

    def kind(self) -> PageKind:
        badges = [node for node in self.all_at("badge") if not _is_beside(node)]
        crumbs = texts(self._crumbs, strip=_CRUMB_DIVIDERS)
        stated = [*texts(badges), *crumbs[1:-1][:1]]
        kinds = [_KINDS.get(re.sub(r"[\s-]", "", word).lower()) for word in stated]
        for word, kind in zip(stated, kinds, strict=True):
            if kind is None:
                self.report("kind", "unknown_value", word)
        if telling := next((kind for kind in kinds if kind not in {None, "news"}), None):
            return telling
        if self.at("live") is not None:
            return "liveblog"
        return "video" if self.at("video") is not None else "news"

    def label(self) -> str | None:
        canonical = self.document.links.get("canonical", "")
        is_own = self.site.article_id(canonical) is not None
        label = self.site.article_label(canonical if is_own else self.document.url)
        return None if label == "agency-wire" else label  # the address of articles without a label

    def sector(self) -> str | None:
        for crumb in self._crumbs:
            link = crumb.css_first("a[href]")
            if link is not None and (found := _SECTOR.search(link.attrs.get("href") or "")):
                return found.group(1)
        return None

    @cached_property
    def _crumbs(self) -> list[LexborNode]:
        return self.all_at("breadcrumb")

    def breadcrumb(self) -> list[str]:
        return texts(self._crumbs, strip=_CRUMB_DIVIDERS)

    # -- what ---------------------------------------------------------------------------------------------------------

    def body(self) -> tuple[list[str], str | None]:
        paragraphs: list[str] = []
        for node in self.body_nodes():
            paragraphs += read_paragraphs(node, skipped_classes=_NOT_BODY)
        for paragraph in paragraphs:
            if (leftover := leftover_markup(paragraph)) is not None and leftover.startswith("&"):
                self.report("body", "leftover_markup", f"{leftover} in: {paragraph}")
        return split_attribution(
            resolve_leftovers(paragraphs), lambda text: _ATTRIBUTION.fullmatch(text) is not None, _ATTRIBUTION_AT_END
        )

    def body_nodes(self) -> list[LexborNode]:
        """The elements the text stands in."""
        return self.all_at("body")[:1]

    def site_tags(self) -> list[str]:
        return texts(labelled(self.all_at("site_tags"), "READ MORE ON"))

    def first_published_in(self) -> str | None:
        return next(iter(texts(labelled(self.all_at("first_published_in"), "FIRST PUBLISHED IN"))), None)

    # -- pictures ----------------------------------------------------------------------------------------------------

    @cached_property
    def _picture(self) -> tuple[str | None, str | None]:
        """Address and caption of the first figure that is shown and has more than a placeholder."""
        for figure in self.all_at("figure"):
            image = figure.css_first(self.where["image"])
            if image is None or is_hidden(figure):
                continue
            for source in (attribute(image, "src"), attribute(image, "data-src")):
                if source and not _PLACEHOLDER.search(source.partition("?")[0]):
                    return self.document.absolute(source), text_of(figure.css_first(self.where["caption"]))
        return None, None

    def image_url(self) -> str | None:
        return self._picture[0]

    def image_caption(self) -> str | None:
        return self._picture[1]

    def image_is_ai_generated(self) -> bool:
        return bool(_AI_NOTICE.search(self._picture[1] or ""))

    def video_url(self) -> str | None:
        video = self.at("video")
        shown = video.css_first(self.where["video_source"]) if video is not None else None
        stated = (block.value("contentUrl") for block in self.document.json_ld if block.is_of_type("VideoObject"))
        address = attribute(shown, "src") or attribute(video, "src") or next((url for url in stated if url), None)
        return self.document.absolute(address) if address else None

    # -- beside the article ------------------------------------------------------------------------------------------

    def sidebars(self) -> list[SidebarEntry]:
        sections = sections_by_heading(self.all_at("sections"))
        entries: list[SidebarEntry] = []
        for heading, section in sections.items():
            if heading == "TRENDING":
                entries += self._trending(section)
            elif heading.startswith("OPINION"):
                entries += self._entries(section.css(self.where["opinion"]), "opinion", self.where["opinion_title"])
            elif heading == "LATEST NEWS":
                entries += self._entries(section.css(self.where["latest"]), "latest", "h3")
        return entries + self._entries(self.all_at("also_read"), "also_read", "h3")

    def _entries(self, links: list[LexborNode], section: Section, titles: str) -> list[SidebarEntry]:
        return read_entries(self.document, links, section, titles, self.site.article_id)

    def _trending(self, section: LexborNode) -> list[SidebarEntry]:
        entries: list[SidebarEntry] = []
        for media in section.css(self.where["trending"]):
            links = media.css(self.where["trending_link"])
            for entry in self._entries(links, "trending", self.where["trending_title"]):
                rank = text_of(media.css_first(self.where["trending_rank"])) or ""
                entry.rank = int(rank) if rank.isdecimal() and len(rank) < 4 else len(entries) + 1
                entry.country = text_of(media.css_first(self.where["trending_country"]))
                entry.badge = text_of(media.css_first(self.where["badge"]))
                entries.append(entry)
        return entries


class LivePage202512(ArticlePage202512):
    """The page of a live blog or live discourse as it is since December 2025."""

    name: ClassVar[str] = "devdiscourse.live@2025-12"
    where: ClassVar[Mapping[str, str]] = {
        **ArticlePage202512.where,
        "title": "h1.title",
        "summary": "h2.sub-title",
        "byline": "div.news-meta, div.metadata",
        "body": "section.article-desc, div.newsDescArticle, section.article-cont",
        "live_only": "div.news-meta, section.article-desc, div.newsDescArticle",
        "posts": '[id^="post_"]',  # the dated updates, where they stand outside of the body
    }

    @classmethod
    def matches(cls, document: Document) -> bool:
        return document.first(cls.where["live_only"]) is not None and super().matches(document)

    def body_nodes(self) -> list[LexborNode]:
        """Article text and updates in page order, none inside another."""
        return outermost(self.all_at("body") + self.all_at("posts"))


def _is_beside(node: LexborNode) -> bool:
    """Whether a badge belongs to an entry of a list and not to the page."""
    around = node.parent
    while around is not None:
        if "media" in classes_of(around):
            return True
        around = around.parent
    return False


SITE = Site(
    name="devdiscourse",
    base_url="https://www.devdiscourse.com",
    hosts=frozenset({"www.devdiscourse.com", "devdiscourse.com"}),
    timezone="Asia/Kolkata",
    pages=(LivePage202512, ArticlePage202512),
    articles=re.compile(
        r"(?:https?://[^/?#]*)?/(?=(?:[^/?#]+/)?article/|live-discourse/)(?:article/|live-discourse/)?"
        r"(?:(?P<label>[^/?#]+)/)?(?:article/)?(?P<id>[0-9]{1,18})(?:-[^/?#]*)?/?(?:[?#]|$)",
        re.IGNORECASE,
    ),
    article_links='a[href*="article/" i], a[href*="live-discourse/" i]',
    amp=re.compile(r"[?&]amp(?:[=&#]|$)", re.IGNORECASE),
    listings_at=re.compile(
        r"//[^/]+/(?:$|[?#]|Home/GetNewsItems|news(?:[/?#]|$)|stories/|blogs|live-discourse/?(?:[?#]|$)|press-release|"
        r"[a-z]+-stories|news-source/)",
        re.IGNORECASE,
    ),
    news_sitemaps=("/rss/googlenews",),
    feeds=("/rss/website",),
    listings=(
        "/Home/GetNewsItems?sector=&region=&country=&tag=&cat=&label=&page={page}",
        "/",
        "/news",
        "/live-discourse",
        "/blogs",
        "/press-release",
    ),
    items_per_listing=20,
)
