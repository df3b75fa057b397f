"""How often normalising is right, on data sets that say what right is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from w3lib.url import canonicalize_url
from yarl import URL

from benchmarks.data import data_file, json_lines
from benchmarks.results import Row
from transforms.addresses import canonical_address
from transforms.languages import languages_of
from transforms.wire_text import read_marks

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS_CASES = "feeds_sitemaps/crawler-commons/src/test/resources/normalizer/weirdToNormalizedUrls.csv"
LANGUAGES = {
    "amh": "am", "eng": "en", "fra": "fr", "hau": "ha", "ibo": "ig", "lin": "ln", "lug": "lg", "orm": "om",
    "pcm": "pcm", "run": "rn", "sna": "sn", "som": "so", "swa": "sw", "tir": "ti", "xho": "xh", "yor": "yo",
}  # fmt: skip
_IN_TITLE = re.compile(r"\((AP|AFP|Reuters)\)$")
#: Kirundi and Tigrinya, which py3langid's model does not know.
UNKNOWN = frozenset({"rn", "ti"})
#: Every fifth text of MasakhaNEWS.
STEP = 5


def rows() -> list[Row]:
    return [*_addresses(), *_languages(), *_agencies()]


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
    detected = [each.language for each in languages_of([None] * len(texts), bodies)]
    declared = languages_of(list(truth), bodies)
    other = languages_of(["sv"] * len(texts), bodies)
    judged = [(right, found) for right, found in zip(truth, detected, strict=True) if right not in UNKNOWN]
    answers = [(right, found) for right, found in judged if found]
    shares = {
        f"language detected, of {len(judged)} texts in the 14 languages that the model knows": _share(judged),
        "of what is answered, right": _share(answers),
        f"declared rightly and believed, of {len(texts)} texts in 16 languages": _share(
            [(right, each.language) for right, each in zip(truth, declared, strict=True)]
        ),
        "declared Swedish and not believed": 100 - _share([("sv", each.language) for each in other]),
    }
    return [Row(name, value, "%", "MasakhaNEWS") for name, value in shares.items()]


def _agencies() -> list[Row]:
    """Some headlines of AG News end in the agency in brackets; the text then begins with its mark."""
    items = [(_IN_TITLE.search(each["title"]), each["text"]) for each in json_lines("texts/agnews_test.jsonl.gz")]
    pairs = [(title[1], read_marks(text).dateline) for title, text in items if title]
    named = [(agency, line.agencies) for agency, line in pairs if line and line.agencies]
    right = sum(agency in found for agency, found in named)
    if not pairs:
        return []
    return [
        Row("agency of the text, recall", 100 * right / len(pairs), "%", f"{len(pairs)} items of AG News that name it"),
        Row("agency of the text, precision", 100 * right / len(named), "%", ""),
    ]


def _share(pairs: list[tuple[str, str | None]]) -> float:
    return 100 * sum(one == other for one, other in pairs) / len(pairs)
