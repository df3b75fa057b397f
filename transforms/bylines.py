"""Bylines split into the people they name."""

from __future__ import annotations

import re

from transforms.agencies import agencies_of

_LEAD = re.compile(
    r"^\W*(?:(?:written|reported|reporting|edited|compiled|posted|story|text|words?)\s+)?by\s*:?\s+", re.IGNORECASE
)
_DIVIDER = re.compile(r"\s*(?:[;|/\u2022\u00b7]|,\s*(?:and|&)\s|,|\s(?:and|&|with|und|et|y)\s)\s*", re.IGNORECASE)
#: Of mail looked for from the start of a word only: from every letter of a long one it would take seconds.
_ADDRESS = re.compile(r"(?<!\S)\S+@\S+|@\w+|https?://\S+")
#: What is no person, or says of one what he is or where.
_NO_PERSON = re.compile(
    r"\b(?:desk|staff|bureau|team|agenc(?:y|ies)|correspondents?|editors?|editorial|reporters?|news(?:room|wire|paper)?"
    r"|service|network|online|web|media|press|admin|inputs?|columnist|writer|photographer|director|professor|chief"
    r"|department|university|institute|ministry|guest|contributors?|updated|published|ist|gmt)\b|\d|\.(?:com|in|org)\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|PhD|Ph\.D|MD|M\.D)\.?")
_REPORTERS = re.compile(r"(?:Reporting|Writing|Reported|Written)(?: and \w+)? by ([^;()\[\]\n]+)", re.IGNORECASE)
_WHERE = re.compile(r"\s+(?:in|at|from)\s+[A-Z].*$")


def people_of(byline: str | None, *, site: str = "") -> list[str]:
    """The people that a byline names, in its order, each once: "By LOIS LANE and Clark Kent, PTI" has two.

    Left out are agencies, the site, desks and other parts that name no person. A name has at least two words, or is all
    that the byline has.
    """
    if not byline:
        return []
    text = _ADDRESS.sub(" ", _LEAD.sub("", byline)).strip()
    parts = [part.strip(" .()[]\u2013\u2014-") for part in _joined_suffixes(_DIVIDER.split(text))]
    named = [_LEAD.sub("", part) for part in parts if part]
    people = [part for part in named if _is_person(part, site) and (" " in part or len(named) == 1)]
    return list(dict.fromkeys(people))


def reporters_of(credit_lines: tuple[str, ...]) -> list[str]:
    """The people whom credits under a text name as reporting or writing, without the places after their names."""
    found = [match[1] for each in credit_lines for match in _REPORTERS.finditer(each)]
    people = [person for names in found for person in people_of(_without_places(names))]
    return list(dict.fromkeys(people))


def _without_places(names: str) -> str:
    parts = _DIVIDER.split(names)
    return "; ".join(_WHERE.sub("", part) for part in parts)


def _joined_suffixes(parts: list[str]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if joined and _SUFFIX.fullmatch(part.strip()):
            joined[-1] += f", {part.strip()}"
        else:
            joined.append(part)
    return joined


def _is_person(part: str, site: str) -> bool:
    squeezed = "".join(filter(str.isalnum, part.casefold()))
    is_site = bool(site) and "".join(filter(str.isalnum, site.casefold())) in squeezed
    return (
        part[:1].isalpha()
        and not part[:1].islower()
        and len(part.split()) <= 6
        and not is_site
        and not _NO_PERSON.search(part)
        and not agencies_of(part)
    )
