"""The landing run: the directory a crawl leaves behind, and the only thing that leaves `spiders`.

    {run_id}/
        request.json    what was asked (see `spiders.crawl_request.CrawlRequest`)
        crawl.lock      held, by flock, by the process that writes here; free again when that process dies
        warc/           the raw exchanges (see `spiders.archive`)
        urls.jsonl      one line per URL discovered
        records.jsonl   one line per article page read: an `ArticleRecord` and where it was fetched
        sidebars.jsonl  one line per home page read: the lists on it, and the edition it was asked for in
        rejects.jsonl   one line per page refused
        fetches.jsonl   one line per exchange, written after everything derived from it: its commit mark
        failure.txt     only where a crawl could not write on and ended itself: why; empty if there was no room
        run.json        written last, atomically: its presence makes the run complete

Lines reach the operating system one by one, so the death of the process tears at most the last of each file.
Times are ISO 8601 in UTC.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import orjson

from spiders.archive import ArchivePosition
from spiders.durable import write_durably
from spiders.errors import LandingError, RunIsHeld
from spiders.locking import take

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)

Purpose = Literal["article", "discovery", "robots"]
Verdict = Literal[
    "article", "rejected", "listing", "sitemap", "feed", "robots", "missing", "gone", "redirect", "not_modified",
    "unknown", "off_site", "error",
]  # fmt: skip
RunState = Literal["complete", "partial", "failed", "recovered"]
DiscoveredBy = Literal[
    "news_sitemap", "sitemap", "feed", "listing", "page_link", "live", "ids", "url_list", "redirect", "ledger",
    "warc",
]  # fmt: skip
UrlEvent = Literal["discovered", "blocked_by_robots", "off_scope", "not_article"]
Kind = Literal["urls", "records", "sidebars", "rejects", "fetches"]
KINDS: tuple[Kind, ...] = ("urls", "records", "sidebars", "rejects", "fetches")


@dataclass(slots=True)
class RunSummary:
    """The contents of run.json. `counts`: discovered (articles heard of first), fetched, articles, rejected, failed."""

    run_id: str
    flow: str
    site: str
    started_at: str
    finished_at: str
    state: RunState
    reason: str | None
    code_version: str
    counts: dict[str, int] = field(default_factory=dict)
    warc_files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Fetch:
    """One exchange: a line of fetches.jsonl. `elapsed_ms` and `bytes` (as received) are null when nothing came back."""

    url: str
    requested_url: str
    purpose: Purpose
    fetched_at: str
    verdict: Verdict
    status: int | None = None
    elapsed_ms: int | None = None
    bytes: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    archive_file: str | None = None
    archive_offset: int | None = None
    error: str | None = None
    site_article_id: str | None = None
    retry_after_s: float | None = None
    site_clock: str | None = None

    @property
    def position(self) -> ArchivePosition | None:
        """Where the archive has it; None where nothing came back."""
        return ArchivePosition(self.archive_file, self.archive_offset or 0) if self.archive_file else None


def utc_text(moment: datetime) -> str:
    """The moment as ISO 8601 in UTC with microseconds, so that texts sort as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class LandingRun:
    """A landing run's directory: its paths, its lock and what it holds."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.run_id = directory.name

    @property
    def warc_directory(self) -> Path:
        return self.directory / "warc"

    @property
    def is_complete(self) -> bool:
        return (self.directory / "run.json").exists()

    def path(self, kind: Kind) -> Path:
        return self.directory / f"{kind}.jsonl"

    def summary(self) -> RunSummary:
        """What run.json says.

        Raises:
            LandingError: the run is not complete, or run.json cannot be read.
        """
        try:
            return RunSummary(**orjson.loads((self.directory / "run.json").read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise LandingError(f"{self.directory} is not a complete landing run: {error}") from error

    def request(self) -> dict[str, Any]:
        try:
            content: dict[str, Any] = orjson.loads((self.directory / "request.json").read_bytes())
        except (OSError, ValueError) as error:
            raise LandingError(f"{self.directory / 'request.json'} cannot be read: {error}") from error
        return content

    def lines(self, kind: Kind) -> Iterator[dict[str, Any]]:
        """The objects of one file; a torn last line is passed over, and any other that is damaged, which is logged."""
        path = self.path(kind)
        if not path.exists():
            return
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return
                try:
                    row = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    logger.warning("Passing over line %d of %s, which is damaged: %s", number, path, error)
                    continue
                yield row

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the run's lock; the operating system frees it when the process dies.

        Raises:
            RunIsHeld: another process is writing this run.
        """
        with (self.directory / "crawl.lock").open("a") as file:
            if not take(file):
                raise RunIsHeld(f"{self.directory} is in the hands of another process")
            yield

    def rewrite(self, kind: Kind, rows: list[dict[str, Any]]) -> None:
        """Replaces one of the line files, atomically."""
        write_durably(self.path(kind), b"".join(orjson.dumps(row) + b"\n" for row in rows))

    def note_failure(self, cause: BaseException | None) -> None:
        """Notes that the crawl ends because it could not write on; on a full disk there is room for an empty file."""
        with contextlib.suppress(OSError):
            (self.directory / "failure.txt").write_text(str(cause), encoding="utf-8")

    @property
    def failure(self) -> str | None:
        """Why the crawl ended without completing the run; None if it did not say."""
        path = self.directory / "failure.txt"
        if not path.exists():
            return None
        return f"the crawl could not write on ({path.read_text(encoding='utf-8') or 'no room to say why'})"

    def complete(self, summary: RunSummary) -> None:
        """Writes run.json: from here on the run is complete. Everything else must be on the disk before."""
        write_durably(self.directory / "run.json", json.dumps(dataclasses.asdict(summary), indent=1).encode())
