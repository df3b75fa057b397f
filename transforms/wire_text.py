"""A story's own text: what is left of a body without the marks that an agency or a desk put on it."""

from __future__ import annotations

import re

from transforms.provenance import dateline_of

_DASH = re.compile(r"[\s:–—-]*")


def own_text(body: str | None) -> str:
    """The body, paragraphs joined by a blank line, without the dateline at its start: the text that is compared."""
    if not body:
        return ""
    dateline = dateline_of(body)
    return _DASH.sub("", body[len(dateline) :], count=1) if dateline else body
