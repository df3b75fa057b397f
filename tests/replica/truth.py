"""What an analyst should find in the warehouse, told from the world itself and never from its pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.replica import chrome
from tests.replica.articlepage import image_address, keywords_of
from tests.replica.listings import discourse_path
from tests.replica.model import FEED_NOTICE, INPUTS_NOTICE, Article, Content, Version, ist_words
from tests.replica.names import EDITIONS
from tests.replica.sidebars import Entry, path_of, sidebars_at
from tests.replica.topics import load_topics
from tests.replica.traps import HARMLESS
from tests.replica.world import World

CONTENT_FIELDS = ("title", "summary", "body")
OTHER_FIELDS = (
    "kind", "label", "sector", "source", "author", "place", "countries", "attribution", "site_tags", "keywords",
    "image_url",
    "image_caption", "image_is_ai_generated", "video_url", "first_published_in", "url", "canonical_url",
)  # fmt: skip
_STATED_KINDS = {"blog", "opinion", "interview"}


def read_time(text: str) -> datetime:
    """An ISO 8601 time as UTC.

    Raises:
        ValueError: when the text is no time or has no offset.
    """
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset from UTC")
    return moment.astimezone(UTC)


def read_span(told: dict[str, Any]) -> timedelta:
    """A span from its days, hours, minutes and seconds.

    Raises:
        ValueError: when nothing is told, or the span goes back in time.
    """
    span = timedelta(**{unit: float(told[unit]) for unit in ("days", "hours", "minutes", "seconds") if unit in told})
    if not told or span < timedelta(0):
        raise ValueError(f"cannot move the clock by {told}: name days, hours, minutes or seconds, not below zero")
    return span


def utc(moment: datetime) -> str:
    """A moment as UTC with seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def everything(world: World, when: datetime, origin: str) -> dict[str, Any]:
    """The whole truth at `when`: articles by id, sidebars by edition, live discourses, planted copies and stories."""
    visible = world.visible(when)
    return {
        "now": utc(when),
        "origin": origin,
        "articles": {str(a.id): article_truth(world, a, when, origin) for a in visible},
        "sidebars": {edition or "": _sidebars(world, when, origin, edition) for edition in (None, *EDITIONS)},
        "live_discourses": {str(t.id): _discourse(t, when, origin) for t in world.discourses if t.is_visible(when)},
        "copies": [_copy(a, when) for a in visible if a.copies is not None and a.copies.is_visible(when)],
        "stories": _stories(visible),
    }


def article_truth(world: World, article: Article, when: datetime, origin: str) -> dict[str, Any]:
    """One article as the warehouse should show it at `when`."""
    content, updated = article.content_at(when), article.updated_at(when)
    exact = "no_meta_dates" not in article.traps
    created_shown = article.created if exact else article.created.replace(second=0)
    updated_shown = updated if exact else updated.replace(second=0)
    return {
        "site_article_id": str(article.id),
        **shown_fields(article, content, when, origin),
        "published_at": utc(created_shown),
        "updated_at": utc(updated_shown),
        "published_raw": ist_words(article.created),
        "updated_raw": ist_words(updated),
        "published_precision": "second" if exact else "minute",
        "site_date": f"{article.created.astimezone(UTC) + timedelta(hours=5, minutes=30):%Y-%m-%d}",
        "also_read": [_listed(world, number, when, origin) for number in article.also if world.find(number, when)],
        "clean": article.traps <= HARMLESS,
        "traps": sorted(article.traps),
        "history": [_revision(v) for v in article.versions if v.at <= when],
        "content_revisions": _content_revisions(article, when),
        "changed_at": utc(article.changed_at(when)),
        **_meaning(article),
    }


def shown_fields(article: Article, content: Content, when: datetime, origin: str) -> dict[str, Any]:
    """The fields a reader can see on the page, spelled as the warehouse's columns."""
    image = image_address(article, content)
    url = origin + path_of(article, when)
    return {
        "url": url,
        "canonical_url": url,
        "kind": article.kind,
        "label": article.label,
        "sector": article.sector,
        "sector_name": chrome.SECTORS.get(article.sector or ""),
        "title": content.title,
        "summary": content.summary,
        "source": article.source,
        "author": article.author.name if article.author else None,
        "author_avatar": article.author.avatar if article.author else None,
        "place": content.place,
        "dateline": article.dateline,
        "countries": list(content.countries),
        "body": content.paragraphs(),
        "attribution": content.attribution,
        "syndication": _syndication(article, content),
        "site_tags": list(content.tags),
        "keywords": keywords_of(article, content),
        "image_url": origin + image if image and image.startswith("/") else image,
        "image_caption": content.image.caption if content.image else None,
        "image_is_ai_generated": bool(content.image and content.image.is_ai),
        "video_url": article.video_url,
        "first_published_in": article.first_published_in,
    }


def changes(world: World, since: datetime, until: datetime, origin: str) -> dict[str, Any]:
    """What a pass at `until` finds that a pass at `since` did not: article ids with the fields that differ.

    `new` lists ids; `revised` maps ids to changed fields; `content_revised` lists those whose title, summary or body
    changed; `touched` lists ids where "Updated" moved and nothing else; `silent` lists ids whose text changed while
    "Updated" stood still.
    """
    found: dict[str, Any] = {"new": [], "revised": {}, "content_revised": [], "touched": [], "silent": []}
    for article in world.visible(until):
        name = str(article.id)
        if article.created > since:
            found["new"].append(name)
            continue
        before = shown_fields(article, article.content_at(since), since, origin)
        after = shown_fields(article, article.content_at(until), until, origin)
        differing = [f for f in (*CONTENT_FIELDS, *OTHER_FIELDS) if before[f] != after[f]]
        has_moved = article.updated_at(since) != article.updated_at(until)
        if differing:
            found["revised"][name] = differing
        elif has_moved:
            found["touched"].append(name)
        if set(differing) & set(CONTENT_FIELDS):
            found["content_revised"].append(name)
            if not has_moved:
                found["silent"].append(name)
    return found


def _syndication(article: Article, content: Content) -> str:
    if content.attribution == FEED_NOTICE:
        return "verbatim"
    if content.attribution == INPUTS_NOTICE:
        return "desk"
    return "own" if article.kind in _STATED_KINDS else "unknown"


def _meaning(article: Article) -> dict[str, Any]:
    """What the text is really about: for judging tags, topics and countries, not what the page prints."""
    topic = load_topics().get(article.topic)
    return {
        "topic": article.topic,
        "media_topic": topic.settings.get("media") if topic else None,
        "sdg": topic.settings.get("sdg") if topic else None,
        "is_template": bool(topic and topic.settings.get("template")),
        "about_countries": list(article.about),
        "people": list(article.people),
        "organisations": list(article.organisations),
        "event": article.event,
    }


def _content_revisions(article: Article, when: datetime) -> int:
    """How many texts (title, summary, body) the article has had up to `when`; A, B, A counts three."""
    texts = [(c.title, c.summary, c.paragraphs()) for c in (v.content for v in article.versions if v.at <= when)]
    return 1 + sum(before != after for before, after in pairwise(texts))


def _revision(version: Version) -> dict[str, Any]:
    return {"at": utc(version.at), "what": version.what, "moves_updated": version.moves_updated,
            "title": version.content.title, "summary": version.content.summary,
            "body": version.content.paragraphs()}  # fmt: skip


def _listed(world: World, number: int, when: datetime, origin: str) -> dict[str, Any]:
    article = world.by_id[number]
    return {
        "site_article_id": str(number),
        "title": article.content_at(when).title,
        "url": origin + path_of(article, when),
    }


def _entry(entry: Entry, origin: str) -> dict[str, Any]:
    return {"rank": entry.rank, "site_article_id": str(entry.id), "title": entry.title, "url": origin + entry.path,
            "country": entry.country, "badge": entry.badge}  # fmt: skip


def _sidebars(world: World, when: datetime, origin: str, edition: str | None) -> dict[str, Any]:
    bars = sidebars_at(world, when, edition)
    return {
        section: [_entry(entry, origin) for entry in getattr(bars, section)]
        for section in ("trending", "opinion", "latest")
    }


def _discourse(talk: Article, when: datetime, origin: str) -> dict[str, Any]:
    content = talk.content_at(when)
    return {
        "site_article_id": str(talk.id), "url": origin + discourse_path(talk, when), "title": content.title,
        "summary": content.summary, "source": talk.source, "posts": content.paragraphs(),
        "published_at": utc(talk.created), "updated_at": utc(talk.updated_at(when)),
        "published_raw": ist_words(talk.created), "updated_raw": ist_words(talk.updated_at(when)),
    }  # fmt: skip


def _copy(article: Article, when: datetime) -> dict[str, Any]:
    original = article.copies
    first, second = (original.content_at(when), article.content_at(when)) if original else (None, None)
    return {
        "site_article_id": str(article.id),
        "original_id": str(original.id) if original else None,
        "copied_as": article.copied_as,
        "similarity": round(similarity(first.paragraphs(), second.paragraphs()), 4) if first and second else None,
    }


def similarity(first: list[str], second: list[str]) -> float:
    """Jaccard similarity of the word 3-shingles of two bodies, lower case, letters and digits only."""
    one, two = _shingles(first), _shingles(second)
    return len(one & two) / len(one | two) if one | two else 1.0


def _shingles(paragraphs: list[str]) -> set[tuple[str, ...]]:
    text = "".join(c if c.isalnum() else " " for c in " ".join(paragraphs).casefold())
    words = text.split()
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def _stories(visible: list[Article]) -> list[dict[str, Any]]:
    """Every story with more than one article: all that tell of the same event, the earliest first."""
    groups: dict[str, list[Article]] = {}
    for article in visible:
        if article.event:
            groups.setdefault(article.event, []).append(article)
    return [
        {
            "event": event,
            "site_article_ids": [str(a.id) for a in members],
            "sources": sorted({a.source for a in members}),
        }
        for event, members in groups.items()
        if len(members) > 1
    ]
