"""Records to tables, in pandas: rows per second of processor time of each transform, and of the parts that cost most.

The records are made here, seeded: wire copy of about 250 words in eight paragraphs with smart quotes, a few entities
and no-break spaces, two witnesses of each time, eight sidebar entries. Medians of three.
"""

from __future__ import annotations

import random
import statistics
import time
from typing import TYPE_CHECKING, Any

import pandas as pd

import transforms
from benchmarks.results import Row
from transforms.text import clean_list
from transforms.times import witnessed_times

if TYPE_CHECKING:
    from collections.abc import Callable

ARTICLES = 10_000
REPEATS = 3
WORDS = (
    "minister court rains village budget exports railway company police harvest shares talks border hospital school "
    "season officials said report told reporters capital percent million project district government the of in to and"
).split()
SITES = pd.DataFrame({"site": ["planet"], "timezone": ["Asia/Kolkata"]})
NOTHING = pd.DataFrame()


def run() -> list[Row]:
    records = _records(ARTICLES)
    now = pd.Timestamp("2026-01-05T12:00:00Z")
    observations = transforms.observations(records, SITES)
    revisions = transforms.revisions(observations, NOTHING, now)
    articles = transforms.articles(observations, NOTHING, revisions)
    log = records.assign(verdict="article")
    work: dict[str, tuple[Callable[[], object], str]] = {
        "observations": (lambda: transforms.observations(records, SITES), "every content column"),
        "of it: clean body": (lambda: [clean_list(body) for body in records["body"]], "8 paragraphs, 250 words"),
        "of it: times": (lambda: witnessed_times(records["published"].tolist()), "2 witnesses each"),
        "revisions, all new": (lambda: transforms.revisions(observations, NOTHING, now), ""),
        "revisions, all known": (lambda: transforms.revisions(observations, revisions, now), "nothing changed"),
        "articles": (lambda: transforms.articles(observations, articles, revisions), "merged with known ones"),
        "fetches": (lambda: transforms.fetches(log, observations, revisions), ""),
        "sidebars": (lambda: transforms.sidebars(records), "8 entries each; rate of records"),
        "rejected_records": (lambda: transforms.rejected_records(records), "none"),
    }
    return [Row(name, ARTICLES / _median_seconds(function), "rows/s", note) for name, (function, note) in work.items()]


def _median_seconds(function: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        function()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def _records(count: int) -> pd.DataFrame:
    chance = random.Random(7)
    return pd.DataFrame([_record(chance, number) for number in range(count)])


def _record(chance: random.Random, number: int) -> dict[str, Any]:
    url = f"https://www.planet.example/article/law-order/{number}-{'-'.join(chance.choices(WORDS, k=8))}"
    minute = f"2025-12-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}"
    times = [
        {"source": "text", "raw": minute, "at": f"{minute}:00+05:30", "precision": "minute"},
        {"source": "meta", "raw": minute, "at": f"{minute}:31+05:30", "precision": "second"},
    ]
    body = [_sentence(chance, 31) for _ in range(8)]
    body[0] = f"New Delhi, Dec 12 (PTI) {body[0]} R&amp;D\u00a0 budget"
    entry = {"section": "trending", "country": "India", "badge": None, "site_article_id": "5"}
    return {
        "site": "planet",
        "parser": "planet.article@2025-12",
        "url": url,
        "site_article_id": str(number),
        "canonical_url": url,
        "kind": "news",
        "label": "law-order",
        "title": _sentence(chance, 9),
        "summary": _sentence(chance, 30),
        "source": chance.choice(["PTI", "Reuters", "Planet News Desk", "ANI"]),
        "countries": ["India"],
        "published": times,
        "updated": times,
        "language": "en",
        "body": body,
        "attribution": chance.choice([None, "(With inputs from agencies.)"]),
        "site_tags": chance.choices(WORDS, k=6),
        "keywords": chance.choices(WORDS, k=6),
        "image_url": f"https://images.planet.example/{number}.jpg",
        "image_is_ai_generated": False,
        "sidebars": [{**entry, "rank": rank, "url": url, "title": _sentence(chance, 9)} for rank in range(1, 9)],
        "findings": [],
        "run_id": "run-1",
        "fetched_at": "2026-01-01T00:00:00.000000+00:00",
        "archive_file": "run-1.warc.gz",
        "archive_offset": number * 20_000,
    }


def _sentence(chance: random.Random, words: int) -> str:
    text = " ".join(chance.choices(WORDS, k=words)).capitalize()
    return f"\u201c{text},\u201d he said." if chance.random() < 0.4 else f"{text}."
