"""Plants copies: the same wire text under another id, word for word, lightly edited, or cut short."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from random import Random

from tests.replica import writing
from tests.replica.model import FEED_NOTICE, Article, Block, Content, Version
from tests.replica.names import COUNTRIES

WAYS = ("identical", "verbatim", "verbatim", "light_edit", "shortened")
_SWAPS = (
    ("said", "stated"), ("people", "persons"), ("officials", "authorities"), ("on", "late on"), ("and", "as well as"),
    ("police", "the police"), ("added", "noted"), ("near", "close to"), ("told reporters", "told the media"),
)  # fmt: skip


def copy_article(rng: Random, original: Article, when: datetime, way: str) -> Article:
    """A copy of `original` published at `when`; `way` is one of `WAYS`.

    identical: same headline and text; verbatim: same sentences, other dateline, headline and trailing notice;
    light_edit: a few words changed too; shortened: only the first paragraphs.
    """
    first = original.versions[0].content
    source = rng.choice([s for s in ("PTI", "ANI", "IANS", "Reuters") if s != original.source])
    dateline = original.dateline
    content = replace(first, image=first.image, attribution=FEED_NOTICE)
    if way == "identical":
        source = original.source
    else:
        dateline = _other_dateline(rng, source, first, when)
        content = _recut(rng, first, original.dateline, dateline, way, source)
    copy = replace(original, created=when, source=source, versions=[Version(when, content, "published", False)], id=0)
    copy.dateline, copy.copies, copy.copied_as, copy.traps = dateline, original, way, frozenset()
    return copy


def _other_dateline(rng: Random, source: str, content: Content, when: datetime) -> str | None:
    named = [c for c in COUNTRIES if c.name in content.countries] or [COUNTRIES[0]]
    return writing.dateline_of(source, rng.choice(named[0].cities), named[0].name, when)


def _recut(
    rng: Random, first: Content, old_dateline: str | None, dateline: str | None, way: str, source: str
) -> Content:
    blocks = [b for b in first.blocks if b.kind == "p" and not _is_sign_off(b.lines[0])]
    lines = [block.lines[0] for block in blocks]
    if old_dateline:
        lines[0] = lines[0].removeprefix(old_dateline).strip()
    if way == "shortened":
        lines = lines[: max(2, round(len(lines) * 0.55))]
    if way == "light_edit":
        lines = _swap_words(rng, lines)
    if dateline:
        lines[0] = f"{dateline} {lines[0]}"
    if source == "PTI" and way != "shortened":
        lines.append("PTI " + "".join(rng.choices("ABDGKMNRS", k=3)))
    title = first.title if rng.random() < 0.4 else _retitle(rng, first.title)
    summary = lines[0] if first.summary and rng.random() < 0.5 else None
    return replace(
        first,
        title=title,
        summary=summary,
        blocks=tuple(Block("p", (line,)) for line in lines),
        attribution=FEED_NOTICE,
    )


def _swap_words(rng: Random, lines: list[str]) -> list[str]:
    budget = max(1, sum(len(line.split()) for line in lines) // 90)
    swaps = list(_SWAPS)
    rng.shuffle(swaps)
    for old, new in swaps:
        places = [i for i, line in enumerate(lines) if f" {old} " in line]
        if places and budget:
            place = rng.choice(places)
            lines[place] = lines[place].replace(f" {old} ", f" {new} ", 1)
            budget -= 1
    return lines


def _retitle(rng: Random, title: str) -> str:
    lead = rng.choice(("", "LD ", "WRAPUP 1-", "RPT-", "Update: "))
    tail = "" if lead else rng.choice((", says official", ": report", " - report"))
    return f"{lead}{title}{tail}"


def _is_sign_off(line: str) -> bool:
    return re.fullmatch(r"PTI( [A-Z]{3})+|\(Reporting by .*\)", line) is not None
