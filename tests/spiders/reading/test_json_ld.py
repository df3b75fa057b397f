"""JSON-LD gives its values whether it is JSON or not."""

from __future__ import annotations

import time

import pytest

from spiders.reading.json_ld import JsonLdBlock


def block(members: str) -> JsonLdBlock:
    return JsonLdBlock('{"@context": "http://schema.org", "@type": "NewsArticle",\n' + members + "}")


@pytest.mark.parametrize(
    ("members", "valid", "headline"),
    [
        ('"headline": "Plain", "x": 1', True, "Plain"),
        ('"headline": "It&#x27;s &quot;so&quot;"', True, 'It\'s "so"'),
        ('"headline": "Bare below", "description": Text without quotes, and a comma\n', False, "Bare below"),
        ('"description": Text, "with": quotes,\n "headline": "Behind"', False, "Behind"),
        ('"headline": "He said "so" twice", "x": "y"', False, 'He said "so" twice'),
        ('"headline": "He said "so""', False, 'He said "so"'),
        ('"headline": Bare words here,\n"x": "y"', False, "Bare words here"),
        ('"headline": "Trailing comma",', False, "Trailing comma"),
        ('"headline": "Line\nbreak"', True, "Line break"),
        ('"headline": ["First", "Second"]', True, "First"),
        ('"headline": {"@value": "no text"}', True, None),
        ('"other": "x"', True, None),
        ('"headline": "\\ud800 alone\\u0000"', True, "? alone"),
    ],
)
def test_a_headline_is_read_from_what_is_json_and_what_is_not(members, valid, headline):
    found = block(members)
    assert found.is_valid is valid
    assert found.value("headline") == headline
    assert found.is_of_type("NewsArticle", "Article")


def test_the_main_object_is_found_in_lists_and_graphs():
    assert JsonLdBlock('[{"@type": "Event", "name": "x"}]').is_of_type("Event")
    assert JsonLdBlock('{"@graph": [{"@type": ["Thing", "Event"], "name": "x"}]}').value("name") == "x"


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "[" * 100_000, '"x"', "9" * 10_000, "\0"])
def test_anything_else_has_no_values(text):
    found = JsonLdBlock(text)
    assert found.value("headline") is None
    assert not found.is_of_type("NewsArticle")


def test_a_block_made_to_take_long_does_not():
    started = time.perf_counter()
    JsonLdBlock('{"headline": "' * 20_000).value("headline")
    JsonLdBlock('"headline": "' + '" ' * 100_000).value("headline")
    assert time.perf_counter() - started < 5
