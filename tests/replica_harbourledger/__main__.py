"""Serves the Harbour Ledger on a free loopback port: `python -m tests.replica_harbourledger ARTICLES SEED`."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.replica_harbourledger import pages
from tests.replica_harbourledger.world import START, World

_ARCHIVE = re.compile(r"/archive/(\d{4}/\d\d/\d\d)/")


class Site(ThreadingHTTPServer):
    """The server: the world, the clock and the log."""

    daemon_threads = True

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.world, self.now = world, START
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.paths: list[str] = []

    def control(self, name: str, told: dict[str, float]) -> dict[str, Any]:
        self.now += timedelta(**told)
        if name == "log":
            return {"paths": self.paths, "disallowed": [path for path in self.paths if not pages.is_allowed(path)]}
        return self.world.truth(self.now, self.origin) if name == "truth" else {"now": self.now.isoformat()}

    def page(self, path: str, query: dict[str, list[str]]) -> tuple[str, str, datetime | None] | None:
        """Content type, text and time of last change of what stands at an address; None: nothing does."""
        if path == "/robots.txt":
            return "text/plain", pages.ROBOTS, None
        if path == "/feed.atom":
            return "application/atom+xml", pages.feed(self.world, self.now, self.origin), None
        if day := _ARCHIVE.fullmatch(path):
            text = pages.archive_page(self.world, day[1], int(query.get("page", ["1"])[0]), self.now)
            return ("text/html; charset=utf-8", text, None) if text else None
        article = next((each for each in self.world.visible(self.now) if each.path == path), None)
        if article is None:
            return None
        text = pages.article_page(self.world, article, self.now, self.origin)
        return "text/html; charset=utf-8", text, article.updated_at(self.now)


class Handler(BaseHTTPRequestHandler):
    """Answers GET, and POST to the control addresses."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Site

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/_replica/"):
            return self._answer_control(parts.path, {})
        self.server.paths.append(self.path)
        page = self.server.page(parts.path, parse_qs(parts.query))
        if page is None and self.server.page(f"{parts.path}/", {}):
            return self._send(301, b"", {"Location": f"{self.server.origin}{parts.path}/"})
        if page is None:
            text = "<!doctype html><title>Not found</title><h1>This page was not found</h1>"
            return self._send(404, text.encode(), {"Content-Type": "text/html; charset=utf-8"})
        content_type, text, changed = page
        headers = {"Content-Type": content_type}
        if changed is not None:
            tag = hashlib.sha256(f"{parts.path} {changed}".encode()).hexdigest()[:16]
            headers |= {"ETag": f'"{tag}"', "Last-Modified": format_datetime(changed, usegmt=True)}
        is_known = changed is not None and self.headers.get("If-None-Match") == headers["ETag"]
        return self._send(304, b"", headers) if is_known else self._send(200, text.encode(), headers)

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer_control(self.path, told)

    def _answer_control(self, path: str, told: dict[str, float]) -> None:
        answer = self.server.control(path.removeprefix("/_replica/"), told)
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The site's clock, not the machine's."""
        return format_datetime(self.server.now, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """The log is kept for the tests."""


def main() -> None:
    articles, seed = (int(each) for each in sys.argv[1:3])
    site = Site(World(articles, seed))
    sys.stdout.write(site.origin + "\n")
    sys.stdout.flush()
    site.serve_forever()


if __name__ == "__main__":
    main()
