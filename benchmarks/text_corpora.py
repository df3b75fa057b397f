"""The labelled corpora that tags are measured on, as frames of `transforms.shapes.TEXTS` with what they should get."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(os.environ.get("WIREHOUSE_BENCH_DATA", Path(__file__).parents[2] / "shared" / "data"))


def lines(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of texts; raises FileNotFoundError where the data is not there."""
    with gzip.open(FOLDER / "texts" / name, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def is_for_tuning(article_uid: str) -> bool:
    """Whether an item is of the half that lists were written with in view; the other half was never read."""
    return hashlib.sha256(article_uid.encode()).digest()[0] % 2 == 0


def agnews() -> pd.DataFrame:
    """7,600 short items, one `gold` class each."""
    rows = [(str(each["id"]), each["title"], each["text"], each["category"]) for each in lines("agnews_test.jsonl.gz")]
    return _texts(rows)


def masakhanews_english() -> pd.DataFrame:
    """The English articles of MasakhaNEWS, one `gold` class each; `section` as the address has it."""
    rows = [
        (each["id"], each["title"], each["text"], each["category"])
        for each in lines("masakhanews_dev.jsonl.gz")
        if each["lang"] == "eng"
    ]
    sections = {
        each["id"]: _section(each["url"]) for each in lines("masakhanews_dev.jsonl.gz") if each["lang"] == "eng"
    }
    texts = _texts(rows)
    return texts.assign(section=texts["article_uid"].map(sections))


def reuters() -> pd.DataFrame:
    """Reuters items that have topics; `gold` is a list of its own topic codes."""
    rows = [
        (str(each["id"]), each["title"], each["text"], topics)
        for each in lines("reuters21578.jsonl.gz")
        if each["title"] and each["text"] and (topics := each["topics"])
    ]
    return _texts(rows)


def reuters_items() -> pd.DataFrame:
    """Every Reuters item with a title and more than a few lines."""
    rows = [
        (str(each["id"]), each["title"], each["text"], None)
        for each in lines("reuters21578.jsonl.gz")
        if each["title"] and len(each["text"]) > 300
    ]
    return _texts(rows)


def _section(url: str) -> str:
    """The section in an address: `technology` of /news/technology-63534240, `sport` of /sport/football/63534240."""
    parts = url.strip("/").split("/")
    return parts[0] if parts[0] != "news" else re.sub(r"-\d+$", "", parts[-1])


def _texts(rows: list[tuple[str, str, str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["article_uid", "title", "body", "gold"])
    nothing = dict.fromkeys(["summary", "dateline", "place", "site", "label", "sector", "language"])
    lists = {name: [[] for _ in rows] for name in ("site_tags", "countries", "keywords")}
    return frame.assign(**nothing, **lists)
