"""The shapes that leave a crawl: what a page object reads from one page, as plain data.

A record is serialised as one line of JSON in a landing run (see `spiders.landing`). Texts are as the page shows
them, free of markup and with white space collapsed, but not otherwise normalised: that is the transforms' work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

PageKind = Literal["news", "blog", "opinion", "interview", "liveblog", "event", "video", "press_release"]
Problem = Literal["missing", "leftover_markup", "disagrees", "unreadable", "unknown_value"]


@dataclass(slots=True)
class TimeWitness:
    """One place of a page that states a time.

    `raw` is the text as found; `at` the ISO 8601 time with its UTC offset, None if it could not be read.
    """

    source: Literal["text", "meta", "json_ld", "feed"]
    raw: str
    at: str | None
    precision: Literal["second", "minute", "day"] | None


@dataclass(slots=True)
class SidebarEntry:
    """One entry of a list beside the article: trending, opinion, latest or also_read. `rank` counts from 1."""

    section: Literal["trending", "opinion", "latest", "also_read"]
    rank: int
    url: str
    title: str
    country: str | None = None
    badge: str | None = None
    site_article_id: str | None = None  # of the article the entry leads to, None if it leads elsewhere


@dataclass(slots=True)
class Finding:
    """Something a page object could not read as it should; reported, never guessed.

    `field` names a field of `ArticleRecord`; `detail` quotes what was found (at most 200 characters).
    """

    field: str
    problem: Problem
    detail: str


@dataclass(slots=True)
class ArticleRecord:
    """What one article page says. None or an empty list: the page does not say it.

    `url` is the address the page was read from, `canonical_url` the page's own `link[rel=canonical]`;
    `body` holds the paragraphs in order, without the attribution line; `published` and `updated` hold every
    witness of the time found, the best first.
    """

    site: str
    parser: str  # page object and its version, for example "devdiscourse.article@2025-12"
    url: str
    site_article_id: str | None
    canonical_url: str | None = None
    amp_url: str | None = None
    kind: PageKind = "news"
    label: str | None = None
    sector: str | None = None
    breadcrumb: list[str] = field(default_factory=list)
    title: str | None = None
    summary: str | None = None
    source: str | None = None
    author: str | None = None
    place: str | None = None
    countries: list[str] = field(default_factory=list)
    published: list[TimeWitness] = field(default_factory=list)
    updated: list[TimeWitness] = field(default_factory=list)
    language: str | None = None
    body: list[str] = field(default_factory=list)
    attribution: str | None = None
    site_tags: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    image_url: str | None = None
    image_caption: str | None = None
    image_is_ai_generated: bool = False
    video_url: str | None = None
    first_published_in: str | None = None
    sidebars: list[SidebarEntry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class PageReading:
    """The answer of a site's page objects to one response.

    `verdict` says what the page is: an `article` (then `record` is set), a `listing` (links only), `missing` (a page
    that only says the article is not there, whatever its status), `damaged` (its body cannot be unpacked) or `unknown`
    (none of the site's page objects knows it); of the last two `reason` says why. `links` are absolute article
    addresses found on the page, in page order.
    """

    verdict: Literal["article", "listing", "missing", "damaged", "unknown"]
    record: ArticleRecord | None = None
    links: list[str] = field(default_factory=list)
    reason: str | None = None
