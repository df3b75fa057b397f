"""Devdiscourse (www.devdiscourse.com): news, blogs and live coverage on development, from India."""

from __future__ import annotations

import re

from spiders.site import Site
from spiders.sites.devdiscourse.articles import ArticlePage202512
from spiders.sites.devdiscourse.live import LivePage202301, LivePage202512

_FRAGMENT = "/Home/GetNewsItems?sector={sector}&region=&country=&tag=&cat=&label={label}&page={page}"
_SECTORS = (
    "agro-forestry", "art-culture", "economy-business", "education", "energy-extractives", "health", "law-governance",
    "politics", "science-environment", "socialgender", "sports", "technology", "transport", "urban-development", "wash",
)  # fmt: skip
_LABELS = (
    "business", "education", "entertainment", "headlines", "health", "international", "law-order", "lifestyle", "other",
    "politics", "science-environment", "sports-games", "technology",
)  # fmt: skip
_SECTION_PAGES = (
    "blogs/blog", "blogs/opinion", "blogs/interview", "pti-stories", "reuters-stories", "ani-stories", "ians-stories",
    "devdiscourse-stories",
)  # fmt: skip
_EDITIONS = (
    "south-asia", "east-south-east-asia", "pacific", "europe-central-asia", "east-africa", "southern-africa",
    "west-africa", "central-africa", "middle-east-north-africa", "north-america", "latin-america-caribbean",
)  # fmt: skip

SITE = Site(
    name="devdiscourse",
    base_url="https://www.devdiscourse.com",
    hosts=frozenset({"www.devdiscourse.com", "devdiscourse.com"}),
    timezone="Asia/Kolkata",
    pages=(LivePage202512, LivePage202301, ArticlePage202512),
    articles=re.compile(
        r"(?:https?://[^/?#]*)?/(?=(?:[^/?#]+/)?article/|live-discourse/)(?:article/|live-discourse/)?"
        r"(?:(?P<label>[^/?#]+)/)?(?:article/)?(?P<id>[0-9]{1,18})(?:-[^/?#]*)?/?(?:[?#]|$)",
        re.IGNORECASE,
    ),
    article_links='a[href*="article/" i], a[href*="live-discourse/" i]',
    amp=re.compile(r"[?&]amp(?:[=&#]|$)", re.IGNORECASE),
    listings_at=re.compile(
        r"//[^/]+/(?:$|[?#]|Home/GetNewsItems|news(?:[/?#]|$)|stories/|blogs|live-discourse/?(?:[?#]|$)|press-release|"
        r"[a-z]+-stories|news-source/)",
        re.IGNORECASE,
    ),
    id_address="/article/agency-wire/{id}-article",
    news_sitemaps=("/rss/googlenews",),
    feeds=("/rss/website",),
    listings=(
        _FRAGMENT.format(sector="", label="", page="{page}"),
        _FRAGMENT.format(sector="", label="", page="0"),  # the first page, should pages count from 0
        *("/news", "/live-discourse", "/blogs", "/press-release"),
    ),
    editions={"/": None, **{f"/{edition}": edition for edition in _EDITIONS}},
    edition_cookie="Edition",
    deep_listings=(
        *(_FRAGMENT.format(sector=each, label="", page="{page}") for each in _SECTORS),
        *(_FRAGMENT.format(sector="", label=each, page="{page}") for each in _LABELS),
        *(f"/stories/{each}" for each in _LABELS),
        *(f"/{each}" for each in _SECTION_PAGES),
    ),
    items_per_listing=20,
)
