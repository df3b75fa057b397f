"""One vocabulary for what sites call kinds, labels and sectors."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

_BETWEEN = re.compile(r"[\W_]+")


def section_of(*site_values: str | None) -> str | None:
    """Our section for a site's own words, the first that is known: `section_of("law-governance", "law-order")`.

    Case, spaces and punctuation make no difference; see vocabularies/sections.csv. None where none is known, and for
    words that say nothing of the subject ("headlines", "other").
    """
    known = _vocabulary("sections.csv")
    return next((known[key] for value in site_values if (key := _key(value)) in known), None)


def kind_of(site_value: str | None) -> str | None:
    """Our kind for a site's own word; the word itself where it is not known (see vocabularies/kinds.csv)."""
    return _vocabulary("kinds.csv").get(_key(site_value), site_value)


def _key(value: str | None) -> str:
    return _BETWEEN.sub(" ", (value or "").casefold()).strip()


@cache
def _vocabulary(name: str) -> dict[str, str]:
    text = files("transforms").joinpath("vocabularies", name).read_text(encoding="utf-8")
    return {
        _key(word): row["code"] for row in csv.DictReader(text.splitlines()) for word in row["site_values"].split("|")
    }
