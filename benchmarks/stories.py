"""Stories: 300 pairs of Reuters-21578 items within three days (real minute times), labelled by hand; the replica.

The pairs were drawn from bands of TF-IDF cosine (230) and of headline likeness (45), from items of one topic and place
(15) and at random (10), put in random order and read, headline and first 430 characters, before there was a score: so
that same stories are a quarter of them, of all pairs within three days they are one in thousands. The same story is
the same event or a direct step of it; another day or product of a series is not. `labels/story_pairs.csv` holds item
numbers only. Pairs that share an item are in the same half: one tuned what is tuned, thresholds of the baselines too.
The replica's articles know their event: seeds 1 and 2 tuned, others are measured. B-cubed counts the labelled pairs.
Orders: whether all four tables have the same rows, after some articles came with a mistaken text first.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import re
import time
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import transforms
from benchmarks.results import Row
from benchmarks.story_baselines import (
    b_cubed,
    best_threshold,
    headline_jaccard,
    pairwise_f1,
    tfidf_cosine,
)
from tests.flows.story_lake import Lake
from tests.replica.world import CLOCK_START, World
from transforms.stories import linked_groups
from transforms.story_links import neighbours
from transforms.story_pairs import WINDOW
from transforms.term_weights import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

DATA = Path(os.environ.get("WIREHOUSE_BENCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
REUTERS = "texts/reuters21578.jsonl.gz"
LABELS = Path(__file__).parent / "labels" / "story_pairs.csv"
TUNING_SEEDS, SEEDS = (1, 2), (7, 101, 2025)
REPLICA_ARTICLES = 400


def run() -> list[Row]:
    if not (DATA / REUTERS).exists():
        note = "no data: put it into ../shared/data or name it in WIREHOUSE_BENCH_DATA"
        return [Row("Reuters items", 0, "items", note), *_on_replica(), *_orders()]
    return [*_on_reuters(), *_on_replica(), *_orders()]


def _on_reuters() -> Iterator[Row]:
    articles = _reuters()
    start = time.process_time()
    terms = transforms.story_terms(articles)
    weighed = time.process_time()
    pairs = transforms.story_pairs(terms, terms.head(0))
    paired = time.process_time()
    copies = _copies(articles)
    copied = time.process_time()
    members = transforms.story_members(transforms.story_times(articles), pairs, copies)
    members = transforms.with_evidence(members, pairs)
    done = time.process_time()
    yield from _against_baselines(articles, members, pairs)
    sizes = members.groupby("story_id").size()
    stories = transforms.stories(members, articles).set_index("story_id")
    largest = stories.loc[sizes.idxmax()]
    evidence = members[members["story_id"] == sizes.idxmax()].sort_values("score")["evidence"].iloc[0]
    hours = (largest["last_published_at"] - largest["first_published_at"]) / pd.Timedelta(hours=1)
    title = largest["title"] or "no headline"
    ordered = articles.sort_values("published_at")["article_uid"].tolist()
    canonical = dict(zip(copies["article_uid"], copies["canonical_uid"], strict=True))
    originals = [uid for uid in ordered if uid not in canonical]
    linked = max(map(len, linked_groups(originals, neighbours(transforms.node_pairs(pairs, canonical)))))
    yield Row("Reuters: stories of more than one", int((sizes > 1).sum()), "stories", f"of {len(articles):,} items")
    yield Row("Reuters: items in them", float((members["story_id"].map(sizes) > 1).mean()), "share")
    yield Row("Reuters: largest story", int(sizes.max()), "items", f"{title}, {hours:.0f} h; at its weakest {evidence}")
    yield Row("Reuters: largest group linked", linked, "items", "what one article can make be computed again")
    yield Row("terms", len(articles) / (weighed - start), "items/s", f"weights {VERSION}")
    yield Row("pairs", len(articles) / (paired - weighed), "items/s", "all at once")
    yield Row("stories", len(articles) / (done - copied), "items/s", "all at once")


def _against_baselines(articles: pd.DataFrame, members: pd.DataFrame, scored: pd.DataFrame) -> Iterator[Row]:
    place = {uid: number for number, uid in enumerate(articles["article_uid"])}
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    pairs = np.array([[place[row["id"]], place[row["other_id"]]] for row in labels])
    same = np.array([row["same_story"] == "1" for row in labels])
    tuning = np.array([row["half"] == "tuning" for row in labels])
    story = members.set_index("article_uid")["story_id"].reindex(articles["article_uid"]).to_numpy()
    alike = set(zip(scored["article_uid"], scored["other_uid"], strict=True))
    uids = articles["article_uid"].tolist()
    texts = (articles["title"] + " " + articles["body"]).tolist()
    baselines = {
        "headline Jaccard": headline_jaccard(articles["title"].tolist(), pairs),
        "TF-IDF cosine": tfidf_cosine(texts, pairs),
    }
    found = {
        "stories": story[pairs[:, 0]] == story[pairs[:, 1]],
        "their pairs alone": np.array([(uids[a], uids[b]) in alike for a, b in pairs]),
        **{name: score >= best_threshold(score[tuning], same[tuning]) for name, score in baselines.items()},
    }
    held: dict[str, float] = {}
    for half, mask in (("tuning half", tuning), ("held-out half", ~tuning)):
        for name, said in found.items():
            f1, precision, recall = pairwise_f1(said[mask], same[mask])
            cubed = b_cubed(said[mask], same[mask], pairs[mask])
            held[name] = f1
            counts = f"{mask.sum()} pairs, {same[mask].sum()} same; precision {precision:.3f}, recall {recall:.3f}"
            yield Row(f"{half}: {name}, pairwise F1", f1, "", counts)
            yield Row(f"{half}: {name}, B-cubed F", cubed, "")
    for name in baselines:
        yield Row(f"held-out half: margin over {name}", held["stories"] - held[name], "F1")


def _on_replica() -> Iterator[Row]:
    tuned = [_replica(seed) for seed in TUNING_SEEDS]
    measured = [_replica(seed) for seed in SEEDS]
    yield _replica_row("stories", [(_same_story(frame), same) for frame, _, same in measured])
    scorers = {
        "headline Jaccard": lambda frame, pairs: headline_jaccard(frame["title"].tolist(), pairs),
        "TF-IDF cosine": lambda frame, pairs: tfidf_cosine((frame["title"] + " " + frame["body"]).tolist(), pairs),
    }
    for name, scorer in scorers.items():
        scores = np.concatenate([scorer(frame, pairs) for frame, pairs, _ in tuned])
        threshold = best_threshold(scores, np.concatenate([same for _, _, same in tuned]))
        yield _replica_row(name, [(scorer(frame, pairs) >= threshold, same) for frame, pairs, same in measured])


def _replica_row(name: str, answers: list[tuple[Any, Any]]) -> Row:
    f1, precision, recall = pairwise_f1(*(np.concatenate(each) for each in zip(*answers, strict=True)))
    note = f"all pairs within 3 days, {len(SEEDS)} seeds; precision {precision:.3f}, recall {recall:.3f}"
    return Row(f"replica: {name}, pairwise F1", f1, "", note)


def _replica(seed: int) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.bool_]]:
    """A replica's articles at its start, the pairs of places within three days, and which are of one event."""
    visible = World(articles=REPLICA_ARTICLES, seed=seed).visible(CLOCK_START)
    said = [article.content_at(CLOCK_START) for article in visible]
    frame = _frame(
        article_uid=[str(article.id) for article in visible],
        published_at=[article.created for article in visible],
        title=[content.title for content in said],
        body=["\n\n".join(content.paragraphs()) for content in said],
    )
    times = frame["published_at"].tolist()
    near = [(a, b) for a, b in combinations(range(len(frame)), 2) if abs(times[a] - times[b]) <= WINDOW]
    events = [article.event or str(article.id) for article in visible]
    return frame, np.array(near), np.array([events[a] == events[b] for a, b in near])


def _copies(articles: pd.DataFrame) -> pd.DataFrame:
    """The rows of `copies` of these articles."""
    made = transforms.copy_texts(articles)
    candidates = transforms.copy_candidates(made.keys, made.keys.head(0))
    return transforms.copies(made.articles, transforms.copy_pairs(candidates, made.texts))


def _same_story(frame: pd.DataFrame) -> NDArray[np.bool_]:
    terms = transforms.story_terms(frame)
    pairs = transforms.story_pairs(terms, terms.head(0))
    members = transforms.story_members(transforms.story_times(frame), pairs, _copies(frame))
    story = members.set_index("article_uid")["story_id"].reindex(frame["article_uid"]).tolist()
    times = frame["published_at"].tolist()
    near = (p for p in combinations(range(len(frame)), 2) if abs(times[p[0]] - times[p[1]]) <= WINDOW)
    return np.array([story[a] == story[b] for a, b in near])


def _orders() -> Iterator[Row]:
    """The replica's articles in other orders and batches, a tenth of them with an earlier, mistaken text first."""
    frame, _, _ = _replica(SEEDS[0])
    frame = frame.tail(150)
    at_once = Lake()
    at_once.publish(frame)
    wanted, equal, tried = at_once.dump(), 0, 0
    for seed in range(4):
        chance = random.Random(seed)
        lake = Lake()
        mistaken = frame.sample(frac=0.1, random_state=seed)
        lake.publish(mistaken.assign(body=frame["body"].sample(len(mistaken), random_state=seed + 9).to_numpy()))
        shuffled = frame.sample(frac=1, random_state=seed)
        first = 0
        while first < len(shuffled):
            size = chance.randint(5, 60)
            lake.publish(shuffled.iloc[first : first + size])
            first += size
        tried, equal = tried + 1, equal + (lake.dump() == wanted)
    yield Row("orders with the same rows", equal / tried, "share", f"{tried} orders of {len(frame)} articles")


def _reuters() -> pd.DataFrame:
    with gzip.open(DATA / REUTERS, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    return _frame(
        article_uid=[str(item["id"]) for item in items],
        published_at=[item["date"] for item in items],
        title=[item["title"] for item in items],
        body=["\n\n".join(" ".join(p.split()) for p in re.split(r"\n\s{2,}", item["text"])) for item in items],
    )


def _frame(**columns: list[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(columns).assign(summary=None, language="en", source="Reuters", updated_at=None)
    texts = dict.fromkeys(("article_uid", "title", "summary", "body", "language", "source"), "str")
    times = {
        name: pd.to_datetime(frame[name], utc=True, format="ISO8601").dt.as_unit("us")
        for name in ("published_at", "updated_at")
    }
    return frame.assign(**times).astype(texts)
