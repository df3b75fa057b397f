"""A story's own text: what is left of a body without the marks that an agency or a desk put on it."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from transforms.agencies import is_ambiguous, mark_agency, spellings
from transforms.datelines import Dateline, read_dateline

#: A mark or a notice is short; a longer paragraph is part of the story.
_LONGEST_NOTICE = 420
_LONGEST_TRAILER = 160
_MOST_MARKS = 8

_NOTICE = re.compile(
    r"""[\s(\[*_-]*(?:disclaimer\s*:?[\s(]*)?(?:note\s*:\s*)?(?:
      (?:with|contains)\ (?:\w+\ ){0,2}inputs?(?:\ (?:from|by)\b|[\s.)\]]*$) | (?:\w+\ )?inputs?\ (?:from|by)\b
    | (?:only|barring|except(?:\ for)?)\ the\ headline
    | this\ is\ an?\ (?:unedited|auto|syndicated|agency|press\ release)
    | (?:this|the)\ (?:above\ )?(?:story|article|report|copy|content|news|post|item|press\ release|text)\b[^\n]{0,120}\b
      (?:not\ (?:been\ )?(?:\w+\ )?(?:edited|modified|verified|created)|auto[- ]?generated|syndicated|automated
        |without\ (?:any\ )?(?:modifications?|editing|edits)|under\ an\ arrangement|(?:provided|distributed|issued)\ by
        |published\ from|sourced\ from|(?:first|originally)\ (?:appeared|published))
    | (?:the\ )?above\ press\ release\b
    | our\ standards:\ the\ thomson\ reuters
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CREDIT_WORDS = (
    r"(?:Additional [Rr]eporting|Reporting|Writing|Editing|Compiled|Translation|Translated|Written|Edited|Reported)"
    r"(?: and \w+)? by\b"
)
_CREDITS = re.compile(rf"[(\[]\s*{_CREDIT_WORDS}[^()]*[)\]]|{_CREDIT_WORDS}[^.]{{2,60}}(?:[;.][^.]*)?\.?")
_END_MARK = re.compile(
    r"(?:#\s?){3}|-+\s?(?:30|0|ends?|END|Ends?)\s?-+|ENDS\.?|SOURCE:? [^\n]{2,80}|View original content\b.*"
)


class Marks(NamedTuple):
    """The marks on a body, and where between them the story's own text stands (`body[start:end]`)."""

    dateline: Dateline | None
    trailers: tuple[str, ...]
    trailer_agencies: tuple[str, ...]
    credits: tuple[str, ...]
    notices: tuple[str, ...]
    start: int
    end: int


class _Tail(NamedTuple):
    kind: str
    start: int
    text: str
    agency: str | None = None


def own_text(body: str | None) -> str:
    """The body, paragraphs joined by a blank line, without the marks at its ends: the text that is compared.

    What goes: the dateline; behind the story the agency's sign-off ("PTI ABC DEF", "(ANI)", "-- Reuters"), credits
    ("(Reporting by \u2026; Editing by \u2026)"), notices ("(With inputs from agencies.)") and end marks ("###").
    """
    if not body:
        return ""
    marks = read_marks(body)
    return body[marks.start : marks.end]


def read_marks(body: str) -> Marks:
    """The marks on a body, from outside to inside; those in the middle of a story are part of it."""
    dateline = read_dateline(body)
    start = dateline.end if dateline else 0
    end = len(body)
    tails: list[_Tail] = []
    while len(tails) < _MOST_MARKS and (tail := _last_mark(body, start, end)) is not None:
        tails.append(tail)
        end = tail.start
    return Marks(
        dateline,
        tuple(tail.text for tail in tails if tail.kind == "trailer"),
        tuple(dict.fromkeys(tail.agency for tail in tails if tail.agency)),
        tuple(tail.text for tail in tails if tail.kind == "credits"),
        tuple(tail.text for tail in tails if tail.kind == "notice"),
        min(start, end),
        end,
    )


def is_notice(paragraph: str) -> bool:
    """Whether a whole paragraph says who made or edited the text, and nothing of the story."""
    return len(paragraph) <= _LONGEST_NOTICE and _NOTICE.match(paragraph) is not None


def _last_mark(body: str, start: int, end: int) -> _Tail | None:
    """The mark that a body ends with between two places, with where the text before it ends."""
    if end <= start:
        return None
    gap = body.rfind("\n\n", start, end)
    first = start if gap < 0 else gap + 2
    before = start if gap < 0 else len(body[start:gap].rstrip()) + start
    last = body[first:end] if end - first <= _LONGEST_NOTICE else ""
    if last:
        if _NOTICE.match(last):
            return _Tail("notice", before, last)
        if _CREDITS.fullmatch(last):
            return _Tail("credits", before, last)
        if _END_MARK.fullmatch(last):
            return _Tail("end", before, last)
    return _trailer(body, max(first, end - _LONGEST_NOTICE), end, before if last else None)


def _trailer(body: str, first: int, end: int, before: int | None) -> _Tail | None:
    """An agency's sign-off or credits at the end of a paragraph, or as a paragraph."""
    final = body[end - 1]
    if final == ")" and (aside := _closing_aside(body, first, end)) is not None:
        return aside
    if final in '."\u201d':
        return None
    from_ = max(first, end - _LONGEST_TRAILER)
    match = _sign_off().search(body, from_, end)
    if match is None or (match.start() > first and match.start() == from_):
        return None
    is_whole = match.start() == first
    is_marked = match["open"] or match["codes"]
    if not is_whole and not is_marked and is_ambiguous(match["agency"]):
        return None
    start = before if is_whole and before is not None else match.start()
    return _Tail("trailer", start, match[0].strip(), mark_agency(match["agency"]))


def _closing_aside(body: str, first: int, end: int) -> _Tail | None:
    """Credits or a notice in brackets at the end of a paragraph."""
    opening = body.rfind("(", first, end)
    if opening < 0:
        return None
    aside = body[opening:end]
    start = len(body[first:opening].rstrip()) + first
    if _CREDITS.fullmatch(aside):
        return _Tail("credits", start, aside)
    return _Tail("notice", start, aside) if _NOTICE.match(aside) else None


@cache
def _sign_off() -> re.Pattern[str]:
    names = "|".join(map(re.escape, spellings()))
    codes = r"(?P<codes>(?:[ /](?:[A-Z]{2,5}|[a-z]{2,5}(?:[/-][a-z]{2,5}){0,3})){1,6})?"
    begin = r"(?:(?<=\n\n)|\A|(?<=[.!?\"'\u201d\u2019)\]])\s*)"
    return re.compile(rf"{begin}(?P<open>[(\[]|--?|[\u2013\u2014])?\s*(?P<agency>{names}){codes}\s*[)\]]?\.?$")
