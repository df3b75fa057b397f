"""The field_coverage table: how often each field of a page was found, so that one that falls off is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from transforms.shapes import FIELD_COVERAGE, conform
from transforms.text import encodable
from transforms.times import parse_times

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: What an analyst would miss. Not counted: what every page has or is made of (site, parser, url, kind), what only leads
#: to other fields (amp_url, breadcrumb), and image_is_ai_generated, which says no as often as it says nothing.
TEXTS = (
    "site_article_id", "canonical_url", "title", "summary", "source", "author", "place", "sector", "label", "language",
    "attribution", "image_url", "image_caption", "video_url", "first_published_in",
)  # fmt: skip
LISTS = ("body", "countries", "site_tags", "keywords")
TIMES = ("published", "updated")
#: The lists beside an article; each is a field of its own, as each has its own place on the page.
SECTIONS = ("trending", "opinion", "latest", "also_read")
EXAMPLES = 3
_PAGE = ("run_id", "site", "kind", "url", "fetched_at")


def field_coverage(records: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per run, site, kind of article and field. Key: run_id, site, kind, field.

    Args:
        records: what `spiders` landed, one row per record; also those that cannot be used count, as a lost title may
            be why. Records without run_id or site are left out.

    `pages` are the article pages read, `found` those on which the field was: a text that is not blank, a list with an
    entry that is not blank, a time that could be read. The lists beside an article are the fields `sidebars.{section}`.
    `observed_at` is when the run read its first page of the site. `examples` are the first three addresses, in their
    order as texts, of pages without the field. A page of no kind is of the kind "unknown".
    """
    given = records.reindex(columns=[*_PAGE, *TEXTS, *LISTS, *TIMES, "sidebars"]).reset_index(drop=True)
    pages = pd.DataFrame({name: pd.Series([encodable(v) for v in given[name]], dtype="str") for name in _PAGE})
    pages = pages.assign(kind=pages["kind"].fillna("unknown"), observed_at=parse_times(pages["fetched_at"].tolist()))
    pages["observed_at"] = pages.groupby(["run_id", "site"])["observed_at"].transform("min")
    parts = [pages.assign(field=name, is_found=pd.Series(flags, dtype="bool")) for name, flags in _found(given)]
    looks = pd.concat(parts).dropna(subset=["run_id", "site", "observed_at"])
    group = ["run_id", "site", "observed_at", "kind", "field"]
    rows = looks.groupby(group)["is_found"].agg(pages="size", found="sum").reset_index()
    rows["share"] = rows["found"] / rows["pages"]
    missing = looks[~looks["is_found"]].dropna(subset=["url"]).drop_duplicates([*group, "url"]).sort_values("url")
    examples = missing.groupby(group).head(EXAMPLES).groupby(group)["url"].agg(list)
    return conform(rows.join(examples.rename("examples"), on=group), FIELD_COVERAGE)


def _found(given: pd.DataFrame) -> list[tuple[str, list[bool]]]:
    """Each field and whether each record has it."""
    tests: list[tuple[Sequence[str], Callable[[Any], bool]]] = [
        (TEXTS, _is_said),
        (LISTS, lambda value: isinstance(value, list | tuple) and any(map(_is_said, value))),
        (TIMES, lambda value: any(_is_said(witness.get("at")) for witness in _dicts(value))),
    ]
    found = [(name, [test(value) for value in given[name].tolist()]) for names, test in tests for name in names]
    shown = [{entry.get("section") for entry in _dicts(value)} for value in given["sidebars"].tolist()]
    return [*found, *((f"sidebars.{name}", [name in sections for sections in shown]) for name in SECTIONS)]


def _is_said(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else isinstance(value, int)


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list | tuple) else []
