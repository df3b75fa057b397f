"""What a crawl and a replay know of a site, and how the sites are found: one file each in `spiders/sites`."""

from __future__ import annotations

import pkgutil
import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import spiders.sites
from spiders.errors import SiteError
from spiders.reading.document import Document, UnreadableDocument
from spiders.reading.verdicts import keeps_out, says_missing
from spiders.records import PageReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spiders.reading.page import ArticlePage
    from spiders.records import SidebarEntry

#: Characters; browsers and servers refuse longer ones, and a page may hold one of megabytes.
_LONGEST_ADDRESS = 2_000
_GONE = frozenset({404, 410})
_HOST = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One news site.

    Attributes:
        name: the name of its file in `spiders/sites`.
        base_url: the address its paths are relative to, without a slash at the end.
        hosts: the host names it owns; links elsewhere are not its articles.
        timezone: IANA name of the zone its pages speak in.
        pages: the versions of its article page, the newest first; the first that matches reads the page.
        articles: matches an article's address; the group `id` is the article's only identity; where addresses
            have no ids a group `key` tells the articles apart. `label` is optional.
        article_links: the CSS selector of the links that may lead to articles; `articles` decides.
        amp: matches the address of an AMP variant; None if the site has none.
        listings_at: matches the address of a listing, which may be empty.
        id_address: path at which the site answers for the article of an `{id}`; None if ids are not numbers in a row.
        sitemaps: paths of site maps or of indexes of them, beside the news site maps.
        listings: paths of listings, the newest articles first; with `{page}`, which counts from 1, they are walked
            to their end, without it they are one page.
        editions: the name of the edition at each of its home pages' paths, None for the site's default one. They are
            listings of one page, and what stands beside them differs by edition.
        edition_cookie: the cookie that picks the edition, so that the whole page is in it; None if the path does.
        deep_listings: listings in which nearly all is also elsewhere: walked by the first run of a day, and by those
            that walk fully.
        items_per_listing: how many articles a full page of a listing has.
        first_year: the year in which it began to publish; earlier times are flagged. None if that is not known.
    """

    name: str
    base_url: str
    hosts: frozenset[str]
    timezone: str
    pages: Sequence[type[ArticlePage]]
    articles: re.Pattern[str]
    article_links: str
    listings_at: re.Pattern[str]
    amp: re.Pattern[str] | None = None
    id_address: str | None = None
    news_sitemaps: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    editions: Mapping[str, str | None] = field(default_factory=dict)
    edition_cookie: str | None = None
    deep_listings: tuple[str, ...] = ()
    items_per_listing: int = 20
    first_year: int | None = None

    def article_id(self, url: str) -> str | None:
        """The id of the article at an address of this site or a path, None if it is not an article's address.

        Label, slug, query, fragment and AMP make no difference. The host is not looked at: a copy of the site may
        be crawled.
        """
        return _identity(self.articles, url)[0] if "id" in self.articles.groupindex else None

    def article_key(self, url: str) -> str | None:
        """What tells the article at an address from all others of the site: its id, or the `key` in its address."""
        return _identity(self.articles, url)[0]

    def address_of(self, number: int) -> str:
        """The path at which the site answers for the article of that number.

        Raises:
            SiteError: the site's articles are not numbered.
        """
        if self.id_address is None:
            raise SiteError(f"the articles of {self.name} are not numbered: it cannot be walked by ids")
        return self.id_address.format(id=number)

    def article_label(self, url: str) -> str | None:
        """The label in an article's address, None if it has none."""
        return _identity(self.articles, url)[1]

    def edition_headers(self, edition: str | None) -> dict[str, str]:
        """The headers of a request in an edition."""
        return {"Cookie": f"{self.edition_cookie}={edition}"} if self.edition_cookie and edition else {}

    def is_home(self, url: str) -> bool:
        """Whether an address is that of an edition's home page."""
        return _path(url) in self.editions

    def edition_at(self, url: str) -> str | None:
        """The edition whose home page is at an address; None for the default one, and anywhere else."""
        return self.editions.get(_path(url))

    def is_amp(self, url: str) -> bool:
        """Whether an address is that of an AMP variant."""
        return self.amp is not None and self.amp.search(url) is not None

    def plain_address(self, url: str) -> str:
        """The address without its fragment and, for an article, without its query: AMP and tracking are in there."""
        url = url.partition("#")[0]
        return url.partition("?")[0] if self.article_key(url) is not None else url

    def read_page(self, body: bytes, url: str, *, content_type: str | None = None, status: int = 200) -> PageReading:
        """What a response is and says.

        Never raises for anything a server can send: what cannot be read has the verdict "unknown" and a reason.

        Args:
            body: the response body, not compressed.
            url: the address it came from, after redirects.
            content_type: its `Content-Type` header.
            status: its HTTP status.
        """
        if status in _GONE:
            return PageReading("missing", reason=f"HTTP {status}")
        if not body.strip():
            if self.listings_at.search(url):
                return PageReading("listing")
            return PageReading("unknown", reason="the body is empty")
        try:
            document = Document(body, url.partition("#")[0], content_type)
        except UnreadableDocument as error:
            return PageReading("unknown", reason=str(error))
        links = self._article_links(document)
        if _is_amp_document(document):
            canonical = document.links.get("canonical")
            target = [self.plain_address(canonical)] if canonical and self.article_key(canonical) else links
            return PageReading("unknown", links=target, reason="an AMP variant: its canonical address has the article")
        for page in self.pages:
            if page.matches(document):
                record = page(document, self).read()
                if not record.published and says_missing(document):
                    break
                return PageReading("article", record=record, links=links)
        return self._read_other_page(document, links)

    def _read_other_page(self, document: Document, links: list[str]) -> PageReading:
        if says_missing(document):
            return PageReading("missing", links=links)
        gate = keeps_out(document)
        if gate is not None:
            return PageReading("unknown", links=links, reason=f"a page that keeps readers out: {gate}")
        if links or self.listings_at.search(document.url) or self.is_home(document.url):
            return PageReading("listing", links=links, sidebars=self._lists_beside(document))
        names = ", ".join(page.name for page in self.pages)
        return PageReading("unknown", reason=f"no page object knows the page (asked: {names}); title: {document.title}")

    def _lists_beside(self, document: Document) -> list[SidebarEntry]:
        """The lists on an edition's home page, read as they are beside an article."""
        if not self.is_home(document.url):
            return []
        return next((found for page in self.pages if (found := page(document, self).sidebars())), [])

    def _article_links(self, document: Document) -> list[str]:
        """The addresses of this site's articles that the page links to, each article once, the page's own left out."""
        own_hosts = {*self.hosts, _host(document.url)}
        seen = {self.article_key(document.url)}
        found: list[str] = []
        for node in document.all(self.article_links):
            href = (node.attrs.get("href") or "").strip()
            key = self.article_key(href)
            if key is None or key in seen:
                continue
            url = document.absolute(href)
            if _host(url) in own_hosts:
                seen.add(key)
                found.append(self.plain_address(url))
        return found


def _identity(articles: re.Pattern[str], url: str) -> tuple[str | None, str | None]:
    """Id and label in an address, one that is too long to be an article's is not looked at."""
    return _remembered_identity(articles, url) if len(url) <= _LONGEST_ADDRESS else (None, None)


@lru_cache(maxsize=8_192)
def _remembered_identity(articles: re.Pattern[str], url: str) -> tuple[str | None, str | None]:
    """Remembered: the lists beside the articles of a day lead to the same few hundred."""
    found = articles.match(url)
    if found is None:
        return None, None
    return found["id" if "id" in articles.groupindex else "key"], found[
        "label"
    ] if "label" in articles.groupindex else None


def _host(url: str) -> str:
    found = _HOST.match(url)
    return found.group(1).lower() if found else ""


def _path(url: str) -> str:
    return urlsplit(url).path or "/"


def _is_amp_document(document: Document) -> bool:
    root = document.first("html")
    return root is not None and ("amp" in root.attributes or "\u26a1" in root.attributes)


def names() -> list[str]:
    """The names of all sites, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(spiders.sites.__path__))


def load(name: str) -> Site:
    """The site of that name.

    Raises:
        SiteError: there is no such site, or its file does not declare it as `SITE` under the file's name.
    """
    if name not in names():
        raise SiteError(f"There is no site named {name!r}; known sites: {', '.join(names()) or 'none'}")
    site = getattr(import_module(f"spiders.sites.{name}"), "SITE", None)
    if not isinstance(site, Site) or site.name != name:
        raise SiteError(f"spiders/sites/{name}.py must declare SITE, a Site whose name is {name!r}")
    return site
