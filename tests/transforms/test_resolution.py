"""Deciding many texts together gives what the rules give match by match."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from transforms import places
from transforms.name_tables import name_tables
from transforms.names import NAMED, names
from transforms.resolution import resolve_all


def one_by_one(text):
    """The definition, written out: (start, end, kind, code) of each mention."""
    vocabulary, context, found, made = names(), places.Context(), [], []
    matches = vocabulary.matcher.find(text)
    for position, match in enumerate(matches):
        senses = vocabulary.senses[match[0]]
        kind, pattern = senses[0].kind, vocabulary.patterns[match[0]]
        if kind in NAMED:
            made += [(match[1], match[2], each.kind, each.code) for each in senses if each.kind in NAMED]
        elif kind == "clue":
            context.speaks[senses[0].code] += places.SPEAKS["clue"]
        elif kind != "blocked" and places.is_place(text, match, senses, vocabulary):
            found.append((match, senses))
            if pattern not in vocabulary.readings:
                if len({each.code for each in senses}) == 1:
                    context.speaks[senses[0].code] += places.SPEAKS.get(kind, 0.0)
                named = {(each.code, each.region) for each in senses if each.kind in {"region", "abbreviation"}}
                context.regions |= {each for each in named if each[1]}
            following = matches[position + 1] if position + 1 < len(matches) else None
            code = places.qualified(text, match[2], senses, following, vocabulary)
            if code is not None:
                context.decided[pattern.upper()] = code
    for match, senses in found:
        code = places.country(text, match, senses, context)
        if code is not None:
            made.append((match[1], match[2], next((e.kind for e in senses if e.code == code), senses[0].kind), code))
    taken = [each[:2] for each in made]
    made += [(start, end, "region", code) for code, start, end in places.counties(text, taken, context)]
    return sorted(made)


def together(texts):
    tables = name_tables()
    found = resolve_all(texts, names().matcher.find_all(texts))
    rows = zip(found.text, found.start, found.end, found.kind, found.code, strict=True)
    made = [[] for _ in texts]
    for text, start, end, kind, code in rows:
        made[text].append((start, end, tables.kinds[kind], tables.codes[code]))
    return made


PIECES = st.sampled_from(
    [
        *sorted(names().readings),
        *random.Random(5).sample(names().patterns, 200),
        *"Paris PARIS Texas London Ont. Reading Springfield READING France".split(),
        *"Mr. |Jack |Bank of |University of the |in |near | Times| bank| Airlines| County|, |. | and |-language".split(
            "|"
        ),
        *"’s|O’Neil |é|Ł |Sheriff |the |of |Orange County|John |\n\n| & Co| Smith".split("|"),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=30).map("".join), min_size=1, max_size=12))
def test_many_texts_together_are_decided_as_each_match_by_itself(texts):
    assert together(texts) == [one_by_one(text) for text in texts]


def test_a_text_is_decided_the_same_among_more_than_fit_together():
    texts = ["Paris, Texas, and Paris again.", "Mr. Chad of Chad.", "", "Troops left Orange County."] * 700
    assert together(texts) == [one_by_one(text) for text in texts[:4]] * 700
