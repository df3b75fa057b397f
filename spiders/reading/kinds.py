"""The words by which sites name the kinds of their pages, in breadcrumbs, badges and sections."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.records import PageKind

#: In lower case, without blanks and hyphens.
_KINDS: Mapping[str, PageKind] = {
    "news": "news", "article": "news",
    "blog": "blog", "blogs": "blog", "opinion": "opinion", "opinions": "opinion",
    "interview": "interview", "interviews": "interview",
    "liveblog": "liveblog", "liveblogs": "liveblog", "livediscourse": "liveblog", "live": "liveblog",
    "event": "event", "events": "event", "video": "video", "videos": "video",
    "pressrelease": "press_release", "pressreleases": "press_release",
}  # fmt: skip


def kind_named(words: str) -> PageKind | None:
    """The kind that words such as "Live Blog" or "press-release" stand for, None if they are not known."""
    return _KINDS.get(re.sub(r"[\s-]", "", words).lower())
