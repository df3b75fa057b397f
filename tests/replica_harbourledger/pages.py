"""Prints the Harbour Ledger: article pages, the archive by day, the Atom feed, robots.txt."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape

from tests.replica_harbourledger import words
from tests.replica_harbourledger.world import NOTICES, ZONE, Article, World, in_words, iso

PER_PAGE = 10
IN_FEED = 20
ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /people/\nDisallow: /topic/\nDisallow: /*/print/\n"


def is_allowed(path: str) -> bool:
    """What `ROBOTS` says of a path."""
    return not path.startswith(("/search", "/people/", "/topic/")) and "/print/" not in path


def article_page(world: World, article: Article, when: datetime, origin: str) -> str:
    headline, url = article.headline_at(when), origin + article.path
    summary = f'<p class="story__standfirst">{escape(article.standfirst)}</p>' if article.standfirst else ""
    tags = "".join(f'<li><a rel="tag" href="/topic/{n}/">{escape(tag)}</a></li>' for n, tag in enumerate(article.tags))
    keywords = ", ".join([article.section, *article.tags])
    return f"""<!doctype html>
<html lang="en-CA"><head><meta charset="utf-8"><title>{escape(headline)} | Harbour Ledger</title>
<link rel="canonical" href="{url}"><meta name="news_keywords" content="{escape(keywords)}">
<meta property="og:title" content="{escape(headline)}"><meta property="og:type" content="article">
<script type="application/ld+json">{_json_ld(article, when, url)}</script></head>
<body><header><a href="/">Harbour Ledger</a> <a href="/search">Search</a></header><main><div class="story">
<ol class="crumbs"><li><a href="/">Front page</a></li>
<li><a href="/section/{article.section}/">{article.section.title()}</a></li></ol>
<h1 class="story__headline">{escape(headline)}</h1>{summary}
<p class="story__byline">{_byline(article)}</p>
<p class="story__dates">{_dates(article, when)}</p>
<figure class="story__figure"><picture><source srcset="/media/small.webp 400w">
<img src="{escape(article.picture or "/static/no-picture.svg")}" alt="A pier"></picture>
<figcaption>{escape(article.caption or "")}</figcaption></figure>
<div class="story__text">{_text(article, when)}</div>
<ul class="story__topics">{tags}</ul><a href="{article.path}print/">Print</a></div></main>
<section class="related"><h2>Related</h2><ul>{_links(world.related(article), when, origin)}</ul></section>
<section class="most-read"><h2>Most read</h2><ol>{_links(world.most_read(when), when, "")}</ol></section>
</body></html>"""


def _json_ld(article: Article, when: datetime, url: str) -> str:
    said = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": article.headline_at(when),
        "mainEntityOfPage": {"@type": "WebPage", "@id": url}, "articleSection": article.section,
        "datePublished": iso(article.published), "dateModified": iso(article.updated_at(when)),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": "Harbour Ledger"}, "keywords": article.tags,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False).replace("</", "<\\/")


def _byline(article: Article) -> str:
    authors = " and ".join(f'<a rel="author" href="/people/{n.split()[0].lower()}/">{n}</a>' for n in article.authors)
    desk = f'<span class="story__desk">{article.desk}</span>' if article.desk else ""
    place = f' in <span class="story__place">{article.place}</span>' if article.place else ""
    return ("By " if authors else "") + ", ".join(part for part in (authors, desk) if part) + place


def _dates(article: Article, when: datetime) -> str:
    updated = f". Last updated {in_words(article.updated_at(when))}" if article.edits_by(when) else ""
    return f"Published {in_words(article.published)}{updated}"


def _text(article: Article, when: datetime) -> str:
    parts = [f"<p>{escape(each)}</p>" for each in article.paragraphs_at(when)]
    parts.insert(1, f'<blockquote class="pullquote">{words.QUOTE}</blockquote>')
    parts.insert(3, '<aside class="newsletter"><h3>The morning tide</h3><p>Our letter, every day.</p></aside>')
    if article.points:
        parts.append("<ul>" + "".join(f"<li>{escape(point)}</li>" for point in article.points) + "</ul>")
    if article.background:
        # Without its last slash an address redirects.
        href, headline = article.background.path.rstrip("/"), escape(article.background.headline_at(when))
        parts.append(f'<p>Background: <a href="{href}">{headline}</a>.</p>')
    if article.notice:
        parts.append(f"<p><em>{NOTICES[article.notice].format(article.agency)}</em></p>")
    return "\n".join(parts)


def _links(articles: list[Article], when: datetime, origin: str) -> str:
    return "".join(f'<li><a href="{origin}{each.path}">{escape(each.headline_at(when))}</a></li>' for each in articles)


def archive_page(world: World, day: str, page: int, when: datetime) -> str | None:
    """One page of a day of the archive, "2025/11/02"; None past its last page."""
    found = [each for each in world.visible(when) if f"{each.published.astimezone(ZONE):%Y/%m/%d}" == day]
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    if page > 1 and not shown:
        return None
    entries = "".join(f'<li><a href="{each.path}">{escape(each.headline_at(when))}</a></li>' for each in shown)
    return f"""<!doctype html><html lang="en-CA"><head><title>Archive of {day} | Harbour Ledger</title></head><body>
<h1>Archive</h1>{f"<ul>{entries}</ul>" if shown else "<p>No stories on this day.</p>"}
<a href="/archive/">Another day</a></body></html>"""


def feed(world: World, when: datetime, origin: str) -> str:
    """The Atom feed of the newest articles; its addresses say where a reader comes from."""
    entries = "".join(
        f"<entry><title>{escape(each.headline_at(when))}</title><id>tag:harbourledger.example,2025:{each.path}</id>"
        f'<link rel="alternate" type="text/html" href="{origin}{each.path}?from=atom"/>'
        f'<link rel="enclosure" type="image/jpeg" href="{origin}/media/small.jpg"/>'
        f"<published>{each.published.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</published>"
        f"<updated>{each.updated_at(when).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</updated>"
        f'<category term="{each.section}"/></entry>\n'
        for each in world.visible(when)[:IN_FEED]
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Ledger</title><id>tag:harbourledger.example,2025:feed</id>
<link rel="self" href="{origin}/feed.atom"/><updated>{when:%Y-%m-%dT%H:%M:%SZ}</updated>
{entries}</feed>"""
