"""The dateline before a story's first sentence: place, date, agency."""

from __future__ import annotations

import datetime
import re
from functools import cache
from typing import NamedTuple

from transforms.agencies import agencies_of, is_ambiguous, mark_agency, spellings

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATE = rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?"
_DATE_PARTS = re.compile(r"(?P<word>[A-Za-z]{3})[a-z]*\.?|(?P<year>\d{4})|(?P<day>\d{1,2})")
#: The place: words in capitals or capitalised, with particles, brackets ("Tokyo [Japan]") and several places.
_PLACE = r"(?P<place>[^\W\d_][^\d(){}:;\n\u2013\u2014]{1,59}?(?: \([^\W\d_][^()\d\n]{1,29}\)(?: \[[^]\d\n]{2,30}\])?)?)"
_MARK = r"(?:\((?P<agency>[^()\n]{2,40})\)|/ ?(?P<slashed>[A-Za-z][A-Za-z -]{2,24}?) ?/)"
_WITH_BOTH = re.compile(rf"{_PLACE}[,:]? (?P<date>{_DATE}),? ?{_MARK}")
_WITH_AGENCY = re.compile(rf"{_PLACE}[,:]?(?:--?| )?{_MARK}")
_WITH_DATE = re.compile(rf"{_PLACE},? (?P<date>{_DATE})(?= ?(?:--?|[\u2013\u2014:])(?:\s|$))")
#: Says in a fraction of the time that there is no dateline.
_HINT = re.compile(rf"[(/]|\d {_MONTH}|{_MONTH} \d|^[A-Z][\w ]{{1,24}}?(?: (?:--?|[\u2013\u2014])|:) ")
_LONGEST = 160
_DASH = re.compile(r"\s*(?:--?|[\u2013\u2014:])?[\s:\u2013\u2014-]*")
_DASH_FOLLOWS = re.compile(r" ?(?:--?|[\u2013\u2014])\s")


class Dateline(NamedTuple):
    """A dateline: the words as they stand, the place and the date in them (None where there is none), its agencies."""

    text: str
    place: str | None
    date: str | None
    agencies: tuple[str, ...]
    #: Where the story begins behind it and its dash.
    end: int


def read_dateline(body: str | None) -> Dateline | None:
    """The dateline at the start of a body: "New Delhi, Dec 12 (PTI)", "LONDON (Reuters) -", "(AFP) -".

    It has an agency of the vocabulary as its mark, or a date with a dash or colon behind it. In brackets behind a place
    without a date, an abbreviation that also means something else is an agency only if the place is in capitals and a
    dash follows: "WASHINGTON (AP) \u2014", but not "Amaravati (AP):".
    """
    head = (body or "")[:_LONGEST].partition("\n")[0]
    if not _HINT.search(head):
        return None
    for pattern in (_WITH_BOTH, _WITH_AGENCY):
        match = pattern.match(head)
        if match is not None and _is_place(match["place"]) and (named := _mark_agencies(match)):
            return _made(head, match, named)
    match = _WITH_DATE.match(head)
    if match is not None and _is_place(match["place"]):
        return _made(head, match, ())
    return _bare_mark(head)


def dateline_of(paragraph: str | None) -> str | None:
    """The words of the dateline at the start of a story's first paragraph, without the dash behind it."""
    dateline = read_dateline(paragraph)
    return dateline.text if dateline else None


def dateline_date(text: str | None, published: datetime.date | None) -> datetime.date | None:
    """The day that the date of a dateline means, in the year it states, else in the one nearest to publication."""
    parts = _parts(text)
    if parts is None:
        return None
    year, month, day = parts
    if year is None and published is None:
        return None
    years = [year] if year else [published.year + step for step in (-1, 0, 1)] if published else []
    days = [found for each in years if (found := _day(each, month, day)) is not None]
    return min(days, key=lambda each: abs(each - published) if published else each, default=None)


def _parts(text: str | None) -> tuple[int | None, int, int] | None:
    found = {match.lastgroup: match[match.lastgroup or 0] for match in _DATE_PARTS.finditer(text or "")}
    month = found.get("word", "").lower()
    if month not in _MONTHS or "day" not in found:
        return None
    return int(found["year"]) if "year" in found else None, _MONTHS.index(month) + 1, int(found["day"])


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _made(head: str, match: re.Match[str], named: tuple[str, ...]) -> Dateline:
    groups = match.groupdict()
    dash = _DASH.match(head, match.end())
    return Dateline(
        match[0], groups["place"].strip(" ,"), groups.get("date"), named, dash.end() if dash else match.end()
    )


def _mark_agencies(match: re.Match[str]) -> tuple[str, ...]:
    mark = match["agency"] or match["slashed"]
    if not is_ambiguous(mark):
        return agencies_of(mark)
    is_certain = "date" in match.re.groupindex or (
        match["place"].isupper() and _DASH_FOLLOWS.match(match.string, match.end()) is not None
    )
    code = mark_agency(mark)
    return (code,) if is_certain and code else ()


def _bare_mark(head: str) -> Dateline | None:
    """An agency's name alone: "(Reuters) - The", "AFP - The", "PTI: The"."""
    match = _bare().match(head)
    if match is None:
        return None
    mark = match["bracketed"] or match["plain"]
    code = mark_agency(mark)
    return Dateline(match["mark"], None, None, (code,), match.end()) if code else None


@cache
def _bare() -> re.Pattern[str]:
    names = "|".join(map(re.escape, spellings()))
    return re.compile(
        rf"(?P<mark>\((?P<bracketed>{names})\)|(?P<plain>{names}))"
        r"(?: ?(?:--?|[\u2013\u2014])| ?:)\s+(?=[^\W\d_a-z]|[\"\u201c])"
    )


def _is_place(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return 0 < len(words) <= 8 and sum(word[0].isupper() or not word.isascii() for word in words) * 2 > len(words)
