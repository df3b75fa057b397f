"""The picture of an article and what is said under it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from spiders.reading.lists import is_inside
from spiders.reading.text import attribute, is_hidden, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

    from spiders.reading.document import Document

#: What stands in for a picture until a script loads it, whatever the site.
_STANDS_IN = re.compile(r"^data:|/(?:transparent|placeholder|blank|spacer|pixel|loading)\b[^/]*$", re.IGNORECASE)
_MOST_FIGURES = 1_000
#: What is around the main content.
_AROUND = frozenset({"aside", "footer", "header", "nav"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's absolute address and the text under it."""

    url: str
    caption: str | None


def read_picture(
    document: Document, figures: Iterable[LexborNode], image: str, caption: str, placeholders: re.Pattern[str]
) -> Picture | None:
    """The picture of the first figure that is shown and has one; `src` before the `data-src` of lazy loading.

    Args:
        document: the page.
        figures: the figures in question.
        image: the selector of the image in a figure.
        caption: the selector of the caption in a figure.
        placeholders: matches the addresses of the site's own placeholders, which are no pictures.
    """
    for figure in islice(figures, _MOST_FIGURES):
        shown = figure.css_first(image)
        if shown is None or is_hidden(figure) or is_hidden(shown):
            continue
        for source in (attribute(shown, "src"), attribute(shown, "data-src")):
            if source and not _STANDS_IN.search(source) and not placeholders.search(source):
                return Picture(document.absolute(source), text_of(figure.css_first(caption)))
    return None


def figures_around(document: Document, text: LexborNode | None, where: str, where_text: str) -> list[LexborNode]:
    """The figures of the main content that stand ahead of the text or in it; all of them where there is no text.

    Args:
        document: the page.
        text: the element of the text.
        where: the selector of figures.
        where_text: the selector `text` was found with.
    """
    ahead = document.all(where)
    if text is not None and ahead:
        nodes = document.all(f"{where}, {where_text}")
        ahead = list(takewhile(lambda node: node.mem_id != text.mem_id, nodes))
    figures = [node for node in ahead[:_MOST_FIGURES] if not is_inside(node, _AROUND, below="body")]
    return figures + (text.css(where) if text is not None else [])
