"""The columns beside every page: trending by edition, opinion, DevShots, latest news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.replica import ink, seedpage
from tests.replica.model import Article, slug_of
from tests.replica.names import BY_NAME
from tests.replica.world import World

CUT = 76
OPINION_KINDS = ("blog", "opinion", "interview")
BADGES = {"blog": "Blog", "event": "Event", "liveblog": "LiveBlog"}
_TRENDING_WINDOW = timedelta(hours=36)
_TRENDING_STEP = 900  # seconds


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: the whole title and what stands beside it."""

    rank: int
    id: int
    title: str
    path: str
    country: str | None = None
    badge: str | None = None


@dataclass(frozen=True, slots=True)
class Sidebars:
    """The lists as they stand at one moment for one edition."""

    trending: tuple[Entry, ...]
    opinion: tuple[Entry, ...]
    latest: tuple[Entry, ...]


def path_of(article: Article, when: datetime) -> str:
    """The labelled address of an article at `when`, without host."""
    return (
        f"/article/{article.label or 'agency-wire'}/{article.id}-{slug_of(article.content_at(when).title, article.id)}"
    )


def listed_title(article: Article, title: str) -> str:
    """A title as lists print it: escaped, twice over for some articles."""
    html = ink.attribute(title)
    return html.replace("&amp;", "&amp;amp;") if "title_double_escape" in article.traps else html


def entry_of(article: Article, rank: int, when: datetime, *, with_country: bool = False) -> Entry:
    """An article as an entry of a list."""
    content = article.content_at(when)
    country = (content.countries[0] if content.countries else "Global") if with_country else None
    badge = BADGES.get(article.kind) if with_country else None
    return Entry(rank, article.id, content.title, path_of(article, when), country, badge)


def sidebars_at(world: World, when: datetime, edition: str | None) -> Sidebars:
    """The sidebars at `when` for an edition (None: the site's default)."""
    visible = world.visible(when)
    views = [a for a in visible if a.kind in OPINION_KINDS]
    opinion = sorted(views, key=lambda a: (a.created, a.id), reverse=True)[:4]
    return Sidebars(
        tuple(
            entry_of(a, n, when, with_country=True) for n, a in enumerate(_trending(world, visible, when, edition), 1)
        ),
        tuple(entry_of(a, n, when) for n, a in enumerate(opinion, 1)),
        tuple(entry_of(a, n, when) for n, a in enumerate(reversed(visible[-5:]), 1)),
    )


def _trending(world: World, visible: list[Article], when: datetime, edition: str | None) -> list[Article]:
    if edition is None and seedpage.SEED_TIME <= when < seedpage.SEED_TIME + seedpage.SIDEBARS_HOLD:
        fixed = {article.content_at(when).title: article for article in visible if article.is_fixed}
        return [fixed[title] for title in seedpage.TRENDING_TITLES if title in fixed]
    step = int(when.timestamp()) // _TRENDING_STEP
    recent = [a for a in visible if when - a.created < _TRENDING_WINDOW] or visible[-30:]
    scores = {}
    for article in recent:
        fame = world.rng("fame", article.id).random() + (0.25 if article.kind in BADGES else 0)
        age = (when - article.created) / _TRENDING_WINDOW
        names = article.content_at(when).countries
        is_local = edition is not None and any(n in BY_NAME and BY_NAME[n].edition == edition for n in names)
        jitter = 0.15 * world.rng("mood", article.id, edition, step).random()
        scores[article.id] = fame - 0.6 * age + (0.8 if is_local else 0) + jitter
    return sorted(recent, key=lambda a: (-scores[a.id], a.id))[:4]


def render(world: World, when: datetime, bars: Sidebars) -> str:
    """The right-hand column as HTML."""
    find = world.by_id.__getitem__
    trending = "".join(_trending_html(entry, find(entry.id)) for entry in bars.trending)
    opinion = "".join(
        f'<div class="media"><a href="{e.path}" title="{listed_title(find(e.id), e.title)}"><h4 class="media-heading">'
        f"{listed_title(find(e.id), e.title)}</h4></a></div>\n"
        for e in bars.opinion
    )
    latest = "".join(
        f'<li class="also-title"><a href="{e.path}">{listed_title(find(e.id), e.title)}</a></li>\n' for e in bars.latest
    )
    return f"""<aside class="col-lg-4 right-section">
<section class="side-box"><h2 class="section-title3">TRENDING</h2>
{trending}</section>
<section class="side-box"><div class="ad-slot"><small>Advertisement</small></div></section>
<section class="side-box"><h2 class="section-title3">OPINION / BLOG / INTERVIEW</h2>
{opinion}</section>
<section class="side-box"><h2 class="section-title3">DevShots</h2>
<div id="devshots" data-source="/Home/GetDevShots"></div></section>
<section class="side-box"><h2 class="section-title3">Latest News</h2>
<ul class="also-list">
{latest}</ul></section>
</aside>
"""


def _trending_html(entry: Entry, article: Article) -> str:
    whole = listed_title(article, entry.title)
    cut = entry.title[:CUT]
    shown = ink.plain(cut)
    if "title_double_escape" in article.traps:
        shown = shown.replace("&amp;", "&amp;amp;")
    badge = f' <span class="infocus-badge">{entry.badge}</span>' if entry.badge else ""
    return f"""<div class="media"><span class="trend-number">{entry.rank}</span>
<a href="{entry.path}" title="{whole}" class="trend-image"><img src="/images/blank.gif" alt="{whole}"/></a>
<div class="media-body"><a href="{entry.path}" title="{whole}"><h4 class="trend-title">{shown}</h4></a>
<small class="media-meta"><i class="fa fa-map-marker"></i> {ink.plain(entry.country or "")}</small>{badge}</div></div>
"""
