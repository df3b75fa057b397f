"""The scheme `sdg`: precision on 200 tags judged by hand, a trained classifier beside it, agreement with Aurora.

`labels/sdg_sample.csv` names corpus, item, goal and verdict. Each half was drawn from the tags given at that time, at
most a few per goal: 100 from the tuning halves, then, after the lists were mended by them, 100 from halves nobody had
read. Right means that a reader who asks for the goal wants the item. The classifier (TF-IDF, linear SVM, one per goal)
has the answers of Aurora's queries on the tuning halves to learn from, as no labels are at hand. The queries were
written for abstracts; what the evaluator leaves out is said in `aurora.py`.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from benchmarks import text_corpora
from benchmarks.aurora import GOALS, Queries
from benchmarks.results import Row
from transforms.scheme_rows import articles
from transforms.schemes import sdg

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

SAMPLE = Path(__file__).with_name("labels") / "sdg_sample.csv"
#: Aurora's queries are slow: of Reuters every tenth item is asked.
REUTERS_EVERY = 10

Judged = dict[tuple[str, str, str], tuple[str, bool]]
Goals = dict[tuple[str, str], set[str]]


def run() -> list[Row]:
    try:
        corpora = {
            "agnews": text_corpora.agnews(),
            "masakhanews": text_corpora.masakhanews_english(),
            "reuters": text_corpora.reuters_items(),
        }
        queries = Queries()
    except FileNotFoundError as error:
        return [Row("corpora", 0, "", f"not measured: {error.filename} is not there")]
    judged = _judged()
    items = {(corpus, item) for corpus, item, _ in judged}
    given, asked = _ours(corpora), _aurora(corpora, queries, items)
    learned = _trained(corpora, asked, items)
    return [
        *_precision("lists", given, judged),
        *_precision("classifier", learned, judged),
        *_precision("Aurora's queries", asked, judged),
        *_agreement(given, asked),
        *(_speed(name, corpus) for name, corpus in corpora.items()),
    ]


def _judged() -> Judged:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["corpus"], row["item"], row["goal"]): (row["half"], row["verdict"] == "right")
            for row in csv.DictReader(file)
        }


def _ours(corpora: Mapping[str, pd.DataFrame]) -> Goals:
    return {
        (name, article["article_uid"]): {code.removeprefix("sdg:") for code, _ in sdg.goals_of(article)}
        for name, corpus in corpora.items()
        for article in articles(corpus)
    }


def _aurora(corpora: Mapping[str, pd.DataFrame], queries: Queries, items: set[tuple[str, str]]) -> Goals:
    found: Goals = {}
    for name, corpus in corpora.items():
        for number, article in enumerate(articles(corpus)):
            key = name, article["article_uid"]
            if name != "reuters" or number % REUTERS_EVERY == 0 or key in items:
                found[key] = queries.goals(article["title"], article["body"])
    return found


def _trained(corpora: Mapping[str, pd.DataFrame], asked: Goals, items: set[tuple[str, str]]) -> Goals:
    texts = {
        (name, uid): text
        for name, corpus in corpora.items()
        for uid, text in zip(corpus["article_uid"], corpus["title"] + "\n" + corpus["body"], strict=True)
    }
    learned_from = sorted(key for key in asked if text_corpora.is_for_tuning(key[1]))
    labels = np.array([[str(goal) in asked[key] for goal in GOALS] for key in learned_from], dtype=int)
    taught = [goal for goal, column in zip(GOALS, labels.T, strict=True) if column.any()]
    features = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    model = OneVsRestClassifier(LinearSVC(random_state=7, class_weight="balanced"))
    model.fit(features.fit_transform([texts[key] for key in learned_from]), labels[:, [goal - 1 for goal in taught]])
    keys = sorted(items)
    answers = model.predict(features.transform([texts[key] for key in keys]))
    return {
        key: {str(goal) for goal, is_it in zip(taught, row, strict=True) if is_it}
        for key, row in zip(keys, answers, strict=True)
    }


def _precision(name: str, given: Goals, judged: Judged) -> list[Row]:
    rows = []
    for half in ("tune", "held"):
        verdicts = [
            (is_right, goal in given.get((corpus, item), set()))
            for (corpus, item, goal), (of, is_right) in judged.items()
            if of == half
        ]
        kept = [is_right for is_right, is_given in verdicts if is_given]
        right = sum(is_right for is_right, _ in verdicts)
        note = f"{sum(kept)} of {len(kept)} given today; it finds {sum(kept)} of the {right} judged right"
        label = "tuning half" if half == "tune" else "held out"
        rows.append(Row(f"{name}: precision, {label}", 100 * sum(kept) / max(len(kept), 1), "%", note))
    return rows


def _agreement(given: Goals, asked: Goals) -> list[Row]:
    pairs = [(goal, str(goal) in given[key], str(goal) in goals) for key, goals in asked.items() for goal in GOALS]
    both = sum(ours and theirs for _, ours, theirs in pairs)
    ours, theirs = sum(pair[1] for pair in pairs), sum(pair[2] for pair in pairs)
    by_chance = (ours * theirs + (len(pairs) - ours) * (len(pairs) - theirs)) / len(pairs) ** 2
    same = sum(pair[1] == pair[2] for pair in pairs) / len(pairs)
    per_goal = "; ".join(f"{goal}: {_counts(pairs, goal)}" for goal in GOALS)
    return [
        Row("agreement with Aurora: same answer", 100 * same, "%", f"of {len(asked):,} items by 17 goals"),
        Row("agreement with Aurora: kappa", (same - by_chance) / (1 - by_chance), "", "1 all, 0 by chance"),
        Row(
            "of Aurora's answers we give",
            100 * both / max(theirs, 1),
            "%",
            f"{both} of {theirs}; goal: both/ours/Aurora {per_goal}",
        ),
    ]


def _counts(pairs: list[tuple[int, bool, bool]], goal: int) -> str:
    of_goal = [(ours, theirs) for each, ours, theirs in pairs if each == goal]
    return f"{sum(a and b for a, b in of_goal)}/{sum(a for a, _ in of_goal)}/{sum(b for _, b in of_goal)}"


def _speed(name: str, corpus: pd.DataFrame) -> Row:
    start = time.process_time()
    sdg.tag(corpus)
    rate = len(corpus) / (time.process_time() - start)
    return Row(
        f"{name}: speed", rate, "articles/s", f"one core, {corpus['body'].str.len().mean():,.0f} characters each"
    )
