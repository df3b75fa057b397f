"""Wire provenance: the agencies behind a text, who wrote it, and what on the page says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from transforms.agencies import agencies_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.wire_text import Marks

Syndication = Literal["verbatim", "desk", "own", "unknown"]

OWN_KINDS = frozenset({"blog", "opinion", "interview"})

_UNEDITED = re.compile(
    r"\bnot (?:been )?edited\b|\bunedited\b|\bauto[- ]?generated\b|\bsyndicated feed\b|\bunder an arrangement with\b",
    re.IGNORECASE,
)
_INPUTS = re.compile(r"\bwith (?:\w+ ){0,2}inputs?\b|\binputs? from\b", re.IGNORECASE)


class Provenance(NamedTuple):
    """What is known of where one text comes from; `agencies` are those that the witnesses name, the best witness first.

    Evidence is "{witness}: {its words}"; witnesses are byline, prefix, trailer and notice.
    """

    source_agency: str | None
    agencies: tuple[str, ...]
    agency_evidence: tuple[str, ...]
    syndication: Syndication
    syndication_evidence: str | None
    flags: tuple[str, ...]


def provenance_of(bylines: Sequence[str | None], notices: Sequence[str], marks: Marks, *, is_own: bool) -> Provenance:
    """Weighs what the page says of a text's origin.

    Args:
        bylines: the source and the author, as far as the page names them.
        notices: the lines that say who made or edited the text.
        marks: those on the body.
        is_own: the byline is the site's own desk or author.

    The agency is the first that the byline names, else the dateline, else the trailer, else a notice. Syndication:

    * verbatim: a notice or byline says that the text was not edited or comes from a feed, or the agency of the byline
      has left its dateline or trailer on the text, which a desk that rewrites takes off;
    * desk: a notice or byline says that it was written here with inputs of others;
    * own: written here, and no such thing is said; unknown: the page does not say.

    Flags:

    * agencies_disagree: byline, dateline and trailer name agencies, and two of these three have none in common;
    * own_byline_wire_text: the byline is the site's own and names no agency, the dateline or the trailer does.
    """
    dateline = marks.dateline
    witnesses: list[tuple[str, str, tuple[str, ...]]] = [
        *(("byline", words, agencies_of(words)) for words in bylines if words),
        *([("prefix", dateline.text, dateline.agencies)] if dateline else []),
        *([("trailer", " ".join(marks.trailers), marks.trailer_agencies)] if marks.trailers else []),
        *(("notice", words, agencies_of(words)) for words in (*notices, *marks.notices)),
    ]
    naming = [witness for witness in witnesses if witness[2]]
    agencies = tuple(dict.fromkeys(code for _, _, codes in naming for code in codes))
    syndication, evidence = _syndication(bylines, (*notices, *marks.notices), naming, is_own=is_own)
    return Provenance(
        source_agency=agencies[0] if agencies else None,
        agencies=agencies,
        agency_evidence=tuple(dict.fromkeys(f"{witness}: {words}" for witness, words, _ in naming)),
        syndication=syndication,
        syndication_evidence=evidence,
        flags=_flags(naming, is_own=is_own),
    )


def is_own_byline(site: str, kind: str | None, source: str | None, author: str | None) -> bool:
    """Whether the site's own people wrote this: the source names the site, or a blog, opinion or interview its author.

    A site's key is its name in small letters and digits, so that "The Daily Planet Desk" is thedailyplanet's own.
    """
    squeezed = "".join(filter(str.isalnum, (source or "").casefold()))
    return "".join(filter(str.isalnum, site.casefold())) in squeezed or (kind in OWN_KINDS and bool(author))


def _syndication(
    bylines: Sequence[str | None],
    notices: Sequence[str],
    naming: Sequence[tuple[str, str, tuple[str, ...]]],
    *,
    is_own: bool,
) -> tuple[Syndication, str | None]:
    stated = [("notice", words) for words in notices] + [("byline", words) for words in bylines if words]
    for pattern, verdict in ((_UNEDITED, "verbatim"), (_INPUTS, "desk")):
        for witness, words in stated:
            if pattern.search(words):
                return ("verbatim" if verdict == "verbatim" else "desk"), f"{witness}: {words}"
    on_byline = {code for witness, _, codes in naming if witness == "byline" for code in codes}
    for witness, words, codes in naming:
        if witness in {"prefix", "trailer"} and on_byline.intersection(codes):
            return "verbatim", f"{witness}: {words}"
    if is_own:
        return "own", next((f"byline: {words}" for words in bylines if words), None)
    return "unknown", None


def _flags(naming: Sequence[tuple[str, str, tuple[str, ...]]], *, is_own: bool) -> tuple[str, ...]:
    named: dict[str, set[str]] = {}
    for witness, _, codes in naming:
        named.setdefault(witness, set()).update(codes)
    marks = [named[witness] for witness in ("byline", "prefix", "trailer") if witness in named]
    disagree = any(not one & other for position, one in enumerate(marks) for other in marks[position + 1 :])
    is_wire = is_own and "byline" not in named and bool({"prefix", "trailer"} & named.keys())
    return ("agencies_disagree",) * disagree + ("own_byline_wire_text",) * is_wire
