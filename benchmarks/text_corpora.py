"""The labelled corpora that tags are measured on, as frames of `transforms.shapes.TEXTS` with what they should get."""

from __future__ import annotations

import gzip
import json
import os
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


def agnews() -> pd.DataFrame:
    """7,600 short items, one `gold` class each."""
    rows = [(str(each["id"]), each["title"], each["text"], each["category"]) for each in lines("agnews_test.jsonl.gz")]
    return _texts(rows)


def masakhanews_english() -> pd.DataFrame:
    """The English articles of MasakhaNEWS, one `gold` class each."""
    rows = [
        (each["id"], each["title"], each["text"], each["category"])
        for each in lines("masakhanews_dev.jsonl.gz")
        if each["lang"] == "eng"
    ]
    return _texts(rows)


def reuters() -> pd.DataFrame:
    """Reuters items that have topics; `gold` is a list of its own topic codes."""
    rows = [
        (str(each["id"]), each["title"], each["text"], topics)
        for each in lines("reuters21578.jsonl.gz")
        if each["title"] and each["text"] and (topics := each["topics"])
    ]
    return _texts(rows)


def _texts(rows: list[tuple[str, str, str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["article_uid", "title", "body", "gold"])
    nothing = dict.fromkeys(["summary", "dateline", "place", "site", "label", "sector", "language"])
    lists = {name: [[] for _ in rows] for name in ("site_tags", "countries", "keywords")}
    return frame.assign(**nothing, **lists)
