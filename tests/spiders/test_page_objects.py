"""Saved pages of every site against the records they must give, and against page objects with something broken.

A case is `cases/{site}/{name}.html` with `{name}.json` beside it: the page's address, its HTTP status and content type
where they matter, and the reading expected of it. Nothing, false and empty lists are left out of the JSON.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spiders.reading.page import ArticlePage
from spiders.records import ArticleRecord, PageKind, PageReading
from spiders.site import Site, load, names

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    site: str
    name: str
    page: bytes
    url: str
    status: int
    content_type: str | None
    reading: dict[str, Any]

    def read(self, site: Site) -> dict[str, Any]:
        reading = site.read_page(self.page, self.url, content_type=self.content_type, status=self.status)
        return without_nothing(dataclasses.asdict(reading))


def without_nothing(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: kept for key, value in data.items() if (kept := without_nothing(value)) not in (None, False, [], "")
        }
    return [without_nothing(part) for part in data] if isinstance(data, list) else data


def cases(site: str) -> list[Case]:
    found = []
    for expected in sorted((CASES / site).glob("*.json")):
        case = json.loads(expected.read_text(encoding="utf-8"))
        found.append(
            Case(
                site=site,
                name=expected.stem,
                page=expected.with_suffix(".html").read_bytes(),
                url=case["url"],
                status=case.get("status", 200),
                content_type=case.get("content_type"),
                reading=case["reading"],
            )
        )
    return found


ALL = [case for site in names() for case in cases(site)]
PLACES = [(site, page, place) for site in names() for page in load(site).pages for place in page.where]


def differences(read: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """A line for each field in which two readings differ."""
    record, wanted = read.get("record", {}), expected.get("record", {})
    pairs = [(part, read.get(part), expected.get(part)) for part in ("verdict", "reason", "links")]
    pairs += [
        (field.name, record.get(field.name), wanted.get(field.name)) for field in dataclasses.fields(ArticleRecord)
    ]
    return [f"{name} differs\n  read:     {got}\n  expected: {want}" for name, got, want in pairs if got != want]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.site}-{case.name}")
def test_a_saved_page_is_read_as_expected(case):
    found = differences(case.read(load(case.site)), case.reading)
    assert not found, f"{case.site}/{case.name}: " + "\n".join(found)


@pytest.mark.parametrize("site", names())
def test_every_saved_page_has_its_expectation_and_every_expectation_its_page(site):
    pages = {path.stem for path in (CASES / site).glob("*.html")}
    assert pages == {path.stem for path in (CASES / site).glob("*.json")}
    assert pages, f"there is no case for {site} in {CASES / site}"


@pytest.mark.parametrize("site", names())
def test_every_version_of_every_page_object_has_a_case(site):
    read_by = {case.reading.get("record", {}).get("parser") for case in cases(site)}
    missing = {page.name for page in load(site).pages} - read_by
    assert not missing, f"{site} has no case in {CASES / site} for {missing}"


@pytest.mark.parametrize("site", names())
def test_the_name_of_a_page_object_starts_with_its_site_and_ends_with_its_date(site):
    for page in load(site).pages:
        assert page.name.startswith(f"{site}."), page.name
        assert page.name.partition("@")[2].replace("-", "").isdecimal(), page.name


def test_the_cases_show_every_field_and_every_kind_of_page():
    records = [case.reading["record"] for case in cases("devdiscourse") if "record" in case.reading]
    shown = {name for record in records for name in record}
    assert shown == {field.name for field in dataclasses.fields(ArticleRecord)}
    assert {record["kind"] for record in records} == set(typing.get_args(PageKind))


def test_the_cases_show_every_verdict():
    verdicts = typing.get_args(typing.get_type_hints(PageReading)["verdict"])
    # What cannot be unpacked is said to be damaged before any page object sees it.
    assert {case.reading["verdict"] for case in cases("devdiscourse")} == set(verdicts) - {"damaged"}


@pytest.mark.parametrize(("site", "page", "place"), PLACES, ids=[f"{page.name}-{place}" for _, page, place in PLACES])
def test_a_broken_selector_makes_a_case_differ(site: str, page: type[ArticlePage], place: str):
    broken = type(page.__name__, (page,), {"where": {**page.where, place: "x-nothing-is-called-so"}})
    whole = load(site)
    pages = [broken if version is page else version for version in whole.pages]
    site_with_broken_page = dataclasses.replace(whole, pages=pages)
    noticed = any(differences(case.read(site_with_broken_page), case.reading) for case in cases(site))
    assert noticed, f"{page.name} reads all cases alike without its selector for {place}: {page.where[place]}"


def test_a_failing_case_names_the_one_field_that_differs():
    case = next(case for case in ALL if case.name == "seed")
    read = case.read(load("devdiscourse"))
    read["record"]["place"] = "Minsk"
    assert [line.splitlines()[0] for line in differences(read, case.reading)] == ["place differs"]
