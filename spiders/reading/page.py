"""The base of page objects: one method a field of `ArticleRecord`, and what is reported when a field cannot be read."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from spiders.reading.lists import comma_list
from spiders.reading.text import collapse, leftover_markup, text_of, unescape
from spiders.reading.times import rank_witnesses, read_iso_time
from spiders.records import ArticleRecord, Finding, PageKind, Problem, SidebarEntry, TimeWitness

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from selectolax.lexbor import LexborNode

    from spiders.reading.document import Document
    from spiders.reading.json_ld import JsonLdBlock
    from spiders.reading.pictures import Picture
    from spiders.site import Site

_DETAIL_LENGTH = 200
_MOST_NODES = 1_000


class Named(NamedTuple):
    """What a byline names: the agency or desk, the person, and the place of the dateline."""

    source: str | None
    author: str | None
    place: str | None


class ArticlePage:
    """One version of a site's article page: where each field is, and how it is read where the usual way will not do.

    A subclass sets `name` and `where`, says in `matches` which pages are its own, and overrides the fields that are
    peculiar to its site. When a site changes its pages, a new subclass with a new date goes beside the old one, which
    stays for the archived pages.

    Attributes:
        name: site, page and the month from which it is valid, for example "devdiscourse.article@2025-12".
        where: the CSS selector of each place; its keys are named after the fields.
        required: the fields that must be there, by kind of page; missing ones are reported.
        generated: matches the caption of a picture that was not taken but generated.
    """

    name: ClassVar[str]
    where: ClassVar[Mapping[str, str]]
    required: ClassVar[Mapping[PageKind, frozenset[str]]] = {}
    generated: ClassVar[re.Pattern[str]] = re.compile(r"\bAI[- ]generated\b", re.IGNORECASE)

    def __init__(self, document: Document, site: Site) -> None:
        self.document = document
        self.site = site
        self.zone: tzinfo = ZoneInfo(site.timezone)
        self.findings: list[Finding] = []

    @classmethod
    def matches(cls, document: Document) -> bool:
        """Whether this version knows the page, judged by what the page is and not by its date or address."""
        raise NotImplementedError

    def read(self) -> ArticleRecord:
        """Every field of the page, and findings for those that must be there and are not."""
        body, attribution = self.body()
        caption = self.image_caption()
        record = ArticleRecord(
            site=self.site.name,
            parser=self.name,
            url=self.document.url,
            site_article_id=self.site_article_id(),
            canonical_url=self.document.links.get("canonical"),
            amp_url=self.document.links.get("amphtml"),
            kind=self.kind(),
            label=self.label(),
            sector=self.sector(),
            breadcrumb=self.breadcrumb(),
            title=self.title(),
            summary=self.summary(),
            source=self.source(),
            author=self.author(),
            place=self.place(),
            countries=self.countries(),
            published=self.published(),
            updated=self.updated(),
            language=self.document.language,
            body=body,
            attribution=attribution,
            site_tags=self.site_tags(),
            keywords=comma_list(self.document.meta.get("keywords"), self.document.meta.get("news_keywords")),
            image_url=self.image_url(),
            image_caption=caption,
            image_is_ai_generated=bool(caption and self.generated.search(caption)),
            video_url=self.video_url(),
            first_published_in=self.first_published_in(),
            sidebars=self.sidebars(),
            findings=self.findings,
        )
        self.review(record)
        return record

    def review(self, record: ArticleRecord) -> None:
        """Reports what is missing, what markup was left in the body, and a headline the metadata does not share."""
        for name in sorted(self.required.get(record.kind, frozenset())):
            if not getattr(record, name):
                self.report(name, "missing", f"not found on a page of kind {record.kind}")
        for paragraph in record.body:
            if (leftover := leftover_markup(paragraph)) is not None:
                self.report("body", "leftover_markup", f"{leftover} in: {paragraph}")
        stated = next((headline for block in self.json_ld if (headline := block.value("headline"))), None)
        if stated and record.title and not is_same_headline(record.title, stated):
            self.report("title", "disagrees", f"text: {record.title} / json_ld: {stated}")

    def without_escapes(self, paragraphs: list[str]) -> list[str]:
        """The paragraphs with character references that were escaped twice resolved, each such paragraph reported."""
        resolved = []
        for paragraph in paragraphs:
            text = collapse(unescape(paragraph)) if "&" in paragraph else paragraph
            if text != paragraph:
                self.report("body", "leftover_markup", f"{leftover_markup(paragraph)} in: {paragraph}")
            resolved.append(text)
        return resolved

    def report(self, field: str, problem: Problem, detail: str) -> None:
        """Adds a finding about one field."""
        self.findings.append(Finding(field, problem, detail[:_DETAIL_LENGTH]))

    @cached_property
    def scope(self) -> LexborNode | None:
        """The `article` element around the first headline that is in one, None if there is none."""
        around = self.document.first(f"article :is({self.where['title']})")
        while around is not None and around.tag != "article":
            around = around.parent
        return around

    def at(self, place: str) -> LexborNode | None:
        """The first element at a declared place: in the article if there is one, else anywhere on the page."""
        selector = self.where[place]
        node = self.scope.css_first(selector) if self.scope is not None else None
        return node if node is not None else self.document.first(selector)

    def all_at(self, place: str) -> list[LexborNode]:
        """The elements at a declared place in page order: those in the article if there are any, else all."""
        nodes = self.scope.css(self.where[place]) if self.scope is not None else []
        return nodes[:_MOST_NODES] or self.all_on_page(place)

    def all_on_page(self, place: str) -> list[LexborNode]:
        """The elements at a declared place anywhere on the page, in its order.

        At most `_MOST_NODES`: no list of a news page is longer, and a page that nests thousands of them in one
        another would otherwise take time that grows with the square of their number.
        """
        return self.document.all(self.where[place])[:_MOST_NODES]

    # -- fields, as most sites have them -----------------------------------------------------------------------------

    def site_article_id(self) -> str | None:
        """The id in the page's address, checked against the canonical address."""
        own = self.site.article_id(self.document.url)
        stated = self.site.article_id(self.document.links.get("canonical", ""))
        if own and stated and own != stated:
            self.report("site_article_id", "disagrees", f"address: {own} / canonical: {stated}")
        return own or stated

    def kind(self) -> PageKind:
        """What the page is editorially."""
        return "news"

    def label(self) -> str | None:
        """The label in the article's address."""
        return None

    def sector(self) -> str | None:
        """The section of the site the article belongs to, as its address names it."""
        return None

    def breadcrumb(self) -> list[str]:
        """The texts of the breadcrumb, from the home page on."""
        return []

    def title(self) -> str | None:
        """The headline as shown."""
        return text_of(self.at("title"))

    def summary(self) -> str | None:
        """The summary as shown under the headline, never that of another article on the page."""
        selector = self.where["summary"]
        return text_of(self.document.first(selector) if self.scope is None else self.scope.css_first(selector))

    @cached_property
    def named(self) -> Named:
        """Who and where the byline says, for sites where one is told by the others."""
        return Named(None, None, None)

    def source(self) -> str | None:
        """The agency or desk of the byline."""
        return self.named.source

    def author(self) -> str | None:
        """The person of the byline."""
        return self.named.author

    def place(self) -> str | None:
        """The place of the dateline."""
        return self.named.place

    def countries(self) -> list[str]:
        """The countries the site assigns."""
        return []

    def published(self) -> list[TimeWitness]:
        """Every witness of the time of publication, the best first."""
        return self._times("published", self.document.meta_content("datepublished"), "datePublished")

    def updated(self) -> list[TimeWitness]:
        """Every witness of the time of the last update, the best first."""
        return self._times("updated", self.document.meta_content("datemodified"), "dateModified")

    def written_time(self, field: str) -> TimeWitness | None:
        """The time that is to be read on the page; `field` is "published" or "updated"."""
        return None

    def body(self) -> tuple[list[str], str | None]:
        """The paragraphs of the text, and the attribution line that was split off."""
        return [], None

    def site_tags(self) -> list[str]:
        """The tags the site gives."""
        return []

    @cached_property
    def picture(self) -> Picture | None:
        """The article's picture with its caption; None if there is none or only a placeholder."""
        return None

    def image_url(self) -> str | None:
        """The address of the picture."""
        return self.picture.url if self.picture else None

    def image_caption(self) -> str | None:
        """Caption and credit of the picture, as one text."""
        return self.picture.caption if self.picture else None

    def video_url(self) -> str | None:
        """The address of the article's video."""
        return None

    def first_published_in(self) -> str | None:
        """Where the text was published before."""
        return None

    def sidebars(self) -> list[SidebarEntry]:
        """The entries of the lists beside the article."""
        return []

    # -- what fields share -------------------------------------------------------------------------------------------

    @cached_property
    def json_ld(self) -> list[JsonLdBlock]:
        """The blocks that speak of an article rather than of the site, its breadcrumb or a video."""
        return [block for block in self.document.json_ld if block.is_of_type(*ARTICLE_TYPES)]

    def _times(self, field: str, meta: str | None, key: str) -> list[TimeWitness]:
        stated = next((time for block in self.json_ld if (time := block.value(key))), None)
        text = self.written_time(field)
        witnesses, disagreement = rank_witnesses(
            text, read_iso_time(meta, "meta", self.zone), read_iso_time(stated, "json_ld", self.zone)
        )
        if disagreement:
            self.report(field, "disagrees", disagreement)
        for witness in witnesses:
            if witness.at is None and witness.source != "json_ld":
                self.report(field, "unreadable", f"{witness.source}: {witness.raw}")
        return witnesses


ARTICLE_TYPES = (
    "NewsArticle", "Article", "BlogPosting", "LiveBlogPosting", "OpinionNewsArticle", "ReportageNewsArticle",
    "AnalysisNewsArticle", "Report", "PressRelease", "VideoObject", "Event",
)  # fmt: skip
_SAME_FROM = 20


def is_same_headline(shown: str, stated: str) -> bool:
    """Whether two headlines are the same but for a suffix (" | Label"), a prefix ("Opinion: ") or being cut short."""
    one, other = _fold(shown), _fold(stated)
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= min(_SAME_FROM, len(one)) and shorter in longer)


def _fold(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
