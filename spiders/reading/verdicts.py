"""What a page that is no article is: one that only says the article is not there, or one that keeps readers out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.reading.text import text_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from spiders.reading.document import Document

_NOT_THERE = re.compile(
    r"\bnot found\b|\bno such (?:page|article|story|post)\b"
    r"|\b(?:page|article|story|post|content|file|resource|link|news|address)\b.{0,60}?"
    r"(?:(?:not|n['\u2019]t) (?:be )?(?:found|there|here|available|exist)|no (?:longer|more)\b|unavailable|withdrawn"
    r"|(?:has been|was) (?:removed|deleted|moved|taken down)|has (?:moved|expired)|is (?:gone|missing))"
    r"|\b(?:404|410)\b.{0,20}(?:error|gone)|(?:error|status|code)\W{0,3}(?:404|410)\b|^\W*(?:404|410)\W*$"
    r"|(?:can(?:not|['\u2019]t)|could(?: not|n['\u2019]t)) find (?:the|that|this|what)\b"
    r"|nothing (?:was )?(?:found )?here\b",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"^\W*(?:oops\W|error\b|an? (?:unexpected )?error\b|something went wrong|sorry, (?:an|something|there)|"
    r"server error|we(?:'re|\u2019re| are) sorry)|an error (?:has )?occurred",
    re.IGNORECASE,
)
_ERROR_ADDRESS = re.compile(
    r"/(?:error|errors|404|not-?found|page-?not-?found)(?:[/.?]|$)|aspxerrorpath=", re.IGNORECASE
)
_GATE = re.compile(
    r"just a moment|attention required|access (?:to this page )?(?:has been )?denied|are you (?:a )?(?:human|robot)|"
    r"captcha|"
    r"verify(?:ing)? (?:that )?you(?:'re| are)|checking your browser|security check|before you continue|"
    r"we value your privacy|(?:cookie|privacy) (?:consent|settings|preferences|choices)|\bconsent\b|"
    r"enable (?:javascript|cookies)|unusual traffic|request blocked|too many requests|one more step",
    re.IGNORECASE,
)
#: Links are the headlines of other articles, whatever they say.
_SPEAKING = "h1, h2, h3, h4, p"
_SPEAKING_AT_MOST = 12
_LOOKED_AT = 300
_SHORT = 400
#: A link is at most so many elements around the headline it holds.
_LINK_REACH = 8


def says_missing(document: Document) -> bool:
    """Whether the page itself says that what was asked for is not there, or is an error page the site led us to.

    Only meaningful for a page no page object knows. Looked at: its address, its title, and its first headings and
    short paragraphs that are not links.
    """
    if _ERROR_ADDRESS.search(document.url):
        return True
    said = _what_it_says(document)
    return any(_NOT_THERE.search(text) or _ERROR.search(text) for text in said)


def keeps_out(document: Document) -> str | None:
    """The words by which a page shows itself as a consent, challenge or access-denied page; None if it does not."""
    for text in _what_it_says(document):
        if found := _GATE.search(text):
            return found.group()
    if document.first("form[action*=captcha], form[action*=consent], #challenge-form, .g-recaptcha, .h-captcha"):
        return "challenge form"
    return None


def _what_it_says(document: Document) -> list[str]:
    said = [(document.title or "")[:_SHORT]]
    for node in document.all(_SPEAKING)[:_LOOKED_AT]:
        if len(said) > _SPEAKING_AT_MOST:
            break
        if not _is_of_a_link(node) and (text := text_of(node)) and len(text) <= _SHORT:
            said.append(text)
    return said


def _is_of_a_link(node: LexborNode) -> bool:
    around: LexborNode | None = node
    for _ in range(_LINK_REACH):
        if around is None:
            break
        if around.tag == "a":
            return True
        around = around.parent
    return node.css_first("a") is not None
