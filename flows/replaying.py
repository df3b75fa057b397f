"""Reading the archive again with today's code: what would change, and publishing it as one run."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

import transforms
import warehouse
from flows import fan_out
from flows.archive_store import archived_file
from flows.errors import CannotBeDone
from flows.location import location
from flows.matching import match
from flows.missing_pages import refuse_without_archive
from flows.progress import report
from flows.publishing import COUNTS, PublishedRun, sites, taken_down_articles, to_arrow, to_removals
from flows.search_indexing import index_words
from flows.settings import CODE_VERSION
from flows.story_matching import match_stories
from flows.tagging import own_terms, tag_tables
from flows.topic_models import learned
from spiders.archive import ArchiveFile, StoredPage
from spiders.landing import utc_text
from spiders.rereading import record_row, reread
from spiders.site import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from flows.settings import Settings

REPLAY = "replay"
#: Pages that are read, compared and forgotten at once, unless something of theirs changes.
BATCH_PAGES = 2_000
#: Pages of one part: a day has more on a large site.
PART_PAGES = 500


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of one day: what a worker needs to read them. `readers`: how many processes do."""

    site: str
    run_id: str
    rows: list[dict[str, Any]]
    files: list[ArchiveFile]
    readers: int


@dataclass(slots=True)
class Replayed:
    """What reading again found.

    Attributes:
        run_id: the run that would publish it.
        site: the site.
        started_at: when reading began.
        pages: how many pages were read.
        verdicts: what those are that are no articles, by what they were and are.
        changes: by field, see `transforms.reading_changes`.
        articles: how many articles change.
        observations: the readings of articles that change, and `findings` of those.
    """

    run_id: str
    site: str
    started_at: datetime
    pages: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    changes: pd.DataFrame = field(default_factory=lambda: transforms.reading_changes(pd.DataFrame(), pd.DataFrame()))
    articles: int = 0
    observations: list[pd.DataFrame] = field(default_factory=list)
    findings: list[pd.DataFrame] = field(default_factory=list)

    def table(self) -> list[dict[str, Any]]:
        """One row per field: in how many articles it would change, and examples."""
        rows = self.changes.sort_values("articles", ascending=False, kind="stable")
        return [
            {"field": name, "articles": count, "examples": " | ".join(examples)}
            for name, count, examples in rows[["field", "articles", "examples"]].itertuples(index=False)
        ]


def read_again(
    settings: Settings, site: str, start: date | None = None, end: date | None = None, *, readers: int | None = None
) -> Replayed:
    """Reads the pages of a site's current texts again, batch by batch, and compares; changes nothing.

    Args:
        settings: the settings.
        site: the site's name.
        start: the first day, in the site's zone: of publication, or of the fetch of a page that is no article's.
        end: the last day.
        readers: how many processes read; default: one for each core.

    Raises:
        ArchiveGone: no page is there to be read.
        CannotBeDone: the first day is after the last.
    """
    if start and end and start > end:
        raise CannotBeDone(f"the first day, {start}, is after the last, {end}")
    started_at = datetime.now(UTC)
    done = Replayed(f"{started_at:%Y%m%dT%H%M%SZ}-{site}-{secrets.token_hex(3)}", site, started_at)
    zone = load(site).timezone
    with warehouse.connect(location(settings)) as connection:
        refuse_without_archive(settings, connection)
        days = warehouse.archived_pages.days_with_pages(connection, site, zone, start, end)
        total = sum(count for _, count in days)
        for first, last in _spans(days):
            pages = warehouse.archived_pages.pages_of_days(connection, site, zone, first, last).to_pylist()
            for batch in _batches(pages):
                _read_batch(settings, connection, done, batch, readers or os.cpu_count() or 1)
                report(REPLAY, {"pages": done.pages, "asked_for": total})
        if done.observations:
            # An article that was none before may have pages in several batches.
            _, articles, known_articles = _rebuilt(connection, pd.concat(done.observations), started_at)
            done.changes, done.articles = transforms.reading_changes(known_articles, articles), len(articles)
    return done


def _batches(pages: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Pages in batches, those of an article together: only all of them say whether it changes."""
    batch: list[dict[str, Any]] = []
    for page in pages:
        is_next = not batch or page["article_uid"] is None or page["article_uid"] != batch[-1]["article_uid"]
        if len(batch) >= BATCH_PAGES and is_next:
            yield batch
            batch = []
        batch.append(page)
    if batch:
        yield batch


def _spans(days: list[tuple[date, int]]) -> Iterator[tuple[date, date]]:
    """Spans of days with about a batch of pages each; days without any are in none of them."""
    first: date | None = None
    count = 0
    for day, pages in days:
        first, count = first or day, count + pages
        if count >= BATCH_PAGES:
            yield first, day
            first, count = None, 0
    if first is not None:
        yield first, days[-1][0]


def _read_batch(
    settings: Settings, connection: duckdb.DuckDBPyConnection, done: Replayed, pages: list[dict[str, Any]], readers: int
) -> None:
    made: list[tuple[pd.DataFrame, pd.DataFrame, Counter[str]]] = []
    fan_out.in_parts(read_part, [(part,) for part in _parts(settings, done, pages, readers)], made.append)
    observations = pd.concat([each[0] for each in made], ignore_index=True)
    findings = pd.concat([each[1] for each in made], ignore_index=True)
    for _, _, verdicts in made:
        done.verdicts.update(verdicts)
    done.pages += len(pages)
    _, articles, _ = _rebuilt(connection, observations, done.started_at)
    if not len(articles):
        return
    changed = observations["article_uid"].isin(articles["article_uid"])
    done.observations.append(observations[changed])
    done.findings.append(findings[findings["article_uid"].isin(articles["article_uid"])])


def _parts(settings: Settings, done: Replayed, pages: list[dict[str, Any]], readers: int) -> list[Part]:
    """The pages day by day, in the order in which they are stored."""
    by_day: dict[date, list[dict[str, Any]]] = {}
    for page in sorted(pages, key=lambda page: (page["archive_file"], page["archive_offset"])):
        by_day.setdefault(page["day"], []).append(page)
    return [
        Part(
            done.site,
            done.run_id,
            rows[at : at + PART_PAGES],
            [archived_file(settings.archive_path, row["archive_file"]) for row in rows[at : at + PART_PAGES]],
            readers,
        )
        for rows in by_day.values()
        for at in range(0, len(rows), PART_PAGES)
    ]


def read_part(part: Part) -> tuple[pd.DataFrame, pd.DataFrame, Counter[str]]:
    """Today's reading of some pages: observations, findings, and how many pages are not what they were."""
    pages = [
        StoredPage(file, row["archive_offset"], row["url"]) for file, row in zip(part.files, part.rows, strict=True)
    ]
    records: list[dict[str, Any]] = []
    verdicts: Counter[str] = Counter()
    for row, page, reading in zip(part.rows, pages, reread(part.site, pages, readers=part.readers), strict=True):
        record = record_row(
            reading,
            page,
            run_id=part.run_id,
            requested_url=row["requested_url"] or row["url"],
            fetched_at=utc_text(row["fetched_at"]),
        )
        if record is not None:
            records.append(record)
        elif reading.verdict != row["outcome"]:
            verdicts[f"{row['outcome']}, now {reading.verdict}"] += 1
    frame = pd.DataFrame(records)
    return transforms.observations(frame, sites()), transforms.findings(frame), verdicts


def _rebuilt(
    connection: duckdb.DuckDBPyConnection, observations: pd.DataFrame, recorded_at: datetime
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Revisions and articles that change, and the articles as they are known."""
    observations = observations[~observations["article_uid"].isin(taken_down_articles(connection))]
    uids = observations["article_uid"].unique().tolist()
    known_articles = warehouse.rows_of(connection, "articles", uids).to_pandas()
    known_revisions = warehouse.known_revisions(connection, uids).to_pandas()
    current = transforms.current_observations(observations, known_revisions)
    revisions = transforms.reread_revisions(current, known_revisions, recorded_at)
    articles = transforms.reread_articles(current, known_articles, revisions)
    return revisions, articles, known_articles


def publish_replay(settings: Settings, done: Replayed) -> PublishedRun | None:
    """Publishes what reading again has changed as one run; None where nothing has, or no longer does.

    Raises:
        PublishRefused: a check stopped it; nothing is published.
    """
    if not done.observations:
        return None
    where = location(settings)
    with warehouse.publish_lock(where):
        with warehouse.at_one_moment(where) as connection:
            tables, counts = _tables(settings, connection, done)
        if tables is None:
            return None
        warehouse.publish(where, done.run_id, tables["appends"], tables["replaces"], removes=tables["removes"])
    return PublishedRun(done.run_id, done.site, "complete", None, counts)


def _tables(
    settings: Settings, connection: duckdb.DuckDBPyConnection, done: Replayed
) -> tuple[dict[str, dict[str, Any]] | None, dict[str, int]]:
    recorded_at = datetime.now(UTC)
    revisions, articles, known_articles = _rebuilt(connection, pd.concat(done.observations), recorded_at)
    if not len(articles):
        return None, {}
    new = articles[~articles["article_uid"].isin(known_articles["article_uid"])]
    matched = match(warehouse.CopyIndex(connection), articles)
    stories = match_stories(warehouse.StoryIndex(connection), articles, matched)
    words = index_words(warehouse.SearchIndex(connection), articles)
    tags, tagged, untagged = tag_tables(articles, own_terms(settings), done.run_id, models=learned(settings))
    known_urls = warehouse.known_urls(connection, new["url"].tolist(), new["article_uid"].tolist()).to_pandas()
    counts = dict.fromkeys(COUNTS, 0) | {"new": len(new), "revised": len(articles) - len(new), "copies": matched.newly}
    run = {
        "run_id": done.run_id,
        "flow": REPLAY,
        "site": done.site,
        "started_at": pd.Timestamp(done.started_at),
        "finished_at": pd.Timestamp(recorded_at),
        "published_at": pd.Timestamp(recorded_at),
        "state": "complete",
        "reason": None,
        "code_version": CODE_VERSION,
        **counts,
    }
    findings = pd.concat(done.findings)
    appends = {
        "runs": pd.DataFrame([run]),
        "tags": tags,
        # Meanwhile an article may have been taken down, or read by another run.
        "findings": findings[findings["article_uid"].isin(articles["article_uid"])],
        **matched.appends,
        **words.appends,
    }
    replaces = {
        "tagged": tagged,
        "articles": articles,
        "revisions": revisions[revisions["article_uid"].isin(articles["article_uid"])],
        "urls": transforms.landed_by_rereading(known_urls, new, done.run_id),
        **matched.replaces,
        **stories.replaces,
        **words.replaces,
    }
    return {
        "appends": {name: to_arrow(name, frame) for name, frame in appends.items()},
        "replaces": {name: to_arrow(name, frame) for name, frame in replaces.items()},
        "removes": {
            name: to_removals(frame) for name, frame in (matched.removes | stories.removes | words.removes).items()
        }
        | {"tags": untagged},
    }, counts
