"""Types of the flows' parameters: Prefect checks what is given by them, and shows them in its forms."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from flows import base_urls, durations

#: A file in spiders/sites.
Site = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", examples=["devdiscourse"])]
#: What `flows.base_urls.read_base_url` reads.
BaseUrl = Annotated[
    str,
    Field(pattern=base_urls.PATTERN, examples=["http://127.0.0.1:8000"]),
    AfterValidator(base_urls.read_base_url),
]
#: What `flows.durations.parse_duration` reads.
Duration = Annotated[str, Field(pattern=durations.PATTERN, examples=["12h", "2d"])]
#: The most of something.
Limit = Annotated[int, Field(ge=1)]
