"""Near copies among the 21,578 Reuters texts and 10 % planted edited ones, beside datasketch, rensa and plain NumPy.

Truth are all pairs of texts of five shingles or more by the exact Jaccard similarity of their 3-shingles, computed
here: words by a regular expression, shingles as text, pairs by a join on the rarest shingles of each text; no sketch
and none of the product's code. A method says of each pair it finds how alike it is; it is right at t where it says t or
more and the truth does. Recall at t is the share of the true pairs of t or more that it says so of. The product goes by
its own words, folding and 32-bit hashes; the others are given the truth's shingles to verify on, so that their
precision is 1 by construction.

"As labelled" is what stands in `copies`: near or exact. Of the pairs of 0.8 or more those are missing there that the
product takes for stories of one template (see docs/matching.md); how many is in the note.

Rates are texts per second of processor time, everything counted from the text to the verified pairs: once over, and
five times over (each time with other words, so that no text repeats; datasketch only once, for it takes minutes).

Last, 150 real pairs labelled by hand without sight of their similarity (labels/copy_pairs.csv): the F1 of calling a
pair a copy. The rules were chosen with sight of these labels, so expect a little less elsewhere.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import re
import time
import zlib
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH

import transforms
from benchmarks.results import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from transforms.copy_texts import CopyTexts

    Pairs = set[tuple[int, int]]
    Claims = dict[tuple[int, int], float]

DATA = Path(os.environ.get("WIREHOUSE_BENCH_DATA", "../shared/data")) / "texts" / "reuters21578.jsonl.gz"
LABELS = Path(__file__).parent / "labels" / "copy_pairs.csv"
THRESHOLDS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
PLANTED = 0.1
LEAST_SHINGLES = 5
PERMUTATIONS = 128
BANDS = 16
WORD = re.compile(r"\w+")


def run() -> list[Row]:
    if not DATA.exists():
        print(f"left out: there is no {DATA}; WIREHOUSE_BENCH_DATA names the directory with the texts")
        return []
    with gzip.open(DATA) as lines:
        items = [json.loads(line) for line in lines]
    texts = [item["text"] for item in items]
    texts += _edited_copies(texts)
    # Some 1,800 items hold "blah blah blah" and no text; their million pairs would drown the others.
    sets = [each if len(each) >= LEAST_SHINGLES else frozenset() for each in map(_shingles, texts)]
    truth = _all_pairs(sets, THRESHOLDS[0])
    rows = [
        Row("true pairs at 0.8", sum(value >= 0.8 for value in truth.values()), "pairs", f"of {len(texts):,} texts")
    ]
    methods: dict[str, Callable[[list[str]], Any]] = {
        "wirehouse": _product, "rensa": _rensa, "NumPy": _plain_numpy, "datasketch": _datasketch,
    }  # fmt: skip
    for name, method in methods.items():
        began = time.process_time()
        found = method(texts)
        rate = len(texts) / (time.process_time() - began)
        claims = _claims(found) if isinstance(found, _Product) else found
        rows += _accuracy(name, claims, truth)
        rows.append(Row(f"{name}: rate", rate, "texts/s"))
        if isinstance(found, _Product):
            rows.append(_as_labelled(found, claims, truth))
    many = [_renamed(text, letter) for letter in "qxzjv" for text in texts]
    for name in ("wirehouse", "rensa", "NumPy"):
        began = time.process_time()
        methods[name](many)
        rows.append(Row(f"{name}: rate, five times over", len(many) / (time.process_time() - began), "texts/s"))
    return [*rows, *_labelled(items)]


def _edited_copies(texts: list[str]) -> list[str]:
    """Copies of a tenth of the texts of 50 words or more, edited word by word to some similarity from 0.6 to 0.97."""
    chance = random.Random(8)
    long = [text for text in texts if len(text.split()) >= 50]
    vocabulary = " ".join(chance.sample(long, 500)).split()
    return [_edited(chance, text, vocabulary) for text in chance.sample(long, int(len(texts) * PLANTED))]


def _edited(chance: random.Random, text: str, vocabulary: list[str]) -> str:
    words, similarity = text.split(), chance.uniform(0.6, 0.97)
    for _ in range(max(1, round(len(words) * (1 - similarity) / (1 + similarity) / 3))):
        place, kind = chance.randrange(len(words)), chance.random()
        if kind < 0.5:
            words[place] = chance.choice(vocabulary)
        elif kind < 0.75:
            del words[place]
        else:
            words.insert(place, chance.choice(vocabulary))
    return " ".join(words)


def _renamed(text: str, letter: str) -> str:
    return text.replace(" ", f" {letter}")


def _shingles(text: str) -> frozenset[str]:
    words = WORD.findall(text.casefold().replace("_", " "))
    return frozenset(" ".join(words[place : place + 3]) for place in range(len(words) - 2))


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if shared else 0.0


def _all_pairs(sets: list[frozenset[str]], least: float) -> Claims:
    """Every pair of that similarity or more: two such sets share one of their rarest shingles (prefix filtering)."""
    counts = Counter(shingle for each in sets for shingle in each)
    buckets: defaultdict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(sets):
        prefix = len(each) - int(np.ceil(least * len(each))) + 1
        for shingle in sorted(each, key=lambda s: (counts[s], s))[:prefix]:
            if counts[shingle] > 1:
                buckets[shingle].append(number)
    found: Claims = {}
    tried: Pairs = set()
    for members in buckets.values():
        for pair in combinations(members, 2):
            if pair not in tried:
                tried.add(pair)
                similarity = _jaccard(sets[pair[0]], sets[pair[1]])
                if similarity >= least:
                    found[pair] = similarity
    return found


def _accuracy(name: str, found: Claims, truth: Claims) -> list[Row]:
    rows = []
    for threshold in THRESHOLDS:
        wanted = {pair for pair, similarity in truth.items() if similarity >= threshold}
        got = {pair for pair, similarity in found.items() if similarity >= threshold}
        precision = len(got & wanted) / max(len(got), 1)
        rows.append(
            Row(f"{name}: recall at {threshold}", len(got & wanted) / len(wanted), "", f"precision {precision:.4f}")
        )
    return rows


def _as_labelled(found: _Product, claims: Claims, truth: Claims) -> Row:
    """What `copies` would call near or exact, against all pairs of 0.8 or more."""
    near = found.pairs[found.pairs["relation"] == "near"]
    said = _spread(found.made, zip(near["text_hash"], near["other_hash"], near["similarity"], strict=True)).keys()
    wanted = {pair for pair, similarity in truth.items() if similarity >= 0.8}
    left_out = sum(similarity >= 0.8 and pair not in said for pair, similarity in claims.items())
    note = f"precision {len(said & wanted) / len(said):.4f}; {left_out} pairs left out as templates"
    return Row("wirehouse: recall at 0.8, as labelled", len(said & wanted) / len(wanted), "", note)


def _frame(texts: list[str]) -> pd.DataFrame:
    uids = [str(number) for number in range(len(texts))]
    return pd.DataFrame({"article_uid": uids, "title": None, "body": texts, "published_at": pd.NaT})


class _Product(NamedTuple):
    """What the transforms make of the texts; `pairs` after the rules on templates."""

    made: CopyTexts
    candidates: pd.DataFrame
    pairs: pd.DataFrame


def _product(texts: list[str]) -> _Product:
    made = transforms.copy_texts(_frame(texts))
    candidates = transforms.copy_candidates(made.keys, made.keys.iloc[:0])
    return _Product(made, candidates, transforms.copy_pairs(candidates, made.texts))


def _claims(found: _Product) -> Claims:
    """The candidates by the product's own shingles, those included that its rules then leave out."""
    shingles = dict(zip(found.made.texts["text_hash"].tolist(), found.made.texts["shingles"], strict=True))
    hashes = (found.candidates[name].tolist() for name in ("text_hash", "other_hash"))
    pairs = zip(*hashes, strict=True)
    return _spread(found.made, ((one, other, _overlap(shingles[one], shingles[other])) for one, other in pairs))


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / max(len(one) + len(other) - shared, 1)


def _spread(made: CopyTexts, pairs: Iterable[tuple[int, int, float]]) -> Claims:
    """These pairs of texts as pairs of their articles, and those of equal texts."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, text_hash in enumerate(made.articles["text_hash"].to_numpy(dtype="int64", na_value=0).tolist()):
        if text_hash:
            holders[text_hash].append(number)
    sizes = dict(zip(made.texts["text_hash"].tolist(), map(len, made.texts["shingles"]), strict=True))
    # As in the truth, shorter ones say nothing.
    long = {text_hash for text_hash, size in sizes.items() if size >= LEAST_SHINGLES}
    claims = {pair: 1.0 for each in long for pair in combinations(holders[each], 2)}
    for left, right, similarity in pairs:
        if similarity >= THRESHOLDS[0] and {left, right} <= long:
            claims |= {(min(a, b), max(a, b)): similarity for a in holders[left] for b in holders[right]}
    return claims


def _verified(sets: list[frozenset[str]], candidates: Iterable[tuple[int, int]]) -> Claims:
    alike = {pair: _jaccard(sets[pair[0]], sets[pair[1]]) for pair in candidates}
    return {pair: value for pair, value in alike.items() if value >= THRESHOLDS[0]}


def _rensa(texts: list[str]) -> Claims:
    return _by_queries(texts, _rensa_sketch, RMinHashLSH(threshold=0.8, num_perm=PERMUTATIONS, num_bands=BANDS))


def _rensa_sketch(shingles: frozenset[str]) -> RMinHash:
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=42)
    sketch.update(list(shingles))
    return sketch


def _datasketch(texts: list[str]) -> Claims:
    return _by_queries(texts, _datasketch_sketch, MinHashLSH(threshold=0.8, num_perm=PERMUTATIONS))


def _datasketch_sketch(shingles: frozenset[str]) -> MinHash:
    sketch = MinHash(num_perm=PERMUTATIONS)
    sketch.update_batch([shingle.encode() for shingle in shingles])
    return sketch


def _by_queries(texts: list[str], sketched: Callable[[frozenset[str]], Any], index: Any) -> Claims:
    """The usual loop: ask for each text's candidates, then add it."""
    sets = [_shingles(text) for text in texts]
    candidates: Pairs = set()
    for number, shingles in enumerate(sets):
        if shingles:
            sketch = sketched(shingles)
            candidates |= {(int(other), number) for other in index.query(sketch)}
            index.insert(number, sketch)
    return _verified(sets, candidates)


def _plain_numpy(texts: list[str]) -> Claims:
    """MinHash as in the textbook: 128 permutations by a matrix of hashes for each text, bands in dictionaries."""
    chance = np.random.default_rng(42)
    factors, shifts = (chance.integers(1, 2**31, (PERMUTATIONS, 1), dtype=np.uint64) for _ in range(2))
    prime, rows = np.uint64(2**61 - 1), PERMUTATIONS // BANDS
    sets = [_shingles(text) for text in texts]
    buckets: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    for number, shingles in enumerate(sets):
        if shingles:
            hashes = np.array([zlib.crc32(shingle.encode()) for shingle in shingles], dtype=np.uint64)
            sketch = ((hashes * factors + shifts) % prime).min(axis=1)
            for band in range(BANDS):
                buckets[band, sketch[band * rows : (band + 1) * rows].tobytes()].append(number)
    return _verified(sets, {pair for members in buckets.values() for pair in combinations(members, 2)})


def _labelled(items: list[dict[str, Any]]) -> list[Row]:
    with LABELS.open(encoding="utf-8") as file:
        labels = [(int(row["item"]), int(row["other_item"]), row["is_copy"] == "1") for row in csv.DictReader(file)]
    named = {item["id"]: item for item in items}
    wanted = {number for left, right, _ in labels for number in (left, right)}
    frame = _frame([named[number]["text"] for number in wanted])
    frame = frame.assign(article_uid=list(map(str, wanted)), title=[named[number]["title"] for number in wanted])
    made = transforms.copy_texts(frame)
    pairs = transforms.copy_pairs(transforms.copy_candidates(made.keys, made.keys.iloc[:0]), made.texts)
    said = set(zip(pairs["text_hash"], pairs["other_hash"], strict=True))
    text = made.articles.set_index("article_uid")["text_hash"]
    ours = [(text[str(a)], text[str(b)]) in said or text[str(a)] == text[str(b)] for a, b, _ in labels]
    truth = np.array([label for *_, label in labels])
    alone = np.array([_jaccard(_shingles(named[a]["text"]), _shingles(named[b]["text"])) for a, b, _ in labels])
    best = max((round(float(t), 2) for t in np.arange(0.3, 0.96, 0.01)), key=lambda t: _f1(alone >= t, truth)[0])
    return [
        _labelled_row("150 labelled pairs: F1", np.array(ours), truth),
        _labelled_row("150 labelled pairs: F1 of Jaccard alone, 0.8", alone >= 0.8, truth),
        _labelled_row(f"150 labelled pairs: F1 of Jaccard alone, best ({best})", alone >= best, truth),
    ]


def _labelled_row(name: str, said: np.ndarray, truth: np.ndarray) -> Row:
    value, precision, recall = _f1(said, truth)
    return Row(name, value, "", f"precision {precision:.3f}, recall {recall:.3f}; {int(truth.sum())} are copies")


def _f1(said: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    right = int((said & truth).sum())
    precision, recall = right / max(int(said.sum()), 1), right / int(truth.sum())
    return 2 * right / (int(said.sum()) + int(truth.sum())), precision, recall
