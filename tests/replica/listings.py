"""Prints the pages that list articles: sections, labels, tags, sources, editions, fragments, live discourse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import quote_plus

from tests.replica import chrome, ink
from tests.replica.articlepage import View, source_path
from tests.replica.model import Article, ist_words, slug_of
from tests.replica.names import BY_NAME
from tests.replica.sidebars import OPINION_KINDS, listed_title, path_of

PAGE = 20
LISTED_DAYS = timedelta(days=10)


def filtered(view: View, wanted: dict[str, str]) -> list[Article]:
    """The articles of the last ten days that pass the filters of the fragment's address, newest first."""
    since = view.when - LISTED_DAYS
    recent = [a for a in view.world.visible(view.when) if a.created >= since]
    found = [a for a in recent if all(_passes(view.when, a, name, value) for name, value in wanted.items() if value)]
    return sorted(found, key=lambda a: (a.created, a.id), reverse=True)


def _passes(when: datetime, article: Article, name: str, value: str) -> bool:
    content, value = article.content_at(when), value.lower()
    if name == "sector":
        return article.sector == value
    if name == "label":
        return article.label == value
    if name == "country":
        return value in (country.lower() for country in content.countries)
    if name == "region":
        return any(BY_NAME[c].edition == value for c in content.countries if c in BY_NAME)
    if name == "tag":
        return value in (tag.lower() for tag in content.tags)
    if name == "cat" and value == "blogs":
        return article.kind in OPINION_KINDS
    if name == "cat":
        return article.kind == value.replace(" ", "_").replace("-", "_")
    return name == "source" and source_path(article.source).lower().endswith("/" + value)


def items(view: View, articles: Iterable[Article]) -> str:
    """List entries as HTML; now and then one carries the address without a label."""
    return "".join(_item(view, article) for article in articles)


def _item(view: View, article: Article) -> str:
    content = article.content_at(view.when)
    path = path_of(article, view.when)
    if article.id % 11 == 0:
        path = path.replace(f"/article/{article.label}/", "/article/agency-wire/")
    image = ink.attribute(content.image.url) if content.image else "/images/placeholder.jpg"
    country = ink.plain(content.countries[0] if content.countries else "Global")
    title = listed_title(article, content.title)
    return f"""<div class="news-item media">
<a class="news-thumb" href="{path}"><img src="{image}" alt="" loading="lazy"/></a>
<div class="media-body"><h4 class="news-title"><a href="{path}">{title}</a></h4>
<small class="media-meta"><span>{country}</span> | <span>{ist_words(article.updated_at(view.when))}</span></small></div>
</div>
"""


def fragment(view: View, wanted: dict[str, str], page: int) -> str:
    """One page of the endless list as an HTML fragment; empty behind the last."""
    start = (max(page, 1) - 1) * PAGE
    return items(view, filtered(view, wanted)[start : start + PAGE])


def listing(view: View, heading: str, wanted: dict[str, str], sidebars: str, extra: str = "") -> str:
    """A whole listing page with its first twenty entries and the button that loads more."""
    query = "&amp;".join(f"{name}={quote_plus(wanted.get(name, ''))}" for name in _FILTERS)
    more = f'<div class="load-more"><button data-url="/Home/GetNewsItems?{query}&amp;page=2">Load more</button></div>\n'
    found = filtered(view, wanted)[:PAGE]
    title = ink.attribute(f"{heading} News | Devdiscourse")
    return "".join((
        chrome.head(title, title), chrome.top(), '<main class="container"><div class="row"><div class="col-lg-8">\n',
        f'<h1 class="list-title">{ink.plain(heading)}</h1>\n',
        f'<div id="news-list">\n{items(view, found)}</div>\n{extra}{more}',
        "</div>\n", sidebars, "</div></main>\n", chrome.bottom(),
    ))  # fmt: skip


_FILTERS = ("sector", "region", "country", "tag", "cat", "label")


def tag_links(view: View, tag: str) -> str:
    """Links to ever more tags: the trap in which a crawler that follows tags never ends."""
    rng = view.world.rng("tag", tag)
    words = ["update", "policy", "india", "summit", "crisis", "market", "women", "energy", "health", "court", "rain"]
    names = [f"{tag} {word}".strip() for word in rng.sample(words, k=8)]
    names += [f"{word} {rng.randint(2, 10**6)}" for word in rng.sample(words, k=6)]
    links = "\n".join(f'<a class="tag" href="/news?tag={quote_plus(name)}">{ink.plain(name)}</a>' for name in names)
    return f'<div class="related-tags"><strong>RELATED:</strong>\n{links}\n</div>\n'


def discourse_path(talk: Article, when: datetime) -> str:
    """The address of a live discourse."""
    return f"/live-discourse/{talk.id}-{slug_of(talk.content_at(when).title, talk.id)}"


def discourses(view: View, sidebars: str) -> str:
    """The list of live discourses."""
    links = "".join(
        f'<div class="news-item"><em class="live">LIVE</em> <a href="{discourse_path(talk, view.when)}">'
        f"<h4>{ink.plain(talk.content_at(view.when).title)}</h4></a></div>\n"
        for talk in view.world.discourses
        if talk.is_visible(view.when)
    )
    head = chrome.head("Live Discourse | Devdiscourse", "Live Discourse on Devdiscourse")
    return "".join((head, chrome.top(), f'<main class="container"><div class="col-lg-8">{links}</div>\n', sidebars,
                    "</main>\n", chrome.bottom()))  # fmt: skip


def discourse(view: View, talk: Article, sidebars: str) -> str:
    """One live discourse with its posts, the newest first."""
    content = talk.content_at(view.when)
    url = view.origin + discourse_path(talk, view.when)
    posts = ""
    for number, line in reversed(list(enumerate(reversed(content.paragraphs()), 1))):
        moment, _, words = line.partition(" IST ")
        posts += f'<div class="post" id="post_{number}"><p><strong>{moment} IST</strong> {ink.plain(words)}</p></div>\n'
    dates = f"Updated: {ist_words(talk.updated_at(view.when))} | Created: {ist_words(talk.created)}"
    head = chrome.head(
        ink.attribute(content.title), ink.attribute(content.summary or ""), f'<link rel="canonical" href="{url}"/>\n'
    )
    return "".join((head, chrome.top(), f"""<main class="container"><div class="row"><div class="col-lg-8">
<article><em class="live">LIVE</em>
<h1 class="title">{ink.plain(content.title)}</h1>
<h2 class="sub-title">{ink.plain(content.summary or "")}</h2>
<div class="news-meta"><a href="/devdiscourse-stories">{ink.plain(talk.source)}</a>
<div class="news-date"><span>{dates}</span></div></div>
<section class="article-desc">
{posts}</section></article></div>
""", sidebars, "</div></main>\n", chrome.bottom()))  # fmt: skip


def simple_page(title: str, words: str) -> str:
    """A page without a story: an error, a form, a notice."""
    shown = ink.plain(title)
    main = f'<main class="container"><h1>{shown}</h1><p>{words}</p></main>\n'
    return "".join((chrome.head(shown, shown), chrome.top(), main, chrome.bottom()))
