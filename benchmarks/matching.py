"""Twenty thousand names in 50 MB of news: our whole words beside the libraries used plainly, and all schemes of tags.

The texts are Reuters-21578 and MasakhaNEWS English, repeated up to the size. `dense` puts 50 of the names into every
text, so that the reporting of hits costs as much as finding them. 20,000 names are searched for by

- the libraries by their name: each as its first example has it; all but flashtext also within words;
- "ahocorasick-rs, whole words by a loop": the leftmost and longest occurrences, of which a list comprehension keeps
  those with no letter or digit right beside them;
- "ours, whole words": `transforms.matching`, the same, and the whole words that a longer part of a word hides;
- "ours, decided": these, and which country, organisation or person each one stands for (`transforms.resolution`),
  which no library here tells.

The 20,000 are drawn from the 28,000 of `transforms.names`. All of these, of which texts are fuller, are searched for by

- "ahocorasick-rs, all our names": plainly, also within words;
- "ours, all our names decided".

A round measures each in turn; medians of three rounds, in MB (a million characters) per second of processor time. A
library that is not installed is left out.
"""

from __future__ import annotations

import gzip
import importlib
import json
import os
import random
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ahocorasick_rs
import numpy as np
import pandas as pd

from benchmarks.results import Row
from transforms import own_terms, scheme_names, tags
from transforms.matching import Found, Matcher
from transforms.names import names
from transforms.resolution import resolve_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

PATTERNS = 20_000
MEGABYTES = 50
ROUNDS = 3
HITS = 50
ARTICLES = 8_000
#: As many articles as `retag` tags at a time.
BATCH = 2_000
#: Texts at a time: polars makes its automaton anew at every call.
_CHUNK = 2_500
_PLAIN = "ahocorasick-rs"
_WHOLE_WORDS = "ahocorasick-rs, whole words by a loop"
_OUR_NAMES = "ahocorasick-rs, all our names"
_DECIDED = "ours, decided"
_ALL_DECIDED = "ours, all our names decided"
_SLOW = frozenset({"flashtext"})


def data_folder() -> Path | None:
    """Where the texts are; None, and a line that says so, if they are not."""
    folder = Path(os.environ.get("WIREHOUSE_BENCH_DATA", Path(__file__).parents[1] / "../shared/data"))
    if (folder / "texts").is_dir():
        return folder
    sys.stdout.write(f"  left out: there is no {folder / 'texts'}; WIREHOUSE_BENCH_DATA names another folder\n")
    return None


def run() -> list[Row]:
    folder = data_folder()
    if folder is None:
        return []
    articles = _articles(folder)
    texts = [f"{each['title']}\n{each['body']}" for each in articles]
    numbers = [number for number, each in enumerate(names().patterns) if each[0].isupper()]
    numbers = random.Random(7).sample(numbers, PATTERNS)
    rows = []
    for name, given in (("as it is", _sized(texts)), ("dense", _sized(_dense(texts, _patterns(numbers))))):
        rows += _rates(name, given, numbers)
    return [*rows, *_all_schemes(articles)]


def _patterns(numbers: list[int]) -> list[str]:
    return [names().patterns[number] for number in numbers]


def _all_schemes(articles: list[dict[str, str]]) -> list[Row]:
    """What publishing and `retag` call, with all schemes and a vocabulary of an analyst's own, batch by batch."""
    terms = [{"file": "own", "line": 2, "tag": f"t{n}", "patterns": p} for n, p in enumerate(names().patterns[::50])]
    own, _ = own_terms(pd.DataFrame(terms), scheme_names())
    rows = []
    for corpus, shown in (("reuters21578", "Reuters"), ("masakhanews_dev", "MasakhaNEWS English")):
        some = [each for each in articles if each["article_uid"].startswith(corpus)]
        # The few of MasakhaNEWS again and again, for a batch as large as they are in use.
        frame = pd.DataFrame([{**some[n % len(some)], "article_uid": str(n)} for n in range(ARTICLES)])
        tags(frame.head(100), own)  # compiled once in a process
        started, made = resource.getrusage(resource.RUSAGE_SELF).ru_utime, 0
        for first in range(0, len(frame), BATCH):
            made += len(tags(frame.iloc[first : first + BATCH], own))
        rate = len(frame) / (resource.getrusage(resource.RUSAGE_SELF).ru_utime - started)
        note = (
            f"{frame['body'].str.len().mean():,.0f} characters and {made / len(frame):.1f} tags each; "
            f"{', '.join(scheme_names())} and own; user seconds; target 1,000"
        )
        rows.append(Row(f"all schemes together, {shown}", rate, "articles/s", note))
    return rows


def _rates(name: str, texts: list[str], numbers: list[int]) -> list[Row]:
    size = sum(map(len, texts)) / 1e6
    patterns = _patterns(numbers)
    matcher, vocabulary = Matcher(patterns), names()
    candidates: dict[str, Callable[[list[str]], object]] = {
        **_peers(patterns),
        _WHOLE_WORDS: _whole_words(patterns),
        _OUR_NAMES: _each(ahocorasick_rs.AhoCorasick(list(names().patterns)).find_matches_as_indexes),
        "ours, whole words": matcher.find_all,
        _DECIDED: lambda given: resolve_all(given, _numbered(matcher.find_all(given), np.array(numbers))),
        _ALL_DECIDED: lambda given: resolve_all(given, vocabulary.matcher.find_all(given)),
    }
    taken: dict[str, list[float]] = {each: [] for each in candidates}
    for _ in range(ROUNDS):
        for each, find in candidates.items():
            # The slow ones would take minutes: every tenth of the parts tells their rate.
            step = 10 if each in _SLOW else 1
            parts = [texts[first : first + _CHUNK] for first in range(0, len(texts), step * _CHUNK)]
            started = time.process_time()
            for part in parts:
                find(part)  # what it finds goes again at once
            taken[each].append((time.process_time() - started) / sum(len(text) for part in parts for text in part))
    rates = {each: 1e-6 / statistics.median(seconds) for each, seconds in taken.items()}
    rows = [Row(f"{each}, {name}", rate, "MB/s", f"{size:.0f} MB") for each, rate in rates.items()]
    rows += [
        Row(f"{ours} / {peer}, {name}", rates[ours] / rates[peer], "", "target 0.8")
        for peer in (_PLAIN, _WHOLE_WORDS)
        for ours in ("ours, whole words", _DECIDED)
    ]
    ratio = rates[_ALL_DECIDED] / rates[_OUR_NAMES]
    rows.append(Row(f"{_ALL_DECIDED} / {_OUR_NAMES}, {name}", ratio, "", "28,000 names in both"))
    return rows


def _numbered(found: Found, numbers: NDArray[np.int64]) -> Found:
    """What was found of some of our names, with the numbers that these have among all."""
    return Found(found.text, numbers[found.pattern], found.start, found.end)


def _peers(patterns: list[str]) -> dict[str, Callable[[list[str]], object]]:
    """Each library as its first example has it."""
    makers: dict[str, Callable[[Any], Callable[[list[str]], object]]] = {
        "polars": lambda polars: lambda given: polars.Series(given).str.extract_many(patterns),
        "ahocorasick": lambda library: _pyahocorasick(library, patterns),
        "ahocorasick_rs": lambda library: _each(library.AhoCorasick(patterns).find_matches_as_indexes),
        "flashtext": lambda library: _flashtext(library, patterns),
    }
    shown = {"ahocorasick": "pyahocorasick", "ahocorasick_rs": _PLAIN}
    found = {}
    for module, make in makers.items():
        try:
            library = importlib.import_module(module)
        except ImportError:
            sys.stdout.write(f"  left out: {shown.get(module, module)} is not installed\n")
            continue
        found[shown.get(module, module)] = make(library)
    return found


def _each(find: Callable[[str], object]) -> Callable[[list[str]], object]:
    return lambda given: [find(text) for text in given]


def _whole_words(patterns: list[str]) -> Callable[[list[str]], object]:
    automaton = ahocorasick_rs.AhoCorasick(patterns, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def find(text: str) -> list[tuple[int, int, int]]:
        return [
            (pattern, start, end)
            for pattern, start, end in automaton.find_matches_as_indexes(text)
            if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        ]

    return _each(find)


def _pyahocorasick(library: Any, patterns: list[str]) -> Callable[[list[str]], object]:
    automaton = library.Automaton()
    for number, pattern in enumerate(patterns):
        automaton.add_word(pattern, number)
    automaton.make_automaton()
    return lambda given: [list(automaton.iter(text)) for text in given]


def _flashtext(library: Any, patterns: list[str]) -> Callable[[list[str]], object]:
    processor = library.KeywordProcessor(case_sensitive=True)
    processor.add_keywords_from_list(patterns)
    return lambda given: [processor.extract_keywords(text, span_info=True) for text in given]


def _articles(folder: Path) -> list[dict[str, str]]:
    found = []
    for name, body in (("reuters21578", "text"), ("masakhanews_dev", "text")):
        with gzip.open(folder / "texts" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for number, item in enumerate(map(json.loads, lines)):
                if item.get("lang", "en") in {"en", "eng"}:
                    found.append(
                        {"article_uid": f"{name}:{number}", "title": item["title"] or "", "body": item[body] or ""}
                    )
    random.Random(7).shuffle(found)
    return found


def _dense(texts: list[str], patterns: list[str]) -> list[str]:
    chance = random.Random(7)
    return [f"{text} {' and '.join(chance.sample(patterns, HITS))}" for text in texts]


def _sized(texts: list[str]) -> list[str]:
    size, found = 0, []
    while True:
        for text in texts:
            found.append(text)
            size += len(text)
            if size >= MEGABYTES * 1_000_000:
                return found
