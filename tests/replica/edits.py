"""Plans what the site's editors do to an article after publication, and makes the versions that come of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.replica.model import AI_NOTICE, Article, Block, Content, Image, Version
from tests.replica.names import COUNTRIES

CONTENT_EDITS = ("headline", "correction", "addition", "silent", "summary", "revert")
FACT_EDITS = ("tags", "image", "countries")
ALL_EDITS = (*CONTENT_EDITS, *FACT_EDITS, "touch")
_WEIGHTS = {"headline": 4, "correction": 5, "addition": 4, "silent": 2, "summary": 1, "revert": 1, "tags": 2,
            "image": 1, "countries": 1, "touch": 6}  # fmt: skip
_ADDITIONS = (
    "A fuller statement is expected later in the day, an official familiar with the matter said.",
    "In an update issued after this story was first published, the authorities confirmed {n} further cases for review.",
    "Representatives of {n} districts are to be briefed before the weekend, a spokesperson said.",
    "The story was updated to include the response of the local administration, which rejected {n} of the claims.",
    "Separately, {n} petitions on the same subject are pending before the courts, lawyers said.",
    "Hospital sources put the number of people still under observation at {n}.",
)
_TAILS = ("; inquiry ordered", ", officials say", " - sources", "; more details awaited", ": What we know so far")


def _retitle(rng: Random, content: Content) -> Content:
    if content.title.startswith("UPDATE 1-"):
        return replace(content, title="UPDATE 2-" + content.title.removeprefix("UPDATE 1-"))
    if rng.random() < 0.4:
        return replace(content, title=f"UPDATE 1-{content.title}")
    return replace(content, title=content.title + rng.choice([t for t in _TAILS if t not in content.title]))


def _correct(rng: Random, content: Content) -> Content:
    """Changes one figure of one paragraph, or a word where there is no figure."""
    blocks = list(content.blocks)
    places = [i for i, b in enumerate(blocks) if b.kind == "p" and re.search(r"\d", b.lines[0])]
    plain = [i for i, b in enumerate(blocks) if b.kind == "p"]
    place = rng.choice(places or plain)
    line = blocks[place].lines[0]
    if places:
        figures = list(re.finditer(r"\d+", line))
        figure = rng.choice(figures[1:] or figures)
        line = line[: figure.start()] + str(int(figure[0]) + rng.randint(1, 4)) + line[figure.end() :]
    else:
        line = f"{line} This paragraph has been corrected."
    blocks[place] = Block("p", (line,))
    return replace(content, blocks=tuple(blocks))


def _add(rng: Random, content: Content) -> Content:
    line = rng.choice(_ADDITIONS).format(n=rng.randint(2, 60))
    place = rng.randint(1, len(content.blocks))
    return replace(content, blocks=(*content.blocks[:place], Block("p", (line,)), *content.blocks[place:]))


def _resummarise(rng: Random, content: Content) -> Content:
    if content.summary:
        return replace(content, summary=content.summary + rng.choice((" Details are awaited.", " This is developing.")))
    return replace(content, summary=content.blocks[0].lines[0])


def _retag(rng: Random, content: Content) -> Content:
    fresh = rng.choice(
        [t for t in ("Explained", "Top stories", "World news", "Update", "Asia") if t not in content.tags]
    )
    return replace(content, tags=(*content.tags[:15], fresh))


def _repicture(rng: Random, content: Content) -> Content:
    if content.image and not content.image.is_ai:
        return replace(content, image=replace(content.image, caption="Image Credit: ANI (updated)"))
    name = f"https://devdiscourse.blob.core.windows.net/imagegallery/replaced_{rng.randint(10**6, 10**7)}.jpg"
    caption = AI_NOTICE if rng.random() < 0.2 else "Representative Image"
    return replace(content, image=Image(name, caption, caption == AI_NOTICE))


def _recountry(rng: Random, content: Content) -> Content:
    fresh = rng.choice([c.name for c in COUNTRIES if c.name not in content.countries])
    return replace(content, countries=(*content.countries, fresh)[-3:])


_DO: dict[str, Callable[[Random, Content], Content]] = {
    "headline": _retitle, "correction": _correct, "addition": _add, "silent": _correct, "summary": _resummarise,
    "tags": _retag, "image": _repicture, "countries": _recountry,
}  # fmt: skip


def draw_plan(rng: Random, article: Article) -> list[tuple[datetime, str]]:
    """When the article is edited and how; most edits fall in its first two days, a few up to nine days later."""
    plan = []
    for _ in range(rng.choices((0, 1, 2, 3), (42, 33, 17, 8))[0]):
        hours = rng.uniform(49, 212) if rng.random() < 0.1 else min(47.5, rng.expovariate(1 / 11))
        what = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        at = article.created + timedelta(seconds=round(hours * 3600) + 240)
        plan.append((at, what))
        if what == "revert":
            plan.append((at + timedelta(minutes=rng.randint(20, 50)), "undo"))
    return plan


def carry_out(rng: Random, article: Article, plan: list[tuple[datetime, str]]) -> None:
    """Appends the planned versions to the article; a text that others copy, or that is a copy, is never rewritten."""
    content, before = article.versions[-1].content, article.versions[-1].content
    for at, what in sorted(plan):
        if what == "undo":
            content = before
        elif what == "revert":
            before, content = content, _retitle(rng, content)
        elif what != "touch":
            content = _DO[what](rng, content)
        moves = what not in ("silent", "image") and not (what == "tags" and rng.random() < 0.5)
        if what == "touch" or content != article.versions[-1].content:
            article.versions.append(Version(at, content, what, moves))
