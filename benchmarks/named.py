"""Organisations and persons that real news names, beside a plain search of the same names.

200 articles labelled by hand (benchmarks/labels/named.md): set A was seen while the vocabularies grew, set B is held
out. The plain search takes every name for what it may mean, short ones too (persons have none). Reuters' own labels of
bodies say how much of what an item is about is found at all. Misses of set B are printed.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks.matching import data_folder
from benchmarks.results import Row
from transforms import tags
from transforms.names import names
from transforms.shapes import OWN_TERMS, empty

if TYPE_CHECKING:
    from collections.abc import Iterator

    #: Codes by scheme and article.
    Found = dict[tuple[str, str], set[str]]

LABELS = Path(__file__).parent / "labels" / "named.csv"
#: So much of headline and text was read.
READ = 2500
SCHEMES = {"organisation": "organisations", "person": "persons"}
#: Reuters' names of bodies that are in the vocabulary.
REUTERS = {
    "ec": "european-union", "imf": "imf", "opec": "opec", "worldbank": "world-bank", "gatt": "gatt", "oecd": "oecd",
    "adb-asia": "adb", "adb-africa": "afdb", "un": "united-nations", "unctad": "unctad", "fao": "fao", "eib": "eib",
    "iea": "iea", "ida": "ida", "bis": "bis", "asean": "asean", "efta": "efta", "gcc": "gcc",
}  # fmt: skip


def run() -> list[Row]:
    folder = data_folder()
    if folder is None:
        return []
    with LABELS.open(encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    wanted = {row["item"] for row in labels}
    texts = pd.DataFrame([each for each in _articles(folder / "texts") if each["article_uid"] in wanted])
    found, plain = _found(texts), _plain(texts)
    rows = []
    for scheme, column in SCHEMES.items():
        for set_ in "AB":
            gold = {row["item"]: set(filter(None, row[column].split("|"))) for row in labels if row["set"] == set_}
            note = "held out" if set_ == "B" else "seen while the vocabularies grew"
            rows.append(_scored(f"F1 of {column} named: set {set_}", scheme, gold, found, f"; {note}"))
            if scheme == "organisation":
                rows.append(_scored(f"the plain search: {column}, set {set_}", scheme, gold, plain))
            if set_ == "B":
                _print_misses(scheme, gold, found)
    return [*rows, _reuters(folder / "texts")]


def _articles(folder: Path) -> Iterator[dict[str, str]]:
    for item in _lines(folder / "masakhanews_dev.jsonl.gz"):
        if item["lang"] == "eng":
            yield _article(f"masakhanews:{item['url']}", item)
    with (folder / "country_sets_dev.jsonl").open(encoding="utf-8") as lines:
        for item in map(json.loads, lines):
            yield _article(item["id"], item)
    for number, item in enumerate(_lines(folder / "agnews_test.jsonl.gz")):
        yield _article(f"agnews:{number}", item)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _article(uid: str, item: dict[str, Any]) -> dict[str, str]:
    title, _, body = f"{item['title']}\n{item['text']}"[:READ].partition("\n")
    return {"article_uid": uid, "title": title, "body": body}


def _found(texts: pd.DataFrame) -> Found:
    made: Found = defaultdict(set)
    tagged = tags(texts, empty(OWN_TERMS), list(SCHEMES))
    for uid, scheme, tag in tagged[["article_uid", "scheme", "tag"]].itertuples(index=False):
        made[scheme, uid].add(tag)
    return made


def _plain(texts: pd.DataFrame) -> Found:
    made: Found = defaultdict(set)
    vocabulary = names()
    for uid, title, body in texts.itertuples(index=False):
        for pattern, _, _ in vocabulary.matcher.find(f"{title}\n{body}"):
            for sense in vocabulary.senses[pattern]:
                if sense.kind in SCHEMES:
                    made[sense.kind, uid].add(sense.code)
    return made


def _scored(name: str, scheme: str, gold: dict[str, set[str]], found: Found, note: str = "") -> Row:
    right = sum(len(codes & found.get((scheme, uid), set())) for uid, codes in gold.items())
    given = sum(len(found.get((scheme, uid), ())) for uid in gold)
    labelled = sum(map(len, gold.values()))
    scores = f"precision {right / given:.3f}, recall {right / labelled:.3f}; {labelled} labels, {len(gold)} articles"
    return Row(name, 2 * right / (given + labelled), "", scores + note)


def _print_misses(scheme: str, gold: dict[str, set[str]], found: Found) -> None:
    for uid, codes in gold.items():
        given = found.get((scheme, uid), set())
        for what, those in (("missing", codes - given), ("too many", given - codes)):
            if those:
                sys.stdout.write(f"    {uid}: {what}: {', '.join(sorted(those))}\n")


def _reuters(folder: Path) -> Row:
    items = [item for item in _lines(folder / "reuters21578.jsonl.gz") if REUTERS.keys() & set(item["orgs"])]
    texts = [
        {"article_uid": str(item["id"]), "title": item["title"] or "", "body": item["text"] or ""} for item in items
    ]
    found = _found(pd.DataFrame(texts))
    labelled = [(str(item["id"]), REUTERS[body]) for item in items for body in item["orgs"] if body in REUTERS]
    right = sum(code in found.get(("organisation", uid), ()) for uid, code in labelled)
    note = f"{len(labelled)} labels of {len(REUTERS)} bodies, {len(items)} items of 1987"
    return Row("bodies that Reuters items are labelled with, found", right / len(labelled), "", note)
