"""What the replica's world is made of: body blocks, contents, versions and articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache

IST = timezone(timedelta(hours=5, minutes=30), "IST")

AI_NOTICE = (
    "This image is AI-generated and does not depict any real-life event or location. "
    "It is a fictional representation created for illustrative purposes only."
)
INPUTS_NOTICE = "(With inputs from agencies.)"
FEED_NOTICE = "(This story has not been edited by Devdiscourse staff and is auto-generated from a syndicated feed.)"
EMBEDS = frozenset({"tweet", "youtube", "instagram"})


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a body: `kind` is p, h3, quote, ul, ol, table or an embed; a table row is a tab-separated line."""

    kind: str
    lines: tuple[str, ...]

    def paragraphs(self) -> list[str]:
        """The paragraphs a reader sees, in order; an embed has none."""
        if self.kind in EMBEDS:
            return []
        return [line.replace("\t", " | ") for line in self.lines]


@dataclass(frozen=True, slots=True)
class Image:
    """The picture above a text."""

    url: str
    caption: str | None
    is_ai: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """Everything about an article that an editor may change."""

    title: str
    summary: str | None
    blocks: tuple[Block, ...]
    attribution: str | None = None
    place: str | None = None
    countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: Image | None = None

    def paragraphs(self) -> list[str]:
        """The body as paragraphs of text, without the attribution line."""
        return [line for block in self.blocks for line in block.paragraphs()]


@dataclass(frozen=True, slots=True)
class Version:
    """One state of an article: since when it stands, what was done, and whether "Updated" moved with it."""

    at: datetime
    content: Content
    what: str
    moves_updated: bool = True


@dataclass(frozen=True, slots=True)
class Author:
    """A named writer of blogs."""

    number: int
    name: str
    avatar: str | None


@dataclass(slots=True)
class Article:
    """One article of the site with all its versions, past and to come."""

    created: datetime
    kind: str
    label: str | None
    sector: str | None
    source: str
    versions: list[Version]
    id: int = 0
    author: Author | None = None
    first_published_in: str | None = None
    video_url: str | None = None
    traps: frozenset[str] = frozenset()
    also: tuple[int, ...] = ()
    topic: str = ""
    about: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    dateline: str | None = None
    event: str = ""
    copies: Article | None = None
    copied_as: str | None = None
    is_fixed: bool = False
    withdrawn: datetime | None = field(default=None)

    def version_at(self, when: datetime) -> Version:
        """The version standing at `when` (UTC); the first one for any earlier time."""
        standing = self.versions[0]
        for version in self.versions:
            if version.at > when:
                break
            standing = version
        return standing

    def content_at(self, when: datetime) -> Content:
        """The content standing at `when`."""
        return self.version_at(when).content

    def updated_at(self, when: datetime) -> datetime:
        """The time the page gives as "Updated" when looked at at `when`."""
        return max([self.created, *(v.at for v in self.versions if v.moves_updated and v.at <= when)])

    def changed_at(self, when: datetime) -> datetime:
        """When anything of the page's own last changed, "Updated" or not."""
        return max([self.created, *(v.at for v in self.versions if v.at <= when)])

    def is_visible(self, when: datetime) -> bool:
        """Whether the article answers at `when`."""
        return self.created <= when and (self.withdrawn is None or when < self.withdrawn)


def ist_words(moment: datetime) -> str:
    """A moment in the site's words, e.g. "12-12-2025 19:00 IST"."""
    return moment.astimezone(IST).strftime("%d-%m-%Y %H:%M IST")


def ist_iso(moment: datetime) -> str:
    """A moment as the site's machine time, e.g. "2025-12-12T19:00:00+05:30"."""
    return moment.astimezone(IST).isoformat(timespec="seconds")


@lru_cache(maxsize=20_000)
def slug_of(title: str, article_id: int) -> str:
    """The address part behind the id: letters, digits, spaces and hyphens kept, about 130 characters with the id."""
    kept = "".join(c for c in title.lower() if c in "abcdefghijklmnopqrstuvwxyz0123456789 -")
    room = 130 - len(str(article_id)) - 1
    return "-".join(kept.split())[:room].strip("-")
