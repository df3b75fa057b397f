"""The rows that `normalise` measures: real texts, made dirty as pages are, in the same way each time."""

from __future__ import annotations

import re
from typing import Any

from benchmarks.data import json_lines

_DIRT = (
    lambda text: text.replace(" ", "  ", 3).replace("'", "\u2019"),
    lambda text: text.replace('"', "&amp;quot;").replace("&", "&amp;", 1),
    lambda text: text.replace(" ", "\u00a0", 2).replace(" ", " \u200b", 1),
)


def make_rows(count: int) -> dict[str, list[Any]] | None:
    """Columns body (paragraphs), url, published, updated (witnesses); None where the data sets are not there."""
    reuters = json_lines("texts/reuters21578.jsonl.gz")
    agnews = json_lines("texts/agnews_test.jsonl.gz")
    if not reuters or not agnews:
        return None
    articles = [(each["title"], _paragraphs(f"{each['dateline']} {each['text']}")) for each in reuters if each["text"]]
    articles += [(each["title"], [each["text"]]) for each in agnews]
    chosen = [articles[number % len(articles)] for number in range(count)]
    times = [_witnesses(number) for number in range(count)]
    return {
        "body": [_dirty(paragraphs, number) for number, (_, paragraphs) in enumerate(chosen)],
        "url": [_address(title, number) for number, (title, _) in enumerate(chosen)],
        "published": times,
        "updated": times,
    }


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n {2,}", text) if part.strip()]


def _dirty(paragraphs: list[str], number: int) -> list[str]:
    if number % 3:
        return paragraphs
    return [_DIRT[number // 3 % len(_DIRT)](each) for each in paragraphs]


def _address(title: str, number: int) -> str:
    slug = "-".join(re.findall(r"[a-z0-9]+", title.lower())) or "untitled"
    plain = f"https://www.planet.example/article/law-order/{number}-{slug}"
    if number % 3:
        return plain
    return (f"{plain}?utm_source=x&id={number}", plain.replace("www.planet", "WWW.Planet"), f"{plain}#top")[
        number // 3 % 3
    ]


def _witnesses(number: int) -> list[dict[str, str]]:
    minute = f"2025-{1 + number % 12:02}-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}"
    return [
        {"source": "text", "raw": minute, "at": f"{minute}:00+05:30", "precision": "minute"},
        {"source": "meta", "raw": minute, "at": f"{minute}:31+05:30", "precision": "second"},
    ]
