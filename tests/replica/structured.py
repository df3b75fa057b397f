"""The JSON-LD in a page's head, which is often not JSON."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape

from tests.replica.model import Article, Content, ist_iso


def blocks(article: Article, content: Content, url: str, when: datetime) -> str:
    """Every JSON-LD block of an article page as script elements."""
    made = [_news_article(article, content, url, when), _breadcrumb(article, url)]
    if article.video_url:
        made.append(
            json.dumps({
                "@context": "https://schema.org", "@type": "VideoObject", "name": content.title,
                "contentUrl": article.video_url, "uploadDate": ist_iso(article.created),
            })
        )  # fmt: skip
    return "".join(f'<script type="application/ld+json">\n{block}\n</script>\n' for block in made)


def _news_article(article: Article, content: Content, url: str, when: datetime) -> str:
    """The NewsArticle block: headlines HTML-escaped in the JSON, agencies as persons, and worse on most pages."""
    headline = escape(content.title, quote=True)
    brief = (content.summary or f"Read more about {content.title} on Devdiscourse").replace('"', "&quot;")
    description = brief if "jsonld_unquoted" in article.traps else json.dumps(brief, ensure_ascii=False)
    if "jsonld_escaped" in article.traps:
        headline = headline.replace("&#x27;", "\\'").replace(" ", "  ", 1)
    if "jsonld_newline" in article.traps:
        headline = headline.replace(" ", "\n", 1)
        description = description.replace(". ", ".\n")
    comma = "" if "jsonld_comma" in article.traps else ","
    image = content.image.url if content.image else "/images/placeholder.jpg"
    return f"""{{
"@context": "https://schema.org",
"@type": "NewsArticle",
"mainEntityOfPage": {{"@type": "WebPage", "@id": "{url}"}},
"headline": "{headline}",
"description": {description},
"image": ["{image}"]{comma}
"datePublished": "{ist_iso(article.created)}",
"dateModified": "{ist_iso(article.updated_at(when))}",
"author": {{"@type": "Person", "name": "{article.author.name if article.author else article.source}"}},
"publisher": {{"@type": "Organization", "name": "Devdiscourse",
"logo": {{"@type": "ImageObject", "url": "/images/logo.png"}}}}
}}"""


def _breadcrumb(article: Article, url: str) -> str:
    names = ["Home", "News", article.sector or "Article"]
    items = [{"@type": "ListItem", "position": place, "name": name} for place, name in enumerate(names, 1)]
    return json.dumps(
        {"@context": "https://schema.org", "@type": "BreadcrumbList", "@id": url, "itemListElement": items}
    )
