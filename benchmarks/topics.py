"""The scheme `topic` on labelled corpora: macro-F1 of its tags, beside a site's sections and a trained classifier.

The term lists were written with the items of one half of each corpus in view (`tuning`); of the other (`held out`) only
the scores were seen, and 61 items when goals were judged. A class is the topics it maps to; where a corpus has one
class per item the answer is the class whose topics weigh most, and an item without any counts as wrong. On Reuters an
item may have several. The classifier is TF-IDF (words and pairs) with a linear SVM, trained on the tuning half of the
very corpus that it is measured on. The site-label rule is the section in the address: of these corpora only MasakhaNEWS
(BBC) has addresses.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from benchmarks import text_corpora
from benchmarks.results import Row
from transforms.scheme_rows import articles
from transforms.schemes import topic

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

AGNEWS = {"Sports": "15", "Business": "04 09", "Sci/Tech": "13 06", "World": "11 16 03 02 14 12"}
MASAKHANEWS = {
    "sports": "15", "business": "04 09", "technology": "13", "health": "07", "entertainment": "01", "politics": "11 16",
}  # fmt: skip
SECTIONS = {
    "sport": "sports", "business": "business", "technology": "technology", "health": "health",
    "entertainment-arts": "entertainment", "uk-politics": "politics", "uk-wales-politics": "politics",
    "uk-scotland-scotland-politics": "politics", "uk-northern-ireland-politics": "politics",
}  # fmt: skip
#: Our code to the Reuters codes that mean it; what maps to nothing is left out.
REUTERS = {
    "20000178": "earn", "20000204": "acq", "20000391": "money-fx dlr yen stg dmk", "20000371": "interest",
    "20000373": "trade bop", "20000256": "crude nat-gas gas fuel heat jet pet-chem naphtha propane",
    "20000210": "grain wheat corn barley oilseed soybean livestock carcass hog l-cattle f-cattle rice sorghum rapeseed"
    " oat sunseed groundnut meal-feed soy-meal cotton",
    "20000386": "sugar coffee cocoa rubber veg-oil palm-oil orange tea soy-oil coconut-oil rape-oil sun-oil",
    "20000316": "gold silver copper zinc alum iron-steel lead tin nickel platinum strategic-metal palladium",
    "20000337": "ship", "20000357": "gnp", "20000370": "cpi wpi", "20000365": "jobs", "20000252": "retail",
    "20000350": "money-supply reserves", "20000294": "ipi", "20000235": "housing",
}  # fmt: skip


def run() -> list[Row]:
    try:
        corpora = text_corpora.agnews(), text_corpora.masakhanews_english(), text_corpora.reuters()
    except FileNotFoundError as error:
        return [Row("corpora", 0, "", f"not measured: {error.filename} is not there")]
    agnews, masakhanews, reuters = corpora
    return [
        *_single("AG News", agnews, AGNEWS),
        *_single("MasakhaNEWS English", masakhanews, MASAKHANEWS),
        *_site_label(masakhanews),
        *_several("Reuters", reuters),
        _speed("AG News", agnews),
        _speed("MasakhaNEWS English", masakhanews),
        _speed("Reuters", reuters),
    ]


def _single(name: str, corpus: pd.DataFrame, classes: Mapping[str, str]) -> list[Row]:
    class_of = {f"medtop:{code}000000": each for each, codes in classes.items() for code in codes.split()}
    given = np.array([_heaviest(article, class_of) for article in articles(corpus)])
    gold = corpus["gold"].to_numpy()
    tuning = corpus["article_uid"].map(text_corpora.is_for_tuning).to_numpy()
    features, model = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2), LinearSVC(random_state=7)
    texts = corpus["title"] + "\n" + corpus["body"]
    model.fit(features.fit_transform(texts[tuning]), gold[tuning])
    trained = model.predict(features.transform(texts[~tuning]))
    return _rows(name, sorted(classes), gold, given, trained, tuning)


def _heaviest(article: Mapping[str, str], class_of: Mapping[str, str]) -> str:
    weights: dict[str, float] = defaultdict(float)
    for code, support in topic.rolled_up(article).items():
        if code in class_of:
            weights[class_of[code]] += support.weight
    best = max(sorted(weights), key=weights.__getitem__, default="")
    return best if best and weights[best] >= topic.LEAST else "none"


def _site_label(corpus: pd.DataFrame) -> list[Row]:
    answers = corpus["section"].map(SECTIONS).fillna("none").to_numpy()
    tuning = corpus["article_uid"].map(text_corpora.is_for_tuning).to_numpy()
    score = f1_score(corpus["gold"][~tuning], answers[~tuning], labels=sorted(MASAKHANEWS), average="macro")
    answered = (answers != "none").mean()
    note = f"macro-F1; it answers for {answered:.0%} of the articles"
    return [Row("MasakhaNEWS English, held out: site-label rule", 100 * score, "%", note)]


def _several(name: str, corpus: pd.DataFrame) -> list[Row]:
    code_of = {each: f"medtop:{code}" for code, names in REUTERS.items() for each in names.split()}
    codes = sorted(set(code_of.values()))
    gold_codes = [{code_of[each] for each in gold if each in code_of} for gold in corpus["gold"]]
    mapped = np.array([bool(each) for each in gold_codes])
    corpus = corpus[mapped]
    gold = _indicators([each for each in gold_codes if each], codes)
    given = _indicators([_codes(article) for article in articles(corpus)], codes)
    tuning = corpus["article_uid"].map(text_corpora.is_for_tuning).to_numpy()
    features = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    model = OneVsRestClassifier(LinearSVC(random_state=7))
    texts = (corpus["title"] + "\n" + corpus["body"]).to_numpy()
    model.fit(features.fit_transform(texts[tuning]), gold[tuning])
    trained = model.predict(features.transform(texts[~tuning]))
    names = [topic.lists().tags[code].name for code in codes]
    return _rows(name, names, gold, given, trained, tuning)


def _codes(article: Mapping[str, str]) -> set[str]:
    codes = {code for code, _ in topic.topics_of(article)}
    # Reuters calls a dividend "earn" too.
    return codes | {"medtop:20000178"} if "medtop:20000177" in codes else codes


def _indicators(found: list[set[str]], codes: list[str]) -> Any:
    return np.array([[code in each for code in codes] for each in found], dtype=int)


def _rows(name: str, classes: list[str], gold: Any, given: Any, trained: Any, tuning: Any) -> list[Row]:
    labels = classes if gold.ndim == 1 else list(range(len(classes)))

    def macro(truth: Any, answers: Any) -> float:
        return 100 * float(f1_score(truth, answers, labels=labels, average="macro", zero_division=0))

    ours, theirs = macro(gold[~tuning], given[~tuning]), macro(gold[~tuning], trained)
    each = f1_score(gold[~tuning], given[~tuning], labels=labels, average=None, zero_division=0)
    per_class = "; ".join(f"{label} {100 * score:.0f}" for label, score in zip(classes, each, strict=True))
    return [
        Row(
            f"{name}, tuning half: lists", macro(gold[tuning], given[tuning]), "%", f"macro-F1, {tuning.sum():,} items"
        ),
        Row(f"{name}, held out: lists", ours, "%", f"macro-F1, {(~tuning).sum():,} items; {per_class}"),
        Row(
            f"{name}, held out: TF-IDF + SVM",
            theirs,
            "%",
            f"macro-F1; the lists are {theirs - ours:+.1f} points from it",
        ),
    ]


def _speed(name: str, corpus: pd.DataFrame) -> Row:
    start = time.process_time()
    topic.tag(corpus)
    rate = len(corpus) / (time.process_time() - start)
    return Row(
        f"{name}: speed", rate, "articles/s", f"one core, {corpus['body'].str.len().mean():,.0f} characters each"
    )
