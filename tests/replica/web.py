"""What a request and an answer are, before they are bytes on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 400: "Bad Request", 404: "Not Found",
           405: "Method Not Allowed", 429: "Too Many Requests", 500: "Internal Server Error",
           503: "Service Unavailable"}  # fmt: skip


@dataclass(slots=True)
class Request:
    """One request as it came in; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    path: str = ""
    query: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.target if self.target.startswith("/") else "/" + self.target)
        self.path = unquote(parts.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))

    @property
    def user_agent(self) -> str:
        """Who asks."""
        return self.headers.get("user-agent", "")

    @property
    def is_bot(self) -> bool:
        """Whether the User-Agent names a bot: such a client gets another page."""
        return "bot" in self.user_agent.lower()

    def cookie(self, name: str) -> str | None:
        """The value of a cookie; None when it was not sent."""
        for part in self.headers.get("cookie", "").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name and value:
                return value
        return None


@dataclass(slots=True)
class Response:
    """One answer: `delay` in seconds before it, `send` bytes of it before the line is cut (None: all)."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    send: int | None = None
    claimed_length: int | None = None
    closes: bool = False


def html_page(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An HTML answer."""
    return Response(status, text.encode(), {"Content-Type": "text/html; charset=utf-8", **(headers or {})})


def redirect(location: str, status: int = 301) -> Response:
    """A redirect, with the little page ASP.NET sends along."""
    page = f'<html><head><title>Object moved</title></head><body><a href="{location}">here</a></body></html>'
    return html_page(page, status, {"Location": location})
