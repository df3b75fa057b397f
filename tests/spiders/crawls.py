"""Real crawls for tests: a crawl in its own process, what it left behind, and a site that answers as it is told."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from spiders.crawl_request import CrawlRequest
from spiders.landing import LandingRun
from spiders.site import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from spiders.landing import Kind, RunSummary
    from tests.replica import Replica

ROOT = Path(__file__).resolve().parents[2]
SITE = load("devdiscourse")
_CASE = Path(__file__).parent / "cases" / "devdiscourse" / "blog.html"

#: `python -m spiders.crawl`, but that tests need not wait an hour for robots.txt to be read again, and may meddle.
_MAIN = """
import sys, spiders.crawl, spiders.door_walk, spiders.politeness
spiders.politeness.ROBOTS_LIFETIME_S = {robots_lifetime_s}
{meddling}
sys.exit(spiders.crawl.main())
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Crawl:
    """A crawl that has ended: what it left, its log, and the most memory one of its processes held (bytes)."""

    run: LandingRun
    log: str
    peak_bytes: int
    seconds: float

    @property
    def summary(self) -> RunSummary:
        return self.run.summary()

    @cached_property
    def rows(self) -> dict[Kind, list[Row]]:
        kinds: tuple[Kind, ...] = ("urls", "records", "sidebars", "rejects", "fetches")
        return {kind: list(self.run.lines(kind)) for kind in kinds}

    @cached_property
    def landed(self) -> list[str]:
        """The ids of the articles of records.jsonl, sorted, each as often as it is there."""
        return sorted(row["site_article_id"] for row in self.rows["records"])

    def about(self, kind: Kind, article_id: str) -> list[Row]:
        """The lines about an article, by the address asked for or answered."""
        ids = (
            (row, {SITE.article_id(row.get(name) or "") for name in ("url", "requested_url")})
            for row in self.rows[kind]
        )
        return [row for row, found in ids if article_id in found]

    def events(self, name: str) -> set[str]:
        """The ids of the articles for which urls.jsonl has the event."""
        return {row["site_article_id"] for row in self.rows["urls"] if row["event"] == name}


def crawl(
    home: Path,
    base_url: str,
    *,
    robots_lifetime_s: float = 3600.0,
    meddling: str = "",
    completes: bool = True,
    **options: Any,
) -> Crawl:
    """Crawls into a new landing run under `home`.

    `meddling` is Python that the crawl's process runs before it begins, `completes` whether the run is to be complete
    in the end, `options` are fields of `CrawlRequest`.
    """
    run = LandingRun(home / f"20260101T000000Z-devdiscourse-{len(list(home.iterdir())):06x}")
    CrawlRequest(
        run_id=run.run_id, flow="test", site="devdiscourse", user_agent="wirehouse/test (+https://example.org)",
        code_version="test", base_url=base_url, **options,
    ).write(run)  # fmt: skip
    log, began = run.directory / "crawl.log", time.monotonic()
    with log.open("wb") as stderr:
        main = _MAIN.format(robots_lifetime_s=robots_lifetime_s, meddling=meddling)
        command = [sys.executable, "-c", main, str(run.directory)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, *_peaks(process.pid))
            time.sleep(0.02)
    text = log.read_text(encoding="utf-8")
    if (process.returncode == 0) != completes or run.is_complete != completes:
        raise RuntimeError(f"the crawl into {run.directory} ended with status {process.returncode}: {text[-4000:]}")
    return Crawl(run, text, peak, time.monotonic() - began)


def _peaks(pid: int) -> list[int]:
    """The most memory that a process and each of its children have held so far (bytes); zeros for one that has ended.

    Not `getrusage`, which begins with what the process held that started them.
    """
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
        statuses = [Path(f"/proc/{each}/status").read_text(encoding="utf-8") for each in (pid, *children)]
    except OSError:
        return [0, 0]
    found = [re.search(r"VmHWM:\s+(\d+) kB", status) for status in statuses]
    return [0, *(int(each[1]) * 1024 for each in found if each)]


def ids_of(replica: Replica) -> set[str]:
    """The ids of all that a replica has to read: articles and live discourses."""
    truth = replica.truth()
    return {*truth["articles"], *truth["live_discourses"]}


@cache
def article_page() -> bytes:
    """An article's page as the site has it."""
    return _CASE.read_bytes()


@dataclass(frozen=True)
class Answer:
    """What a `ScriptedSite` answers; `raw` takes the place of all else, and then the connection is closed."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


class ScriptedSite:
    """A server on loopback that answers each path as it is told, and notes when it was asked for what.

    `answers`: by path with query, an answer or what makes one of the number of requests for the path before. A path
    without one is a 404. A context manager.
    """

    def __init__(self, answers: Mapping[str, Answer | Callable[[int], Answer]] | None = None) -> None:
        self.answers = dict(answers or {})
        self.asked: list[tuple[float, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # as the base class has it
                before = sum(path == self.path for _, path in site.asked)
                site.asked.append((time.monotonic(), self.path))
                planned = site.answers.get(self.path, Answer(404, b"not here"))
                answer = planned if isinstance(planned, Answer) else planned(before)
                if answer.raw is not None:
                    self.wfile.write(answer.raw)
                    self.close_connection = True
                    return
                self.send_response_only(answer.status)
                headers = {
                    "Content-Type": "text/html; charset=utf-8",
                    "Date": self.date_time_string(),
                    **answer.headers,
                }
                for name, value in {**headers, "Content-Length": str(len(answer.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                """Says nothing: `asked` has it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def article(self, number: int, answer: Answer | Callable[[int], Answer] | None = None) -> str:
        """Adds an article, with its page unless told otherwise, and returns its address."""
        path = f"/article/politics/{number}-a-story"
        self.answers[path] = answer if answer is not None else Answer(body=article_page())
        return self.base_url + path

    def times_of(self, url: str) -> list[float]:
        """When an address was asked for, in seconds of the monotonic clock."""
        path = url.removeprefix(self.base_url)
        return [moment for moment, each in self.asked if each == path]


def path_of(url: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
