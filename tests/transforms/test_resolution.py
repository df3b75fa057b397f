"""Deciding many texts together gives what the rules give match by match."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from transforms import own_names, places
from transforms.name_tables import name_tables
from transforms.names import NAMED, names
from transforms.resolution import resolve_all


def one_by_one(text):
    """The definition, written out: (start, end, kind, code) of each mention."""
    vocabulary, context, made = names(), places.Context(), []
    matches = vocabulary.matcher.find(text)
    of_senses = [vocabulary.senses[match[0]] for match in matches]
    keys = [vocabulary.patterns[match[0]].upper() for match in matches]
    is_place = [is_place_here(text, match) for match in matches]
    by_comma = {}
    for match, following, key, senses, is_it in zip(
        matches, [*matches, None][1:], keys, of_senses, is_place, strict=True
    ):
        if is_it or senses[0].kind == "clue":
            listen(context, vocabulary.patterns[match[0]], senses)
        if is_it and (code := places.qualified(text, match[2], senses, following, vocabulary)) is not None:
            by_comma[key] = code
    context.decided |= by_comma
    taken = persons(text, matches) - by_comma.keys()
    for match, key, senses, is_it in zip(matches, keys, of_senses, is_place, strict=True):
        if is_it and not (key in taken and places.yields_to_person(senses)):
            code = places.country(text, match, senses, context)
            kind = next((each.kind for each in senses if each.code == code), senses[0].kind)
            made += [(match[1], match[2], kind, code)] if code is not None else []
    located = {each[0] for each in made if each[2] in own_names.INSTEAD}
    free = [(match, senses) for match, senses in zip(matches, of_senses, strict=True) if match[1] not in located]
    named = [(match, each) for match, senses in free for each in senses if each.kind in NAMED]
    made += [(match[1], match[2], each.kind, each.code) for match, each in meant(text, named, context)]
    others = places.counties(text, [each[:2] for each in made], context)
    return sorted([*made, *((start, end, "region", code) for code, start, end in others)])


def is_place_here(text, match):
    """Whether no word around says that it is a person, an organisation or no abbreviation of a place."""
    number, start, end = match
    kind = names().senses[number][0].kind
    if kind in {*NAMED, "clue", "blocked"}:
        return False
    if kind == "abbreviation":
        return not places.is_no_abbreviation(text, start, end)
    if kind == "adjective":
        is_surname = names().patterns[number] in places.SURNAMES and places.is_surname(text, start, end)
        return not (is_surname or places.is_language(text, start, end))
    is_title, is_given = places.person_before(text[max(0, start - places.REACH) : start])
    if is_given or (is_title and kind != "name"):
        return False
    if names().patterns[number] in names().given_names and places.is_given_name(text, start, end):
        return False
    return not (places.is_of_something(text, start, end) or places.is_part_of_name(text, start, end))


def listen(context, pattern, senses):
    if senses[0].kind == "clue":
        context.speaks[senses[0].code] += places.SPEAKS["clue"]
    elif pattern not in names().readings:
        if len({each.code for each in senses}) == 1:
            context.speaks[senses[0].code] += places.SPEAKS.get(senses[0].kind, 0.0)
        named = {(each.code, each.region) for each in senses if each.kind in {"region", "abbreviation"}}
        context.regions |= {each for each in named if each[1]}


def meant(text, named, context):
    """Of organisations, persons and agencies those that are meant, short names decided."""
    in_full = {(each.kind, each.code) for _, each in named if not each.is_short}
    heard = Counter(context.speaks)
    for _, each in named:
        if not each.is_short and (each.kind, each.code) in names().homes:
            heard[names().homes[each.kind, each.code]] += own_names.HOME_SPEAKS
    leading = max(heard, key=heard.get, default=None)
    if leading is None or heard[leading] <= 0 or list(heard.values()).count(heard[leading]) > 1:
        leading = None  # no country is spoken of more than any other

    def is_meant(kind, code):
        if (kind, code) in in_full or (leading is not None and names().homes.get((kind, code)) == leading):
            return True
        return any(cue in text for cue in names().cues.get(code, ()))

    return [(match, each) for match, each in named if not each.is_short or is_meant(each.kind, each.code)]


def persons(text, matches):
    """In capitals, what the text gives to persons."""
    found = {places.surname(names(), match[0]) for match in matches}
    for number, start, _ in matches:
        is_given = places.person_before(text[max(0, start - places.REACH) : start])[1]
        if is_given and names().senses[number][0].kind in {"city", "word"}:
            found.add(names().patterns[number].upper())
    return found


def together(texts):
    tables = name_tables()
    found = resolve_all(texts, names().matcher.find_all(texts))
    rows = zip(found.text, found.start, found.end, found.kind, found.code, strict=True)
    made = [[] for _ in texts]
    for text, start, end, kind, code in rows:
        made[text].append((start, end, tables.kinds[kind], tables.codes[code]))
    return made


AROUND = (
    "Kate |Mr. |Jack |Hillary Clinton|Clinton |Bank of |University of the |in |near | Times| bank| Airlines|"
    " County|, |. "
    "| and |-language|’s|O’Neil |é|Ł |Sheriff |the |of |Orange County|John |\n\n| & Co| Smith"
)
PIECES = st.sampled_from(
    [
        *sorted(names().readings),
        *random.Random(5).sample(names().patterns, 200),
        *"Paris PARIS Texas London Ont. Reading Springfield READING France".split(),
        *"Labour Tories Congress Senate NHS BJP Keir Starmer Santander Toyota WHO health Rubio Republicans".split(),
        *"French English Danes Kate".split(),
        *AROUND.split("|"),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=30).map("".join), min_size=1, max_size=12))
def test_many_texts_together_are_decided_as_each_match_by_itself(texts):
    assert together(texts) == [one_by_one(text) for text in texts]


def test_a_text_is_decided_the_same_among_more_than_fit_together():
    texts = ["Paris, Texas, and Paris again.", "Mr. Chad of Chad.", "", "Troops left Orange County."] * 700
    assert together(texts) == [one_by_one(text) for text in texts[:4]] * 700
