"""Types of the flows' parameters: Prefect checks what is given by them, and shows them in its forms."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

#: A file in spiders/sites.
Site = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", examples=["devdiscourse"])]
#: Scheme and host of a site, and perhaps a port.
BaseUrl = Annotated[str, Field(pattern=r"^https?://[^/\s]+/?$", examples=["http://127.0.0.1:8000"])]
#: What `flows.durations.parse_duration` reads.
Duration = Annotated[str, Field(pattern=r"^[0-9]{1,4}\s*[mhdw]$", examples=["12h", "2d"])]
#: The most of something.
Limit = Annotated[int, Field(ge=1)]
