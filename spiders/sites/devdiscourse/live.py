"""The pages of Devdiscourse's live blogs and live discourses, and what else had their older markup."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from spiders.reading.lists import labelled, outermost, read_entries, unique_texts
from spiders.sites.devdiscourse.articles import ArticlePage202512

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborNode

    from spiders.reading.byline import Byline
    from spiders.reading.document import Document
    from spiders.records import SidebarEntry


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
        "new": "section.left-section, figure.figure, h2.sub-title, h2.section-title3",  # what earlier versions had not
        "posts": '[id^="post_"]',  # the dated updates, also where they stand outside of the body
    }

    @classmethod
    def matches(cls, document: Document) -> bool:
        marks = (document.first(cls.where[place]) for place in ("live_only", "new"))
        return all(mark is not None for mark in marks) and super().matches(document)

    def body_nodes(self) -> list[LexborNode]:
        """Article text and updates, none inside another."""
        return outermost(self.all_at("body") + self.all_on_page("posts"))


class LivePage202301(ArticlePage202512):
    """The page of a live blog or live discourse as it was from January 2023 until December 2025.

    Picture, tags and countries stood in the element of the text, the byline ended with a country, and scripts filled
    the sections beside the article. Other articles of that time had the same markup and are read too.
    """

    name: ClassVar[str] = "devdiscourse.live@2023-01"
    where: ClassVar[Mapping[str, str]] = {
        "title": "h1.title",
        "summary": "h2.subtitle",
        "byline": "div.news-meta",
        "author": 'a[href*="AuthorArticles"]',  # in the byline
        "dates": ".news-date",  # where the byline has none
        "countries": "span.badge.tag",
        "breadcrumb": "ul.breadcrumb",
        "crumb": "li",  # in the breadcrumb
        "badge": "span.infocus-badge",
        "live": "em.live",
        "figure": "div.article-image-container",
        "image": "img",  # in the figure
        "caption": "p.meta",  # in the figure
        "body": "div.newsDescArticle, section.article-desc",
        "posts": '[id^="post_"]',  # the dated updates, also where they stand outside of the body
        "site_tags": "a.tag",
        "video": "video#my-video",
        "video_source": "source[src]",  # in the video
        "also_read": "div.also-container li.also-title a",
    }
    not_body: ClassVar[tuple[str, ...]] = (*ArticlePage202512.not_body, "article-image-container", "fg-black")
    always_beside: ClassVar[tuple[str, ...]] = ()

    @cached_property
    def byline(self) -> Byline:
        """The byline taken apart, without the country at its end."""
        byline = super().byline
        if byline.texts and byline.texts[-1] in self.countries():
            byline.texts.pop()
        return byline

    def countries(self) -> list[str]:
        return unique_texts(labelled(self.all_at("countries"), "COUNTRY :"), strip=",")

    def body_nodes(self) -> list[LexborNode]:
        """Article text and updates, none inside another."""
        return outermost(self.all_at("body") + self.all_on_page("posts"))

    def first_published_in(self) -> None:
        """Not told in those years."""

    def sidebars(self) -> list[SidebarEntry]:
        links = self.all_on_page("also_read")
        return read_entries(self.document, links, "also_read", None, self.site.article_id)
