"""Prints what machines read: the site map of sections, the Google News site map, the RSS feed, robots.txt."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.replica import chrome
from tests.replica.articlepage import View, keywords_of
from tests.replica.model import IST, ist_iso
from tests.replica.names import EDITIONS
from tests.replica.sidebars import path_of

NEWS_DAYS = timedelta(days=2)
NEWS_ENTRIES = 500
FEED_ENTRIES = 50


def sections(view: View) -> str:
    """The site map: sections and editions, no article."""
    paths = ["/", "/news", *(f"/news/{s}" for s in chrome.SECTORS), *(f"/stories/{s}" for s in chrome.LABELS)]
    paths += [*(f"/{slug}" for slug in EDITIONS), "/blogs", "/press-release", "/live-discourse"]
    entries = "".join(f"<url><loc>{view.origin}{p}</loc><changefreq>hourly</changefreq></url>\n" for p in paths)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{entries}</urlset>
"""


def google_news(view: View) -> str:
    """The Google News site map: articles of the last two days, newest first, 500 at most."""
    since = view.when - NEWS_DAYS
    recent = [a for a in view.world.visible(view.when) if a.created >= since]
    entries = []
    for article in sorted(recent, key=lambda a: (a.created, a.id), reverse=True)[:NEWS_ENTRIES]:
        content = article.content_at(view.when)
        image = ""
        if content.image:
            image = f"<image:image><image:loc>{escape(content.image.url)}</image:loc></image:image>"
        words = escape(", ".join(keywords_of(article, content)))
        entries.append(
            f"<url><loc>{escape(view.origin + path_of(article, view.when))}</loc>"
            f"<lastmod>{ist_iso(article.updated_at(view.when))}</lastmod><news:news><news:publication>"
            "<news:name>Devdiscourse</news:name><news:language>en</news:language></news:publication>"
            f"<news:publication_date>{ist_iso(article.created)}</news:publication_date>"
            f"<news:title>{escape(content.title)}</news:title><news:keywords>{words}</news:keywords></news:news>{image}</url>\n"
        )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" \
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" \
xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
{"".join(entries)}</urlset>
"""


def rss(view: View) -> str:
    """The RSS 2.0 feed of the newest articles."""
    newest = sorted(view.world.visible(view.when), key=lambda a: (a.created, a.id), reverse=True)[:FEED_ENTRIES]
    entries = []
    for article in newest:
        content = article.content_at(view.when)
        moment = format_datetime(article.created.astimezone(IST))
        entries.append(
            f"<item><title>{escape(content.title)}</title><link>{view.origin}{path_of(article, view.when)}</link>"
            f'<guid isPermaLink="false">{article.id}</guid><pubDate>{moment}</pubDate>'
            f"<category>{escape(chrome.SECTORS.get(article.sector or '', 'News'))}</category>"
            f"<description><![CDATA[{content.summary or content.paragraphs()[0]}]]></description></item>\n"
        )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Devdiscourse</title><link>{view.origin}/</link><description>Devdiscourse News</description>
<atom:link href="{view.origin}/rss/website" rel="self" type="application/rss+xml"/>
<lastBuildDate>{format_datetime(view.when.astimezone(IST))}</lastBuildDate>
{"".join(entries)}</channel></rss>
"""


def robots(origin: str) -> str:
    """The robots.txt the site starts with."""
    return f"""User-agent: *
Disallow: /account/
Disallow: /search
Disallow: /remote.axd
Disallow: /news?tag=
Disallow: /*?utm_
Disallow: /Home/AuthorArticles

Sitemap: {origin}/sitemap.xml
Sitemap: {origin}/rss/googlenews
"""
