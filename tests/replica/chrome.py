"""What stands around every page: head, menus, scripts and footer; static text, as heavy as the real site's."""

from __future__ import annotations

from functools import cache

from tests.replica.names import EDITIONS

SECTORS = {
    "agro-forestry": "Agro-Forestry", "art-culture": "Art & Culture", "economy-business": "Economy & Business",
    "education": "Education", "energy-extractives": "Energy & Extractives", "health": "Health",
    "law-governance": "Law & Governance", "politics": "Politics", "science-environment": "Science & Environment",
    "socialgender": "Social/Gender", "sports": "Sports", "technology": "Technology", "transport": "Transport",
    "urban-development": "Urban Development", "wash": "WASH",
}  # fmt: skip
LABELS = {
    "business": "Business", "education": "Education", "entertainment": "Entertainment", "headlines": "Headlines",
    "health": "Health", "international": "International", "law-order": "Law-Order", "lifestyle": "Lifestyle",
    "other": "Other", "politics": "Politics", "science-environment": "Science-Environment",
    "sports-games": "Sports-Games", "technology": "Technology",
}  # fmt: skip
SOURCE_PAGES = {
    "pti-stories": "PTI", "reuters-stories": "Reuters", "ani-stories": "ANI", "ians-stories": "IANS",
    "devdiscourse-stories": "Devdiscourse News Desk",
}  # fmt: skip


def edition_title(slug: str) -> str:
    """An edition's name as the menu shows it."""
    return slug.replace("-", " ").title()


def _menu_entry(href: str, words: str) -> str:
    return f'<li class="nav-item"><a class="nav-link dropdown-item" href="{href}" title="{words}">{words}</a></li>\n'


@cache
def _style() -> str:
    names = (
        "navbar",
        "dropdown-menu",
        "media",
        "figure",
        "left-section",
        "also-container",
        "badge",
        "footer",
        "trend-box",
    )
    rules = [
        f".{name}-{side}{step}{{margin-{side}:{step * 4}px;padding-{side}:{step * 3}px;line-height:1.{step};"
        f"color:#{step}{step}3a5f;border-{side}:{step}px solid rgba(12,34,56,.{step})}}"
        for name in names
        for side in ("top", "right", "bottom", "left")
        for step in range(1, 4)
    ]
    return "<style>" + "\n".join(rules) + "</style>\n"


@cache
def _scripts() -> str:
    lines = [
        f"dd.queue.push(function(){{googletag.defineSlot('/21685/dd_slot_{n}',[[300,250],[728,90],[{100 + n},50]],"
        f"'div-gpt-ad-{1500000000000 + n * 7919}').addService(googletag.pubads()).setTargeting('pos','p{n}');}});"
        for n in range(110)
    ]
    body = "var dd=window.dd||{queue:[]};if(1<2&&document.cookie.indexOf('Edition=')<0){dd.edition='';}\n" + "\n".join(
        lines
    )
    return f"<script>\n{body}\n</script>\n"


@cache
def top() -> str:
    """Everything from `<body>` to the main container."""
    sectors = "".join(_menu_entry(f"/news/{slug}", name.replace("&", "&amp;")) for slug, name in SECTORS.items())
    editions = "".join(_menu_entry(f"/{slug}", edition_title(slug)) for slug in EDITIONS)
    labels = "".join(_menu_entry(f"/stories/{slug}", name) for slug, name in LABELS.items())
    return f"""<body>
<noscript><img height="1" width="1" style="display:none" src="/pixel.gif" alt=""/></noscript>
<header class="header-main"><nav class="navbar navbar-expand-lg" id="mainNav">
<a class="navbar-brand" href="/"><img src="/images/devdiscourse_logo.svg" alt="Devdiscourse"/></a>
<span class="header-date">date <time id="today"></time></span>
<button class="navbar-toggler" type="button">Left Menu</button>
<ul class="navbar-nav">{_menu_entry("/news", "News")}{_menu_entry("/live-discourse", "Live Discourse")}
{_menu_entry("/blogs", "Blogs")}{_menu_entry("/press-release", "Press Release")}
<li class="dropdown"><a href="#">Sectors</a><ul class="dropdown-menu">
{sectors}</ul></li>
<li class="dropdown"><a href="#">Editions</a><ul class="dropdown-menu">
{editions}</ul></li>
<li class="dropdown"><a href="#">Stories</a><ul class="dropdown-menu">
{labels}</ul></li>
</ul><form action="/search" method="get"><input name="q" type="text" placeholder="Search"/></form></nav></header>
<div class="ad-top text-center"><small>Advertisement</small><div id="div-gpt-ad-top"></div></div>
"""


@cache
def bottom() -> str:
    """Everything from the footer on."""
    sectors = "".join(f'<li><a href="/news/{slug}">{n.replace("&", "&amp;")}</a></li>\n' for slug, n in SECTORS.items())
    editions = "".join(f'<li><a href="/{slug}">{edition_title(slug)}</a></li>\n' for slug in EDITIONS)
    sources = "".join(f'<li><a href="/{slug}">{name} Stories</a></li>\n' for slug, name in SOURCE_PAGES.items())
    return f"""<footer class="footer"><div class="container"><div class="connect"><h5>Connect us on</h5>
<ul class="social"><li><a href="https://www.linkedin.com/">LinkedIn</a></li><li><a href="https://www.quora.com/">Quora</a></li>
<li><a href="https://www.youtube.com/">Youtube</a></li><li><a href="/rss/website">RSS</a></li></ul>
<a class="btn" href="/feedback">Give Feedback</a>
<form class="newsletter"><label>Subscribe to our Newsletter</label><input type="email" name="email"/></form></div>
<div class="footer-links"><h5>SECTORS</h5><ul>
{sectors}</ul><h5>EDITIONS</h5><ul>
{editions}</ul><h5>OTHER LINKS</h5><ul>
{sources}<li><a href="/about-us">About Us</a></li><li><a href="/account/login">Login</a></li></ul>
<h5>OTHER PRODUCTS</h5><ul><li><a href="https://www.visionri.com/">VisionRI</a></li></ul>
<h5>CONNECT</h5></div><div class="copyright"><p>Devdiscourse</p><p>Email: info@devdiscourse.com</p>
<p><a href="/disclaimer">Disclaimer</a> | <a href="/terms">Terms of use</a> | <a href="/privacy">Privacy Policy</a></p>
<p>&copy; Copyright 2025</p></div></div></footer>
{_scripts()}<script src="/bundles/bootstrap.js?v=17" defer></script>
</body>
</html>
"""


def head(title: str, description: str, extra: str = "") -> str:
    """The head of a page; `title`, `description` and `extra` are HTML already."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{title}</title>
<meta name="description" content="{description}"/>
{extra}<link rel="alternate" type="application/rss+xml" title="Devdiscourse" href="/rss/website"/>
<link rel="stylesheet" href="/bundles/site.css?v=17"/>
{_style()}</head>
"""
