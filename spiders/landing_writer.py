"""Filling a landing run while a crawl, a recovery or an import goes on."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import orjson

from spiders.appending import append_whole
from spiders.archive import ArchivePosition, ArchiveWriter
from spiders.errors import DiskError
from spiders.landing import KINDS, utc_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO

    from spiders.landing import DiscoveredBy, Fetch, Kind, LandingRun, UrlEvent
    from spiders.records import ArticleRecord, SidebarEntry
    from spiders.warc_records import Exchange


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
        # Whatever fails on the way, the files are closed and the lock is given back.
        with self._stack:
            try:
                self.sync()
            finally:
                self.archive.close()

    def add_exchange(self, exchange: Exchange) -> ArchivePosition:
        """Archives an exchange; returns the place of its response.

        Raises:
            ArchiveError: it is not one that an archive can hold.
        """
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
