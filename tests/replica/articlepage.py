"""Prints article pages: the ordinary one, the live blog's, the one bots get, and the AMP variant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from random import Random

from tests.replica import bodies, chrome, ink, structured
from tests.replica.model import Article, Content, ist_iso, ist_words
from tests.replica.sidebars import listed_title, path_of
from tests.replica.traps import slips
from tests.replica.world import World

_VIEW_NAMES = {"blog": "Blog", "opinion": "Opinion", "interview": "Interview"}
KIND_BADGES = {"liveblog": "LiveBlog", "event": "Event", "video": "Video", "press_release": "Press Release"}
_SOURCE_PATHS = {name: slug for slug, name in chrome.SOURCE_PAGES.items()}


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at: when, under which origin, and by whom."""

    world: World
    when: datetime
    origin: str
    is_bot: bool = False


def source_path(source: str) -> str:
    """The address of the page that lists a source's stories."""
    slug = _SOURCE_PATHS.get(source)
    return f"/{slug}" if slug else "/news-source/" + "-".join(source.split())


def keywords_of(article: Article, content: Content) -> list[str]:
    """The words of the keywords meta: the tags, then the sector's name."""
    sector = [chrome.SECTORS[article.sector]] if article.sector else []
    return list(dict.fromkeys([*content.tags[:8], *sector, "Devdiscourse"]))


def image_address(article: Article, content: Content) -> str | None:
    """The address of the picture as the page has it; relative on some pages."""
    if content.image is None:
        return None
    if "relative_image" in article.traps:
        return f"/remote.axd?{content.image.url}?width=920&format=jpeg"
    return content.image.url


def render(view: View, article: Article, sidebars: str) -> str:
    """The whole page of an article."""
    content = article.content_at(view.when)
    rng = view.world.rng("page", article.id)
    main = _live(view, article, content, rng) if article.kind == "liveblog" else _ordinary(view, article, content, rng)
    return "".join(
        (_head(view, article, content), chrome.top(), '<main class="container"><div class="row">\n', main, sidebars,
         "</div></main>\n", chrome.bottom())
    )  # fmt: skip


def _head(view: View, article: Article, content: Content) -> str:
    url = view.origin + path_of(article, view.when)
    label = f" | {chrome.LABELS[article.label]}" if article.label else ""
    title = ink.attribute(content.title + label)
    brief = content.summary or f"Read more about {content.title} on Devdiscourse"
    keywords = ink.attribute(", ".join(keywords_of(article, content)))
    image = image_address(article, content)
    properties = {
        "og:type": "article", "og:site_name": "Devdiscourse", "og:title": content.title + label, "og:url": url,
        "og:description": brief, "og:image": image or view.origin + "/images/placeholder.jpg",
        "article:author": article.author.name if article.author else article.source,
        "article:section": chrome.SECTORS.get(article.sector or "", "News"), "twitter:card": "summary_large_image",
    }  # fmt: skip
    metas = "".join(
        f'<meta property="{name}" content="{ink.attribute(value)}"/>\n' for name, value in properties.items()
    )
    dates = ""
    if "no_meta_dates" not in article.traps:
        dates = (
            f'<meta itemprop="datePublished" content="{ist_iso(article.created)}"/>\n'
            f'<meta itemprop="dateModified" content="{ist_iso(article.updated_at(view.when))}"/>\n'
        )
    links = f'<link rel="canonical" href="{url}"/>\n<link rel="amphtml" href="{url}?amp"/>\n'
    words = "".join(f'<meta name="{name}" content="{keywords}"/>\n' for name in ("keywords", "news_keywords"))
    extra = words + metas + dates + links
    return chrome.head(title, ink.attribute(brief), extra + structured.blocks(article, content, url, view.when))


def _breadcrumb(article: Article) -> str:
    if article.kind == "press_release":
        second = '<a href="/press-release">Press Release</a>'
    elif article.kind in _VIEW_NAMES:
        second = f'<a href="/blogs/{_VIEW_NAMES[article.kind]}">{_VIEW_NAMES[article.kind]}</a>'
    else:
        second = '<a href="/news">News</a>'
    sector = ""
    if article.sector:
        name = ink.plain(chrome.SECTORS[article.sector])
        sector = f'<li class="breadcrumb-item"><a href="/news/{article.sector}">{name}</a></li>\n'
    return f"""<ul class="article-breadcrumb breadcrumb">
<li class="breadcrumb-item"><a href="/">Home</a></li>
<li class="breadcrumb-item">{second}</li>
{sector}<li class="breadcrumb-item active">Article</li>
</ul>
"""


def _headline(article: Article, content: Content, rng: Random) -> str:
    badge = KIND_BADGES.get(article.kind)
    mark = f'<span class="infocus-badge">{badge}</span>\n' if badge else ""
    title = ink.dress(content.title, slips(article, "title"), rng)
    brief = ""
    if content.summary:
        brief = f'<h2 class="sub-title">{ink.dress(content.summary, slips(article, "summary"), rng)}</h2>\n'
    elif rng.random() < 0.3:
        brief = '<h2 class="sub-title"></h2>\n'
    return f'{mark}<h1 class="title">{title}</h1>\n<hr/>\n{brief}'


def _byline(article: Article, content: Content) -> str:
    parts = [f'<a href="{source_path(article.source)}">{ink.plain(article.source)}</a>']
    if article.author:
        link = f"/Home/AuthorArticles?id={article.author.number}"
        avatar = ""
        if article.author.avatar:
            avatar = f'<a href="{link}"><img class="avatar rounded-circle" src="{article.author.avatar}" alt=""/></a> '
        parts.append(f'{avatar}<a href="{link}">{ink.plain(article.author.name)}</a>')
    if content.place:
        parts.append(f"<span>{ink.plain(content.place)}</span>")
    return " | ".join(parts)


def _dates(view: View, article: Article) -> str:
    return f"Updated: {ist_words(article.updated_at(view.when))} | Created: {ist_words(article.created)}"


def _left(content: Content) -> str:
    items = "".join(f'<li class="fg-orange">{ink.plain(name)}</li>' for name in content.countries)
    countries = f'<ul class="list-inline"><li class="list-head">Country:</li>{items}</ul>\n' if items else ""
    return f"""<section class="left-section">
{countries}<ul class="share-list"><li><a href="#fb">Facebook</a></li><li><a href="#tw">Twitter</a></li>
<li><a href="#in">LinkedIn</a></li></ul>
</section>
"""


def _figure(article: Article, content: Content, rng: Random) -> str:
    if article.video_url:
        return (
            '<div class="video-box"><video id="my-video" class="video-js" controls preload="none" '
            f'poster="/images/poster.jpg"><source src="{article.video_url}" type="video/mp4"/></video></div>\n'
        ) + _picture(article, content, rng)
    return _picture(article, content, rng)


def _picture(article: Article, content: Content, rng: Random) -> str:
    if content.image is None:
        hiding = '"figure" hidden' if rng.random() < 0.6 else '"figure hidden"'
        return (
            f'<figure class={hiding}><img class="figure-img img-fluid" src="/images/placeholder.jpg" alt=""/>'
            '<figcaption class="fig-caption"></figcaption></figure>\n'
        )
    url = ink.attribute(image_address(article, content) or "")
    source = f'src="/images/blank.gif" data-src="{url}"' if "lazy_image" in article.traps else f'src="{url}"'
    if "lazy_image" not in article.traps and rng.random() < 0.3:
        source += f' data-src="{url}"'
    words = content.image.caption
    caption = ink.dress(words, slips(article, "caption"), rng) if words else ""
    title = ink.attribute(content.title)
    return (
        f'<figure class="figure"><img class="figure-img img-fluid lazyload" {source} alt="{title}"/>'
        f'\n<figcaption class="fig-caption">{caption}</figcaption></figure>\n'
    )


def _also_links(view: View, article: Article) -> str:
    found = [view.world.find(number, view.when) for number in article.also]
    items = ""
    for place, other in enumerate(o for o in found if o is not None):
        path = path_of(other, view.when)
        if (other.id + place) % 7 == 0:
            path = path.replace(f"/article/{other.label}/", "/article/agency-wire/")
        title = listed_title(other, other.content_at(view.when).title)
        items += f'<li class="also-title"><a href="{path}">{title}</a></li>\n'
    return items


def _also(view: View, article: Article) -> str:
    return f'<div class="also-container"><h4>ALSO READ</h4>\n<ul>\n{_also_links(view, article)}</ul></div>\n'


def _inserts(view: View, article: Article) -> dict[str, str]:
    """What the ALSO READ traps put into the body, by trap: the whole list, or a line of its own."""
    wanted = {}
    if "body_also_read" in article.traps:
        wanted["body_also_read"] = _also(view, article)
    if "body_also_line" in article.traps and article.also:
        other = view.world.by_id[article.also[0]]
        title = listed_title(other, other.content_at(view.when).title)
        link = f'<a href="{path_of(other, view.when)}">{title}</a>'
        wanted["body_also_line"] = f"<p><strong>ALSO READ:</strong> {link}</p>\n"
    return wanted


def _below(view: View, article: Article, content: Content) -> str:
    parts = []
    if content.tags and not view.is_bot:
        tags = "\n".join(
            f'<a class="tag" href="/news?tag={escape(t.replace(" ", "+"))}">{ink.plain(t)}</a>' for t in content.tags
        )
        parts.append(
            '<div class="article-tags"><strong>READ MORE ON:</strong>\n'
            f'<ul class="list-inline"><li>\n{tags}\n</li></ul></div>\n'
        )
    if article.first_published_in:
        place = ink.plain(article.first_published_in)
        parts.append(
            '<div class="first-published"><strong>FIRST PUBLISHED IN:</strong> '
            f'<span class="badge tag">{place}</span></div>\n'
        )
    if "body_also_read" not in article.traps:
        parts.append(_also(view, article))
    parts.append('<div id="comments"><a href="#post">POST / READ COMMENTS</a></div>\n')
    return "".join(parts)


def _ordinary(view: View, article: Article, content: Content, rng: Random) -> str:
    body = bodies.render(article, content, rng, _inserts(view, article), has_attribution=not view.is_bot)
    byline = f"{_byline(article, content)} | <span>{_dates(view, article)}</span>"
    return f"""<div class="col-lg-8">
{_breadcrumb(article)}<article class="article-main" itemscope>
{_headline(article, content, rng)}<div class="metadata">{byline}</div>
{_left(content)}{_figure(article, content, rng)}<section class="article-cont">
{body}</section>
{_below(view, article, content)}</article></div>
"""


def _live(view: View, article: Article, content: Content, rng: Random) -> str:
    body = bodies.render(article, content, rng, _inserts(view, article), has_attribution=not view.is_bot)
    holder = ("div", "newsDescArticle") if article.id % 2 else ("section", "article-desc")
    return f"""<div class="col-lg-8">
{_breadcrumb(article)}<article class="article-main article-live">
<em class="live">LIVE</em>
{_headline(article, content, rng)}<div class="news-meta">{_byline(article, content)}
<div class="news-date"><span>{_dates(view, article)}</span></div></div>
{_left(content)}{_figure(article, content, rng)}<{holder[0]} class="{holder[1]}">
{body}</{holder[0]}>
{_below(view, article, content)}</article></div>
"""


def render_amp(view: View, article: Article) -> str:
    """The AMP variant: the same article in other markup."""
    content = article.content_at(view.when)
    url = view.origin + path_of(article, view.when)
    title, body = ink.plain(content.title), "".join(f"<p>{ink.plain(line)}</p>\n" for line in content.paragraphs())
    return f"""<!doctype html>
<html amp lang="en"><head><meta charset="utf-8"><script async src="https://cdn.ampproject.org/v0.js"></script>
<title>{title}</title><link rel="canonical" href="{url}">
<meta name="viewport" content="width=device-width,minimum-scale=1,initial-scale=1">
<style amp-boilerplate>body{{visibility:hidden}}</style></head>
<body><header class="amp-header"><a href="/">Devdiscourse</a></header>
<div class="amp-article"><h1 class="amp-title">{title}</h1>
<p class="amp-meta">{ink.plain(article.source)} | {_dates(view, article)}</p>
<div class="amp-content">
{body}</div></div></body></html>
"""
