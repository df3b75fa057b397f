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
import fcntl
import json
import logging
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self

import orjson

from spiders.appending import append_whole
from spiders.archive import ArchivePosition, ArchiveWriter
from spiders.errors import DiskError, LandingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import FileIO
    from pathlib import Path

    from spiders.records import ArticleRecord, SidebarEntry
    from spiders.warc_records import Exchange

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
            LandingError: another process is writing this run.
        """
        with (self.directory / "crawl.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise LandingError(f"{self.directory} is in the hands of another process") from error
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


class LandingWriter:
    """Fills a landing run while a crawl goes on; used as a context manager, which holds the run's lock.

    What adds to it raises `DiskError` where that cannot be written; `on_failure` is told before.
    """

    def __init__(
        self, run: LandingRun, *, site: str, software: str, on_failure: Callable[[DiskError], None] = lambda _: None
    ) -> None:
        self.run = run
        self.site = site
        self.archive = ArchiveWriter(run.warc_directory, run.run_id, software=software)
        self.counts = {"discovered": 0, "fetched": 0, "articles": 0, "rejected": 0, "failed": 0}
        self._on_failure = on_failure
        self._files: dict[Kind, FileIO] = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self.run.locked())
        for kind in KINDS:
            # Line by line on purpose: what is written here must outlive this process.
            self._files[kind] = self._stack.enter_context(self.run.path(kind).open("ab", buffering=0))
        return self

    def __exit__(self, *_: object) -> None:
        self.sync()
        self.archive.close()
        self._stack.close()

    def add_exchange(self, exchange: Exchange) -> ArchivePosition:
        """Archives an exchange; returns the place of its response."""
        try:
            return self.archive.write(exchange)
        except DiskError as error:
            self._on_failure(error)
            raise

    def add_url(
        self,
        url: str,
        *,
        site_article_id: str | None,
        discovered_by: DiscoveredBy,
        lastmod: str | None = None,
        event: UrlEvent = "discovered",
        is_new: bool = False,
        at: str | None = None,
    ) -> None:
        """Notes an address; `at` is when it was found, if not now (ISO 8601 UTC)."""
        self.counts["discovered"] += is_new
        self._add(
            "urls",
            {
                "url": url,
                "site_article_id": site_article_id,
                "discovered_at": at or utc_text(datetime.now(UTC)),
                "discovered_by": discovered_by,
                "lastmod": lastmod,
                "event": event,
            },
        )

    def add_record(
        self, record: ArticleRecord, *, requested_url: str, fetched_at: str, edition: str | None, at: ArchivePosition
    ) -> None:
        self.counts["articles"] += 1
        row = _shallow(record)
        row |= {"requested_url": requested_url, "fetched_at": fetched_at, "edition": edition}
        row |= {"archive_file": at.file, "archive_offset": at.offset}
        self._add("records", row)

    def add_sidebars(self, entries: list[SidebarEntry], fetch: Fetch, *, edition: str | None) -> None:
        """Notes the lists on a page that is no article's."""
        row: dict[str, Any] = {"url": fetch.url, "fetched_at": fetch.fetched_at, "edition": edition}
        row |= {"archive_file": fetch.archive_file, "archive_offset": fetch.archive_offset, "sidebars": entries}
        self._add("sidebars", row)

    def add_reject(self, url: str, *, stage: str, reason: str, detail: str, at: ArchivePosition | None) -> None:
        self.counts["rejected"] += 1
        row: dict[str, Any] = {"url": url, "stage": stage, "reason": reason, "detail": detail[:500]}
        row |= {"rejected_at": utc_text(datetime.now(UTC))}
        row |= {"archive_file": at.file if at else None, "archive_offset": at.offset if at else None}
        self._add("rejects", row)

    def add_fetch(self, fetch: Fetch) -> None:
        self.counts["fetched"] += 1
        self.counts["failed"] += fetch.verdict == "error"
        self._add("fetches", _shallow(fetch))

    def sync(self) -> None:
        """Forces everything written so far to the disk."""
        self.archive.sync()
        for file in self._files.values():
            os.fsync(file.fileno())

    def _add(self, kind: Kind, row: dict[str, Any]) -> None:
        line = orjson.dumps({"run_id": self.run.run_id, "site": self.site, **row}) + b"\n"
        try:
            append_whole(self._files[kind], line)
        except DiskError as error:
            self._on_failure(error)
            raise


def _shallow(instance: ArticleRecord | Fetch) -> dict[str, Any]:
    """The fields of a dataclass; what is nested is left to orjson, which `dataclasses.asdict` would copy first."""
    return {each.name: getattr(instance, each.name) for each in dataclasses.fields(instance)}


def write_durably(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, and on the disk before it returns."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        temporary.unlink(missing_ok=True)
        error.filename = str(path)
        raise
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Makes renames within a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
