"""Reads the replica's pages with a reader of its own, written for these tests from the description of the site."""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

AGENT = "replica-tests/1 (+https://example.org/contact)"
START = "2025-12-12T14:00:00+00:00"

_NOISE = {"script", "style", "iframe", "-comment"}
_NOISE_CLASSES = {
    "twitter-tweet", "instagram-media", "video-container", "also-container", "share-links", "comment-box", "ad-inbody",
}  # fmt: skip
_HOLDERS = {"div", "section"}
_SINGLE = {"p", "h3", "li", "blockquote"}


def squeeze(text: str) -> str:
    """Text with its white space collapsed, `&amp;` decoded once more, and tags that show as text removed."""
    return " ".join(re.sub(r"</?(?:i|b)>", "", text.replace("&amp;", "&")).split())


def text_of(tree: LexborHTMLParser | LexborNode, selector: str) -> str | None:
    """The squeezed text of the first node; None when there is none or it is empty."""
    node = tree.css_first(selector)
    return (squeeze(node.text()) or None) if node else None


def texts_of(tree: LexborHTMLParser | LexborNode, selector: str) -> list[str]:
    """The squeezed texts of all nodes."""
    return [squeeze(node.text()) for node in tree.css(selector)]


def read_body(holder: LexborNode) -> list[str]:
    """The paragraphs of a body, bare text between line breaks included."""
    found: list[str] = []
    run: list[str] = []
    for child in holder.iter(include_text=True):
        if _is_noise(child):
            continue
        block = _read_block(child)
        if block is None:
            run.append(child.text())
        else:
            found += [squeeze("".join(run)), *block]
            run.clear()
    lines = [*found, squeeze("".join(run))]
    return [line for line in lines if line and not re.match(r"Advertisement$|ALSO READ|POST / READ COMMENTS", line)]


def _is_noise(node: LexborNode) -> bool:
    if node.tag == "-text":
        return False
    return node.tag in _NOISE or bool(_NOISE_CLASSES & set((node.attributes.get("class") or "").split()))


def _read_block(node: LexborNode) -> list[str] | None:
    """The paragraphs of a block; None when the node belongs to a run of text."""
    if node.tag == "br":
        return []
    if node.tag in _SINGLE:
        return [squeeze(node.text())]
    if node.tag in ("ul", "ol"):
        return texts_of(node, "li")
    if node.tag == "table":
        return [" | ".join(texts_of(row, "th, td")) for row in node.css("tr")]
    return read_body(node) if node.tag in _HOLDERS else None


def sections(tree: LexborHTMLParser) -> dict[str, LexborNode]:
    """The sidebar sections by their heading."""
    found = {}
    for heading in tree.css("h2.section-title3"):
        if heading.parent is not None:
            found[squeeze(heading.text())] = heading.parent
    return found


def read_trending(section: LexborNode) -> list[dict[str, Any]]:
    """The entries of the trending section."""
    entries = []
    for media in section.css("div.media"):
        link = media.css_first('a[href^="/article/"]')
        entries.append({
            "rank": int(text_of(media, "span.trend-number") or 0),
            "title": squeeze((link.attributes.get("title") or "") if link else ""),
            "cut": text_of(media, "h4.trend-title"),
            "country": text_of(media, "small.media-meta"),
            "badge": text_of(media, "span.infocus-badge"),
        })  # fmt: skip
    return entries


def read_page(html: str) -> dict[str, Any]:
    """Every field of an article page that the truth knows by the same name."""
    tree = LexborHTMLParser(html)
    holder = tree.css_first("section.article-cont, div.newsDescArticle, section.article-desc")
    body = read_body(holder) if holder else []
    attribution = body.pop() if body and re.match(r"\((With inputs|This story has not)", body[-1]) else None
    words = text_of(tree, "div.metadata, div.news-meta") or ""
    times = re.search(r"Updated: (.+? IST) \| Created: (.+? IST)", words)
    crumbs = tree.css("ul.article-breadcrumb li a")
    sector = [str(a.attributes["href"])[6:] for a in crumbs if (a.attributes["href"] or "").startswith("/news/")]
    figure, image = tree.css_first("figure.figure"), tree.css_first("figure.figure img")
    is_hidden = figure is None or "hidden" in figure.attributes or "hidden" in (figure.attributes["class"] or "")
    spans = [s for s in texts_of(tree, "div.metadata > span, div.news-meta > span") if not s.startswith("Updated:")]
    video, canonical = tree.css_first("video#my-video source"), tree.css_first("link[rel=canonical]")
    metas = {n.attributes.get("itemprop"): n.attributes.get("content") for n in tree.css("meta[itemprop]")}
    keywords = tree.css_first("meta[name=keywords]")
    return {
        "title": text_of(tree, "article h1.title"),
        "summary": text_of(tree, "article h2.sub-title"),
        "source": text_of(tree, "div.metadata a, div.news-meta a"),
        "author": next((t for t in texts_of(tree, 'div.metadata a[href*="AuthorArticles"]') if t), None),
        "place": spans[0] if spans else None,
        "updated_raw": times[1] if times else None,
        "published_raw": times[2] if times else None,
        "countries": texts_of(tree, "section.left-section ul li.fg-orange"),
        "sector": sector[0] if sector else None,
        "image_url": None if is_hidden or not image else image.attributes.get("data-src") or image.attributes["src"],
        "image_caption": None if is_hidden else text_of(tree, "figcaption.fig-caption"),
        "body": body,
        "attribution": attribution,
        "site_tags": texts_of(tree, "a.tag"),
        "first_published_in": text_of(tree, "span.badge.tag"),
        "video_url": video.attributes["src"] if video else None,
        "canonical_url": canonical.attributes["href"] if canonical else None,
        "keywords": (keywords.attributes["content"] or "").split(", ") if keywords else [],
        "also_read": texts_of(tree, "div.also-container li.also-title a"),
        "dates": metas,
    }
