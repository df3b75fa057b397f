"""The articles of the Harbour Ledger, made from a seed, and what is true of them at any time."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.replica_harbourledger import words

ZONE = ZoneInfo("America/Toronto")
#: Nine in the morning in Toronto, on the Monday after summer time ended.
START = datetime(2025, 11, 3, 14, tzinfo=UTC)
DAYS = timedelta(days=4)
#: Half past one came twice on that Sunday: first in summer time, then in winter time.
HALF_PAST_ONE = (datetime(2025, 11, 2, 5, 30, 12, tzinfo=UTC), datetime(2025, 11, 2, 6, 30, 45, tzinfo=UTC))
LONG_AGO = datetime(2019, 6, 28, 20, 15, 9, tzinfo=UTC)
NOTICES = {
    "verbatim": "This report by {} has not been edited by the Harbour Ledger.",
    "desk": "With additional inputs from {}.",
}


@dataclass(frozen=True)
class Edit:
    """A change; without headline and sentence the page says it was updated, and nothing else is different."""

    at: datetime
    headline: str | None = None
    sentence: str | None = None


@dataclass
class Article:
    published: datetime
    section: str
    headline: str
    slug: str
    standfirst: str | None
    paragraphs: list[str]
    authors: list[str]
    desk: str | None
    place: str | None
    notice: str | None
    agency: str | None
    tags: list[str]
    picture: str | None
    caption: str | None
    points: tuple[str, ...] = ()
    background: Article | None = None
    edits: list[Edit] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/{self.published.astimezone(ZONE):%Y/%m/%d}/{self.slug}/"

    def edits_by(self, when: datetime) -> list[Edit]:
        return sorted((edit for edit in self.edits if edit.at <= when), key=lambda edit: edit.at)

    def headline_at(self, when: datetime) -> str:
        return [self.headline, *(edit.headline for edit in self.edits_by(when) if edit.headline)][-1]

    def paragraphs_at(self, when: datetime) -> list[str]:
        return [*self.paragraphs, *(edit.sentence for edit in self.edits_by(when) if edit.sentence)]

    def updated_at(self, when: datetime) -> datetime:
        return max([self.published, *(edit.at for edit in self.edits_by(when))])


class World:
    """All articles, those to come included, the oldest first."""

    def __init__(self, count: int, seed: int) -> None:
        self.seed, self._random = seed, random.Random(seed)
        seconds = sorted(self._random.sample(range(1, int(DAYS.total_seconds())), count - 3))
        times = [LONG_AGO, *HALF_PAST_ONE, *(START - timedelta(seconds=each) for each in seconds)]
        times += [START + timedelta(minutes=each, seconds=7) for each in (12, 35, 58, 95, 140)]
        self.articles: list[Article] = []
        for number, published in enumerate(sorted(times)):
            self.articles.append(self._article(number, published))
        self.articles[-7].background = self.articles[0]  # the only way to the oldest one
        for place, article in enumerate(self.visible(START)[::4]):
            self._edit(article, article.published + timedelta(minutes=20 + place))
        for article in self.visible(START)[:9]:
            self._edit(article, START + timedelta(minutes=self._random.randint(3, 55)))

    def visible(self, when: datetime) -> list[Article]:
        """What is there at a time, the newest first."""
        return [article for article in reversed(self.articles) if article.published <= when]

    def related(self, article: Article) -> list[Article]:
        earlier = [each for each in self.visible(article.published) if each.section == article.section]
        return earlier[1:4]

    def most_read(self, when: datetime) -> list[Article]:
        return random.Random(f"{self.seed} {when:%Y%m%d%H}").sample(self.visible(when)[:30], 5)

    def _edit(self, article: Article, at: datetime) -> None:
        kind = len([each for each in self.articles if each.edits]) % 3
        headline = f"{article.headline}: what we know" if kind == 0 else None
        article.edits.append(Edit(at, headline, f"This was added at {at:%H:%M} GMT." if kind == 1 else None))

    def _article(self, number: int, published: datetime) -> Article:
        chance, local = self._random, published.astimezone(ZONE)
        section = chance.choice(list(words.HEADLINES))
        subject, event = map(chance.choice, words.HEADLINES[section])
        headline = f"{subject} {event} ({number})"
        # A column of every day: its slug is the same, the day in the address is not.
        headline, slug = ("Harbour notebook", "harbour-notebook") if number % 16 == 3 else (headline, slug_of(headline))
        texts = [each.format(day=f"{local:%A}") for each in chance.sample(words.SENTENCES, 5)]
        paragraphs = [f"{texts[0]} {texts[1]}", *texts[2:]]
        agency = chance.choice(words.AGENCIES) if section != "opinion" and number % 3 == 0 else None
        is_wire = agency is not None and number % 2 == 0
        if is_wire:
            paragraphs[0] = f"OTTAWA ({agency}) \u2014 {paragraphs[0]}"
        return Article(
            published, section, headline, slug,
            standfirst=f"{texts[-1]} More to follow." if number % 5 else None,
            paragraphs=paragraphs,
            authors=[] if is_wire else chance.sample(words.PEOPLE, 1 + (number % 7 == 0)),
            desk=agency if is_wire else None if section == "opinion" else "Harbour Ledger",
            place=chance.choice(words.PLACES) if number % 4 == 1 else None,
            notice=("verbatim" if is_wire else "desk") if agency else None,
            agency=agency,
            tags=chance.sample(words.TAGS, chance.randint(1, 3)),
            picture=(None, f"/media/{number}.jpg?w=9", f"https://media.harbourledger.example/{number}.jpg")[number % 3],
            caption=f"Pier {number}, seen from the lake. Photo: {chance.choice(words.PEOPLE)}/Harbour Ledger",
            points=words.POINTS if number % 6 == 2 else (),
        )  # fmt: skip

    def truth(self, when: datetime, origin: str) -> dict[str, Any]:
        """What an analyst should find.

        `articles`: canonical address to columns; `also_read`: canonical address to (title, address) of the related
        list; `most_read`: (title, address) of the list that every page shows now.
        """

        def listed(several: list[Article]) -> list[tuple[str, str]]:
            return [(each.headline_at(when), origin + each.path) for each in several]

        visible = {origin + each.path: each for each in self.visible(when)}
        return {
            "now": when.isoformat(),
            "articles": {url: columns(each, when, origin) for url, each in visible.items()},
            "also_read": {url: listed(self.related(each)) for url, each in visible.items()},
            "most_read": listed(self.most_read(when)),
        }


def columns(article: Article, when: datetime, origin: str) -> dict[str, Any]:
    """One article as its row in the warehouse should be at a time."""
    local, updated = article.published.astimezone(ZONE), article.updated_at(when)
    background = [f"Background: {article.background.headline_at(when)}."] if article.background else []
    body = [*article.paragraphs_at(when), *article.points, *background]
    own = "own" if article.desk == "Harbour Ledger" or article.section == "opinion" else "unknown"
    url, picture = origin + article.path, article.picture
    return {
        "site_article_id": None, "url": url, "canonical_url": url, "language": "en",
        "kind": "opinion" if article.section == "opinion" else "news", "sector": article.section, "label": None,
        "title": article.headline_at(when), "summary": article.standfirst, "body": body,
        "word_count": sum(any(map(str.isalnum, word)) for word in " ".join(body).split()),
        "source": article.desk, "author": ", ".join(article.authors) or None, "place": article.place, "countries": [],
        "attribution": NOTICES[article.notice].format(article.agency) if article.notice else None,
        "syndication": article.notice or own,
        "source_agency": {"The Associated Press": "AP"}.get(article.agency or "", article.agency),
        "dateline": f"OTTAWA ({article.agency})" if article.notice == "verbatim" else None,
        "site_tags": article.tags, "keywords": [article.section, *article.tags],
        "image_url": origin + picture if picture and picture.startswith("/") else picture,
        "image_caption": article.caption if picture else None, "image_is_ai_generated": False,
        "video_url": None, "first_published_in": None,
        "published_at": article.published.isoformat(), "updated_at": updated.isoformat(),
        "published_raw": in_words(article.published),
        "updated_raw": in_words(updated) if article.edits_by(when) else iso(updated),
        "published_precision": "second", "published_source": "json_ld", "time_flags": [],
        "site_date": f"{local:%Y-%m-%d}",
    }  # fmt: skip


def iso(moment: datetime) -> str:
    """A moment as the JSON-LD states it: in the site's zone, with the offset."""
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def in_words(moment: datetime) -> str:
    """A moment as the page shows it, "2 November 2025 at 1.30 am": to the minute, without zone or offset."""
    local = moment.astimezone(ZONE)
    half = "am" if local.hour < 12 else "pm"
    return f"{local.day} {local:%B %Y} at {local.hour % 12 or 12}.{local:%M} {half}"


def slug_of(headline: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", headline.lower()).strip("-")
