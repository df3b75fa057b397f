"""Reading RSS and Atom feeds for the article addresses in them."""

from __future__ import annotations

import feedparser


def read_feed_links(body: bytes, url: str, content_type: str | None) -> tuple[list[str], str | None]:
    """The entry links of a feed in its order, and what was wrong with it (None: nothing).

    A feed that is not well-formed gives what could be read and the problem; see
    https://feedparser.readthedocs.io/en/latest/bozo.html
    """
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    parsed = feedparser.parse(body, response_headers=headers)
    links = [entry.link for entry in parsed.entries if entry.get("link")]
    problem = parsed.get("bozo_exception") if parsed.bozo else None
    if isinstance(problem, feedparser.NonXMLContentType):
        problem = None  # a feed all the same
    return links, str(problem) if problem else None
