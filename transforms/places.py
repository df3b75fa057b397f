"""Which country each place name of a text stands for, decided from the words around it and the rest of the text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from transforms.names import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.matching import Match
    from transforms.names import Kind, Names, Reading, Sense


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found: what it stands for, where, and as what kind of name."""

    code: str
    start: int
    end: int
    kind: Kind


_NAMED = frozenset({"organisation", "person", "agency"})
#: How much a mention speaks for its country when other names have to be decided.
_SPEAKS = {"name": 2.0, "adjective": 1.5, "region": 1.5, "abbreviation": 2.0, "clue": 0.5}
#: Powers of ten of inhabitants that a country spoken of elsewhere in the text is worth, and a region.
_COUNTRY_BONUS = 2.0
_REGION_BONUS = 1.0
#: A city without anything that speaks for its country needs that many inhabitants (as a power of ten).
_ALONE_FROM = 5.0
#: Likewise for cities called like people.
_NAMESAKE_FROM = 7.0

#: From that weight on a city is known by its name alone, whatever stands beside it.
_KNOWN_FROM = 5.7

_HONORIFIC = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Sgt|Lt|Col|Gen|Capt|Prof|Rev|St|Sir|Lord|Lady|Judge|Justice|Officer|Detective|"
    r"Deputy|Coach|Miss|Queen|Prince|Princess|Saint|Pastor)\.? |\b[A-Z]\. )$"
)
_LAST_WORD = re.compile(r"([A-Z][\w'’]+) $")
_NEXT_WORD = re.compile(r" ([A-Z][\w'’-]+)")
_OF = re.compile(
    r"\b(?:Bank|University|Institute|College|Federation|Association|Society|Times|Church|Diocese|Archdiocese|Order|"
    r"Museum|Journal|Duke|Duchess|Earl|Battle|Treaty|Press Trust|Merchant|Company|Corporation) (?:of|for) (?:the )?$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r" (?:Times|Post|Tribune|Herald|Daily|Gazette|Journal|Chronicle|Observer|Globe|Inquirer|Star|Sun|Mirror|Today|"
    r"Airlines?|Airways|Bank|Bancorp|Bancshares|FC|United|Rovers|Wanderers|Motors|Insurance|Steel|Petroleum|"
    r"Yankees|Mets|Lakers|Knicks|Cowboys|Saints|Eagles|Giants|Jets|Bears|Packers|Vikings|Rangers|Devils|"
    r"Red Sox|White Sox|Cubs|Dodgers|Braves|Falcons|Hawks|Bulls|Pistons|Tigers|Lions|Ravens|Steelers|Pirates|"
    r"Inc|Corp|Co|Ltd|Plc|LLC|Group|Holdings|& )\b",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"(?:-| )(?:language|speaking|speakers?)\b")
_LOCAL = re.compile(
    r" (?:County|Parish|Township|Borough|City|Town|Village|Police|Fire|High|Middle|Elementary|School|Schools|Hospital|"
    r"Airport|Mayor|Council|Park|Street|Road|Avenue|Public|Community|Area|Island|Harbor|Harbour|Beach|State)\b"
)
_DIRECTIONS = frozenset(
    "In At Near From To Of The North South East West Northern Southern Eastern Western Central Downtown Greater Upper "
    "Lower For And On By With As A".split()
)
_IN = re.compile(r"\b(?:in|at|near|from|to|of|outside|around|across|for) $", re.IGNORECASE)
_COUNTY = re.compile(r" (?:County|Parish|Township|Borough)\b")
_UNKNOWN_COUNTY = re.compile(r"\b([A-Z][a-z]+(?: [A-Z][a-z]+)?) (?:County|Parish)\b(?! [Cc]hurch)")
_COUNTIES_OUTSIDE_US = ("GB", "IE", "KE", "LR", "HR", "HU", "RO", "EE", "NO", "SE", "CN", "TW")


@dataclass(slots=True)
class _Context:
    """What the text says about countries where it is clear, and what was decided so far."""

    speaks: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    regions: set[tuple[str, str]] = field(default_factory=set)
    decided: dict[str, str | None] = field(default_factory=dict)


def resolve(text: str, found: Sequence[Match]) -> list[Mention]:
    """The mentions among the matches of `names().matcher`, in order: places by country, the rest by their code."""
    vocabulary = names()
    context = _Context()
    places = []
    mentions = []
    for position, match in enumerate(found):
        senses = vocabulary.senses[match[0]]
        kind = senses[0].kind
        if kind in _NAMED:
            mentions += [Mention(each.code, match[1], match[2], each.kind) for each in senses if each.kind in _NAMED]
        elif kind == "clue":
            context.speaks[senses[0].code] += _SPEAKS["clue"]
        elif kind != "blocked" and _is_place(text, match, senses, vocabulary):
            following = found[position + 1] if position + 1 < len(found) else None
            key = vocabulary.patterns[match[0]].upper()
            places.append((key, match, senses))
            _listen(context, vocabulary, match, senses)
            code = _qualified(text, match[2], senses, following, vocabulary)
            if code is not None:
                context.decided[key] = code
    for key, match, senses in places:
        code = _country(text, key, match, senses, context)
        if code is not None:
            kind = next((each.kind for each in senses if each.code == code), senses[0].kind)
            mentions.append(Mention(code, match[1], match[2], kind))
    mentions += _counties(text, mentions, context)
    return sorted(mentions, key=lambda each: (each.start, each.end, each.kind, each.code))


def _listen(context: _Context, vocabulary: Names, match: Match, senses: Sequence[Sense]) -> None:
    """Takes note of a name that is clear by itself."""
    first = senses[0]
    if vocabulary.patterns[match[0]] in vocabulary.readings:
        return
    if len({each.code for each in senses}) == 1 and first.kind in _SPEAKS:
        context.speaks[first.code] += _SPEAKS[first.kind]
    for each in senses:
        if each.region and each.kind in {"region", "abbreviation"}:
            context.regions.add((each.code, each.region))


def _is_place(text: str, match: Match, senses: Sequence[Sense], vocabulary: Names) -> bool:
    """False where the words around say that it is a person, an organisation or no abbreviation of a place."""
    _, start, end = match
    before, after = text[max(0, start - 24) : start], text[end : end + 16]
    kind = senses[0].kind
    if kind == "abbreviation":
        return bool(re.search(r"[A-Z][\w'’.-]+, $", before))
    if kind == "adjective":
        return not _LANGUAGE.match(after)
    if _HONORIFIC.search(before) and kind != "name":
        return False
    last = _LAST_WORD.search(before)
    if last and last[1] in vocabulary.given_names and last[1] not in {"Virginia", "Georgia"}:
        return False
    name = vocabulary.patterns[match[0]]
    if name in vocabulary.given_names:
        following = _NEXT_WORD.match(after)
        if following and not _COUNTY.match(after):
            return False
    return not (_OF.search(before) or _TAIL.match(after))


def _country(text: str, key: str, match: Match, senses: Sequence[Sense], context: _Context) -> str | None:
    """The country of a place name, the same wherever the text has that name; None where that is not sure."""
    if key not in context.decided:
        vocabulary = names()
        readings = vocabulary.readings.get(vocabulary.patterns[match[0]])
        if readings is not None:
            context.decided[key] = _read(text, readings, context)
        else:
            is_namesake = key.capitalize() in vocabulary.given_names
            code = _likeliest(text, match, senses, context, is_namesake=is_namesake)
            if code is None:
                return None  # another mention may stand where it is clearer
            context.decided[key] = code
    return context.decided[key]


def _qualified(text: str, end: int, senses: Sequence[Sense], following: Match | None, vocabulary: Names) -> str | None:
    """The country that the name right behind a comma gives, as in "Paris, Texas"."""
    if following is None or not (end < following[1] <= end + 2) or not text.startswith(", ", end):
        return None
    if senses[0].kind not in {"city", "word", "region"} and senses[0].kind != "name":
        return None
    qualifiers = vocabulary.senses[following[0]]
    codes = {each.code for each in senses}
    if senses[0].kind == "name" and len(codes) == 1:
        codes_ok = any(each.kind in {"region", "abbreviation"} for each in qualifiers)
        return next((each.code for each in qualifiers if each.kind == "abbreviation"), None) if codes_ok else None
    for each in qualifiers:
        if each.kind in {"region", "abbreviation"} or (each.kind == "name" and each.code in codes):
            return each.code if senses[0].kind != "region" or each.code in codes else None
    return None


def _read(text: str, readings: Sequence[Reading], context: _Context) -> str | None:
    """The best of the ways to read an ambiguous name: what speaks for it, its cues in the text and its prior."""
    best, best_score = None, -1.0
    for reading in readings:
        score = reading.prior + min(3.0, sum(cue in text for cue in reading.cues))
        score += min(1.5, context.speaks.get(reading.code, 0.0) / 2)
        if score > best_score:
            best, best_score = reading.code, score
    return None if best == "other" else best


def _likeliest(text: str, match: Match, senses: Sequence[Sense], context: _Context, *, is_namesake: bool) -> str | None:
    """The likeliest of the places of that name; None if none is likely enough."""
    _, start, end = match
    best, best_score, has_support = None, -1.0, False
    for sense in senses:
        if sense.kind in _NAMED or sense.kind in {"clue", "blocked"}:
            continue
        support = min(1.0, context.speaks.get(sense.code, 0.0)) * _COUNTRY_BONUS
        if sense.region and (sense.code, sense.region) in context.regions:
            support += _REGION_BONUS
        if sense.weight + support > best_score:
            best, best_score, has_support = sense, sense.weight + support, support >= 1.0
    if best is None:
        return None
    if best.kind == "word":
        is_near = bool(_IN.search(text[max(0, start - 10) : start]))
        return best.code if is_near and (has_support or best.weight > 6) else None
    if best.kind == "city" and best.weight < _KNOWN_FROM and _is_within_name(text, start, end):
        return None
    needed = _NAMESAKE_FROM if is_namesake else _ALONE_FROM
    return best.code if has_support or best.weight >= needed or best.kind in {"name", "adjective", "region"} else None


def _is_within_name(text: str, start: int, end: int) -> bool:
    """Whether other capitalised words stand right beside, so that this is likelier part of a longer name."""
    if _LOCAL.match(text, end):
        return False
    last = _LAST_WORD.search(text, max(0, start - 24), start)
    return bool(_NEXT_WORD.match(text, end)) or (last is not None and last[1] not in _DIRECTIONS)


def _counties(text: str, mentions: Sequence[Mention], context: _Context) -> list[Mention]:
    """Counties that no vocabulary lists: of the United States, unless more is said of another country that has them."""
    if "County" not in text and "Parish" not in text:
        return []
    taken = [(each.start, each.end) for each in mentions]
    others = [code for code in _COUNTIES_OUTSIDE_US if context.speaks.get(code, 0) > context.speaks.get("US", 0)]
    code = max(others, key=lambda each: context.speaks[each], default="US")
    return [
        Mention(code, found.start(), found.end(), "region")
        for found in _UNKNOWN_COUNTY.finditer(text)
        if not any(start < found.end() and found.start() < end for start, end in taken)
    ]
