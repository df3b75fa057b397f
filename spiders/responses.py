"""What the callbacks of a crawl take from Scrapy's responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from spiders.land_page import Page
from spiders.middlewares import content_encoding

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from spiders.landing import Fetch


def page_of(response: Response) -> Page:
    """The answer as the reader takes it."""
    content_type = response.headers.get(b"Content-Type")
    return Page(
        url=response.url,
        status=response.status,
        content_type=content_type.decode("latin-1") if content_type else None,
        body=response.body,
        content_encoding=content_encoding(response),
    )


def fetch_of(response: Response) -> Fetch:
    """The `Fetch` that the archive middleware attached when the answer came in."""
    return cast("Fetch", cast("Request", response.request).meta["fetch"])
