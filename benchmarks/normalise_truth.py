"""How often normalising is right, on data sets that say what right is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import py3langid
from w3lib.url import canonicalize_url
from yarl import URL

from benchmarks.data import data_file, json_lines
from benchmarks.results import Row
from transforms.addresses import canonical_address
from transforms.languages import languages_of

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS_CASES = "feeds_sitemaps/crawler-commons/src/test/resources/normalizer/weirdToNormalizedUrls.csv"
LANGUAGES = {
    "amh": "am", "eng": "en", "fra": "fr", "hau": "ha", "ibo": "ig", "lin": "ln", "lug": "lg", "orm": "om", "pcm": "pcm",
    "run": "rn", "sna": "sn", "som": "so", "swa": "sw", "tir": "ti", "xho": "xh", "yor": "yo",
}  # fmt: skip
#: Every fifth text of MasakhaNEWS.
STEP = 5


def rows() -> list[Row]:
    return [*_addresses(), *_languages()]


def _addresses() -> list[Row]:
    path = data_file(ADDRESS_CASES)
    if path is None:
        return []
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    cases = [tuple(line.rsplit(", ", 1)) for line in lines if ", " in line]
    web = [(found, right) for found, right in cases if right.startswith("http")]
    note = "crawler-commons' cases of web addresses, http and https alike"
    return [
        Row("addresses right: ours", _share_right(web, canonical_address), "%", f"{len(web)} of {note}"),
        Row("addresses right: w3lib", _share_right(web, canonicalize_url), "%", "canonicalize_url"),
        Row("addresses right: yarl", _share_right(web, lambda text: str(URL(text))), "%", "URL"),
    ]


def _share_right(cases: list[tuple[str, ...]], normalise: Callable[[str], str | None]) -> float:
    right = 0
    for found, expected in cases:
        try:
            got = normalise(found) or ""
        except ValueError:
            got = ""
        right += got.removeprefix("https:").removeprefix("http:") == expected.removeprefix("https:").removeprefix(
            "http:"
        )
    return 100 * right / len(cases)


def _languages() -> list[Row]:
    texts = json_lines("texts/masakhanews_dev.jsonl.gz")[::STEP]
    if not texts:
        return []
    truth = [LANGUAGES[each["lang"]] for each in texts]
    bodies = [f"{each['title']}\n{each['text']}" for each in texts]
    known = set(py3langid.langid._load_identifier().nb_classes)
    detected = [each.language for each in languages_of([None] * len(texts), bodies)]
    declared = languages_of(list(truth), bodies)
    other = languages_of(["sv"] * len(texts), bodies)
    judged = [(right, found) for right, found in zip(truth, detected, strict=True) if right in known]
    answers = [(right, found) for right, found in judged if found]
    count = len(texts)
    return [
        Row("language detected", 100 * sum(a == b for a, b in judged) / len(judged), "%",
            f"of {len(judged)} texts of MasakhaNEWS in the 14 languages that the model knows"),
        Row("of what it answers, right", 100 * sum(a == b for a, b in answers) / len(answers), "%", "the rest is null"),
        Row("declared rightly and believed", 100 * sum(a == b.language for a, b in zip(truth, declared, strict=True)) / count,
            "%", f"{count} texts, all 16 languages"),
        Row("declared Swedish and not believed", 100 * sum(each.language != "sv" for each in other) / count, "%", ""),
    ]  # fmt: skip
