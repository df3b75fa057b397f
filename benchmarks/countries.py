"""Countries that real news mentions and is about, beside a plain dictionary of names.

GeoVirus is Wikinews, LGL local news of the United States: the set of countries mentioned, against labels made of the
coordinates of every place. Errors were read of half A only, while the scores of both halves were seen. `about` is
measured on 150 items of Reuters-21578 that were labelled by hand (benchmarks/labels/about_countries.md); its two
thresholds were chosen with both halves' scores in view, so that no half of it is held out. The dictionary is names,
adjectives, capitals and cities of the same vocabulary, each taken for the largest place of its name. Confusions are of
half A and printed.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import time
from collections import Counter
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks.matching import data_folder
from benchmarks.results import Row
from transforms import tags
from transforms.names import names
from transforms.shapes import OWN_TERMS, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Sets = Mapping[str, set[str]]

SHOWN = 25
LABELS = Path(__file__).parent / "labels" / "about_countries.csv"


def run() -> list[Row]:
    folder = data_folder()
    if folder is None:
        return []
    documents = [json.loads(line) for line in (folder / "texts" / "country_sets_dev.jsonl").open(encoding="utf-8")]
    texts = pd.DataFrame([{"article_uid": d["id"], "title": d["title"], "body": d["text"]} for d in documents])
    gold = {each["id"]: set(each["countries"]) for each in documents}
    names()  # compiled once in a process
    started = time.process_time()
    found = _sets(tags(texts, empty(OWN_TERMS), ["country"]))
    seconds = time.process_time() - started
    plain = {uid: _plain(f"{title}\n{body}") for uid, title, body in texts.itertuples(index=False)}
    rows = []
    for corpus in ("GeoVirus", "LGL"):
        for half in "AB":
            uids = [uid for uid in gold if uid.startswith(corpus) and _half(uid) == half]
            rows += _rows(f"{corpus}, half {half}", uids, gold, found, plain)
        uids = [uid for uid in gold if uid.startswith(corpus)]
        rows += _rows(f"{corpus}, all", uids, gold, found, plain)
    _print_confusions(gold, found)
    rows.append(Row("articles tagged by country", len(texts) / seconds, "articles/s", "one core, names found once"))
    return [*rows, *_about(folder)]


def _rows(name: str, uids: Iterable[str], gold: Sets, found: Sets, plain: Sets) -> list[Row]:
    uids = list(uids)
    precision, recall, f1 = _scores(uids, gold, found)
    note = f"precision {precision:.3f}, recall {recall:.3f}; {len(uids)} articles"
    baseline = _scores(uids, gold, plain)
    return [
        Row(f"F1 of countries mentioned: {name}", f1, "", note),
        Row(f"the plain dictionary: {name}", baseline[2], "", f"precision {baseline[0]:.3f}, recall {baseline[1]:.3f}"),
    ]


def _about(folder: Path) -> list[Row]:
    with LABELS.open(encoding="utf-8") as file:
        gold = {row["item"]: set(filter(None, row["countries"].split("|"))) for row in csv.DictReader(file)}
    with gzip.open(folder / "texts" / "reuters21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        items = [item for item in map(json.loads, lines) if str(item["id"]) in gold]
    texts = pd.DataFrame([_as_article(item) for item in items])
    made = tags(texts, empty(OWN_TERMS), ["country"])
    found = _sets(made[made["method"] == "about"])
    rows = []
    for name, uids in (
        ("half A", [uid for uid in gold if int(uid) % 2 == 0]),
        ("half B", [uid for uid in gold if int(uid) % 2 == 1]),
        ("all", list(gold)),
    ):
        precision, recall, f1 = _scores(uids, gold, found)
        note = f"precision {precision:.3f}, recall {recall:.3f}; {len(uids)} items; target 0.90"
        rows.append(Row(f"F1 of countries about: Reuters, {name}", f1, "", note))
    return rows


def _as_article(item: Mapping[str, Any]) -> dict[str, str]:
    body = f"{(item['dateline'] or '').strip()} {item['text']}"
    return {"article_uid": str(item["id"]), "title": item["title"], "body": body}


def _sets(rows: pd.DataFrame) -> dict[str, set[str]]:
    return {str(uid): set(codes) for uid, codes in rows.groupby("article_uid")["tag"]}


def _plain(text: str) -> set[str]:
    """Every name of the vocabulary as a whole word, taken for the likeliest place of that name."""
    vocabulary, found = names(), set()
    for number, _, _ in vocabulary.matcher.find(text):
        places = [each for each in vocabulary.senses[number] if each.kind in {"name", "adjective", "city", "word"}]
        if places:
            found.add(max(places, key=lambda each: each.weight).code)
    return found


def _scores(uids: Iterable[str], gold: Sets, found: Sets) -> tuple[float, float, float]:
    right = wrong = missed = 0
    for uid in uids:
        expected, given = gold[uid], found.get(uid, set())
        right += len(expected & given)
        wrong += len(given - expected)
        missed += len(expected - given)
    return right / (right + wrong), right / (right + missed), 2 * right / (2 * right + wrong + missed)


def _print_confusions(gold: Sets, found: Sets) -> None:
    confusions: Counter[str] = Counter()
    for uid, expected in gold.items():
        if _half(uid) == "A":
            given = found.get(uid, set())
            instead = "/".join(sorted(expected - given)) or "none"
            confusions.update(f"{uid.partition('/')[0]}: {code} given, {instead} missing" for code in given - expected)
            if not given - expected:
                confusions.update(f"{uid.partition('/')[0]}: {code} missing" for code in expected - given)
    for confusion, count in confusions.most_common(SHOWN):
        sys.stdout.write(f"  {count:3} {confusion}\n")


def _half(uid: str) -> str:
    return "AB"[md5(uid.encode(), usedforsecurity=False).digest()[0] % 2]
