"""Answers requests as the site would: which address gives which page, redirect or error."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from zlib import crc32

from tests.replica import articlepage, chrome, feeds, listings
from tests.replica.articlepage import View
from tests.replica.model import Article
from tests.replica.names import EDITIONS
from tests.replica.sidebars import path_of, render, sidebars_at
from tests.replica.web import Request, Response, html_page, redirect
from tests.replica.world import World

_ARTICLE = re.compile(r"^/article/([^/]+)/(\d+)(?:-[^/]*)?/?$")
_OLD_ARTICLE = re.compile(r"^/Article/(\d+)(?:-[^/]*)?/?$")
_LABEL_FIRST = re.compile(r"^/([^/]+)/article/(\d+)(?:-[^/]*)?/?$")
_DISCOURSE = re.compile(r"^/live-discourse/(\d+)(?:-[^/]*)?/?$")
_BLOG_TYPES = {"blog": "Blog", "opinion": "Opinion", "interview": "Interview"}
_FRAGMENT_FILTERS = ("sector", "region", "country", "tag", "cat", "label")
_ERROR_PATH = "/Error/PageNotFound"


class Site:
    """The site over a world: `when` is its clock, which only stands or is moved on."""

    def __init__(self, world: World, origin: str) -> None:
        self.world, self.origin = world, origin
        self.when = world.clock_start
        self.has_validators = True
        self.robots = feeds.robots(origin)
        self._bars: dict[str | None, str] = {}
        self._removed: dict[int, datetime] = {}
        self._exact: dict[str, Callable[[Request], Response]] = {
            "/robots.txt": lambda _: Response(200, self.robots.encode(), {"Content-Type": "text/plain"}),
            "/sitemap.xml": lambda r: self._xml(r, feeds.sections(self._view(r))),
            "/rss/googlenews": lambda r: self._xml(r, feeds.google_news(self._view(r))),
            "/rss/website": lambda r: self._xml(r, feeds.rss(self._view(r)), "application/rss+xml"),
            "/home/getnewsitems": self._fragment,
            "/live-discourse": lambda r: html_page(listings.discourses(self._view(r), self._sidebars(r))),
            "/blogs": lambda r: self._listing(r, "Blogs", {"cat": "blogs"}),
            "/press-release": lambda r: self._listing(r, "Press Release", {"cat": "press_release"}),
            _ERROR_PATH.lower(): lambda _: html_page(
                listings.simple_page("Oops!", "Something went wrong. The page may have been moved.")
            ),
        }

    def move_to(self, when: datetime) -> None:
        """Sets the clock on (or back) to `when`."""
        self.when = when
        self._bars.clear()

    def respond(self, request: Request) -> Response:
        """The answer of a site in good health."""
        path = request.path
        for pattern, answer in (
            (_ARTICLE, self._article),
            (_OLD_ARTICLE, self._old_form),
            (_LABEL_FIRST, self._label_first),
        ):
            if match := pattern.match(path):
                return answer(request, match)
        if match := _DISCOURSE.match(path):
            return self._discourse(request, int(match[1]))
        exact = self._exact.get(path.lower().rstrip("/") or "/")
        return exact(request) if exact else self._section(request, path.strip("/").lower())

    def _section(self, request: Request, path: str) -> Response:
        """Listing pages by first path part, home pages, odds and ends."""
        first, _, rest = path.partition("/")
        if path == "news" and "tag" in request.query:
            tag = request.query["tag"]
            links = listings.tag_links(self._view(request), tag)
            return self._listing(request, tag or "Tag", {"tag": tag}, links)
        if path == "news" or (first == "news" and rest in chrome.SECTORS):
            return self._listing(request, chrome.SECTORS.get(rest, "All"), {"sector": rest})
        if first == "stories" and rest in chrome.LABELS:
            return self._listing(request, chrome.LABELS[rest], {"label": rest})
        if first == "blogs" and rest in _BLOG_TYPES:
            return self._listing(request, _BLOG_TYPES[rest], {"cat": rest})
        if path in chrome.SOURCE_PAGES or first == "news-source":
            return self._listing(request, chrome.SOURCE_PAGES.get(path, rest), {"source": rest or path})
        if path == "" or path in EDITIONS:
            return self._home(request, path)
        if path in ("search", "account/login", "feedback", "about-us", "home/authorarticles"):
            return html_page(listings.simple_page(path.title(), "Devdiscourse"))
        return html_page(listings.simple_page("404", "The page you are looking for was not found."), 404)

    def _view(self, request: Request) -> View:
        return View(self.world, self.when, self.origin, request.is_bot)

    def _sidebars(self, request: Request) -> str:
        edition = edition_of(request)
        if edition not in self._bars:
            self._bars[edition] = render(self.world, self.when, sidebars_at(self.world, self.when, edition))
        return self._bars[edition]

    def _article(self, request: Request, match: re.Match[str]) -> Response:
        article = self.world.find(int(match[2]), self.when)
        if article is None:
            return self._missing(int(match[2]), request.path)
        if match[1] == "agency-wire" and article.label:
            return redirect(path_of(article, self.when) + ("?amp" if "amp" in request.query else ""))
        return self._article_page(request, article)

    def _old_form(self, request: Request, match: re.Match[str]) -> Response:
        article = self.world.find(int(match[1]), self.when)
        return redirect(path_of(article, self.when)) if article else self._missing(int(match[1]), request.path)

    def _label_first(self, request: Request, match: re.Match[str]) -> Response:
        article = self.world.find(int(match[2]), self.when)
        return self._article_page(request, article) if article else self._missing(int(match[2]), request.path)

    def _article_page(self, request: Request, article: Article) -> Response:
        changed = article.changed_at(self.when)
        variant = ("a" if "amp" in request.query else "p") + ("b" if request.is_bot else "")
        headers = {}
        if self.has_validators:
            headers = {"ETag": f'"{article.id:x}-{int(changed.timestamp()):x}-{variant}"',
                       "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True)}  # fmt: skip
            if _is_fresh(request, headers["ETag"], changed):
                return Response(304, b"", headers)
        view = self._view(request)
        if "amp" in request.query:
            return html_page(articlepage.render_amp(view, article), headers=headers)
        return html_page(articlepage.render(view, article, self._sidebars(request)), headers=headers)

    def _missing(self, article_id: int, path: str) -> Response:
        """What is not there: mostly a 404, sometimes a page that says so with 200, sometimes an error page."""
        luck = self.world.rng("missing", article_id).random()
        if luck < 0.7:
            return html_page(listings.simple_page("404", "The page you are looking for was not found."), 404)
        if luck < 0.88:
            return html_page(listings.simple_page("Page not found", "Sorry, this article is no longer available."))
        return redirect(f"{_ERROR_PATH}?aspxerrorpath={path}", 302)

    def _discourse(self, request: Request, number: int) -> Response:
        for talk in self.world.discourses:
            if talk.id == number and talk.is_visible(self.when):
                return html_page(listings.discourse(self._view(request), talk, self._sidebars(request)))
        return html_page(listings.simple_page("404", "The page you are looking for was not found."), 404)

    def _fragment(self, request: Request) -> Response:
        wanted = {name: request.query.get(name, "") for name in _FRAGMENT_FILTERS}
        page = request.query.get("page", "1")
        return html_page(listings.fragment(self._view(request), wanted, int(page) if page.isdigit() else 1))

    def _listing(self, request: Request, heading: str, wanted: dict[str, str], extra: str = "") -> Response:
        return html_page(listings.listing(self._view(request), heading, wanted, self._sidebars(request), extra))

    def _home(self, request: Request, edition: str) -> Response:
        if not edition:
            return self._listing(request, "Devdiscourse", {"region": edition_of(request) or ""})
        request.headers["cookie"] = f"Edition={edition}"
        answer = self._listing(request, chrome.edition_title(edition), {"region": edition})
        answer.headers["Set-Cookie"] = f"Edition={edition}; path=/"
        return answer

    def _xml(self, request: Request, text: str, kind: str = "text/xml") -> Response:
        body = text.encode()
        headers = {"Content-Type": f"{kind}; charset=utf-8"}
        if self.has_validators:
            headers["ETag"] = f'"x-{crc32(body):x}"'
            if headers["ETag"] in request.headers.get("if-none-match", ""):
                return Response(304, b"", headers)
        return Response(200, body, headers)


def edition_of(request: Request) -> str | None:
    """The edition the client's cookie picks; None for the default."""
    chosen = request.cookie("Edition")
    return chosen if chosen in EDITIONS else None


def _is_fresh(request: Request, etag: str, changed: datetime) -> bool:
    given = request.headers.get("if-none-match")
    if given is not None:
        return given.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in given.split(","))
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(since) >= changed.replace(microsecond=0)
    except (TypeError, ValueError):
        return False
