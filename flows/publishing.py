"""From a complete landing run to the warehouse: reads its lines, runs the transforms, publishes once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pyarrow as pa

import transforms
import warehouse
from flows import fan_out
from flows.archive_sample import check_sample
from flows.archive_store import archived_file, blank_in_archive
from flows.landings import move_to_archive, put_away
from flows.location import location
from flows.matching import match
from flows.missing_pages import refuse_without_archive
from flows.search_indexing import index_words
from flows.story_matching import match_stories
from flows.tagging import own_terms, tag_tables
from flows.topic_models import learned
from flows.traces import blank_traces
from spiders.archive_check import compare_with_archive
from spiders.site import load, names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from flows.settings import Settings
    from spiders.landing import LandingRun, RunSummary

logger = logging.getLogger(__name__)

#: The counts in a row of `runs`.
COUNTS = ("discovered", "fetched", "new", "revised", "unchanged", "copies", "rejected", "failed")


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """What one run brought: its summary's state and the counts of its row in `runs`."""

    run_id: str
    site: str
    state: str
    reason: str | None
    counts: dict[str, int]

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> PublishedRun:
        """Takes what it needs of a row of `runs`."""
        counts = {name: row[name] for name in COUNTS}
        return cls(row["run_id"], row["site"], row["state"], row["reason"], counts)

    def row(self) -> dict[str, Any]:
        """What is shown of it: run_id, state, reason and the counts."""
        return {"run_id": self.run_id, "state": self.state, "reason": self.reason, **self.counts}


def publish_landing(settings: Settings, run: LandingRun) -> PublishedRun:
    """Archives and publishes a complete landing run, then puts it away.

    Safe to repeat, to run twice at once and to kill anywhere: the pages are in the archive before the rows are in the
    warehouse, the rows arrive in one transaction, and a run that is already published is only put away.

    Raises:
        ArchiveGone: the pages of earlier runs are not where this one's would go; it waits as it is.
    """
    where = location(settings)
    with warehouse.publish_lock(where):
        # One connection for all that is asked: opening a lake and making its views takes a tenth of a second.
        with warehouse.at_one_moment(where) as connection:
            published = published_run(connection, run.run_id)
            taken_down = taken_down_articles(connection)
            tables = None if published else _archive_and_build(settings, connection, run)
            found = [] if published else [check_archive(settings, run), check_sample(settings, connection, run.run_id)]
        if tables is not None:
            appends, replaces, removes = (tables[name] for name in ("appends", "replaces", "removes"))
            warehouse.publish(where, run.run_id, appends, replaces, removes=removes, found=found)
            published = PublishedRun.from_row(appends["runs"].to_pylist()[0])
        if taken_down:
            _blank_taken_down(settings, where, run.run_id)
        put_away(run)
    return cast("PublishedRun", published)


def _archive_and_build(
    settings: Settings, connection: duckdb.DuckDBPyConnection, run: LandingRun
) -> dict[str, dict[str, pa.Table]]:
    refuse_without_archive(settings, connection)
    move_to_archive(settings, run)
    return build_tables(
        connection, run, run.summary(), own_terms(settings), learned(settings), recorded_at=datetime.now(UTC)
    )


def taken_down_articles(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The articles that were taken down for good."""
    return [uid for (uid,) in connection.execute("SELECT article_uid FROM takedowns").fetchall()]


def _blank_taken_down(settings: Settings, where: warehouse.Location, run_id: str) -> None:
    """Blanks the pages of the run that are of articles that were taken down before, and what tells of them."""
    with warehouse.connect(where) as connection:
        pages = connection.execute(
            "SELECT archive_file, list(DISTINCT url) FROM rejects"
            " WHERE run_id = ? AND reason = 'taken_down' AND archive_file IS NOT NULL GROUP BY archive_file",
            [run_id],
        ).fetchall()
        articles = connection.execute(
            "SELECT DISTINCT u.article_uid FROM rejects AS r JOIN urls AS u USING (site, url)"
            " WHERE r.run_id = ? AND r.reason = 'taken_down' AND u.state = 'taken_down'",
            [run_id],
        ).fetchall()
    for name, urls in pages:
        blank_in_archive(archived_file(settings.archive_path, name), urls)
    for (article_uid,) in articles:
        blank_traces(where, article_uid)


def check_archive(settings: Settings, run: LandingRun) -> warehouse.checks.Outcome:
    """The check `fetches_agree_with_archive`: what the run lists of its exchanges is what its archived files hold."""
    files = [archived_file(settings.archive_path, name) for name in run.summary().warc_files]
    agreement = compare_with_archive(run.lines("fetches"), files)
    return warehouse.checks.Outcome(
        check="fetches_agree_with_archive",
        severity="error",
        subject=None,
        expected=f"{agreement.archived} answers, as archived",
        observed=f"{agreement.listed} answers, {len(agreement.disagreements)} disagreements",
        passed=not agreement.disagreements,
        detail="; ".join(agreement.disagreements[:3]) or None,
        look=f"SELECT url, status, outcome, archive_file, archive_offset FROM fetches WHERE run_id = '{run.run_id}'",  # noqa: S608
    )


def build_tables(
    connection: duckdb.DuckDBPyConnection,
    run: LandingRun,
    summary: RunSummary,
    own: pd.DataFrame,
    models: Mapping[str, Any],
    *,
    recorded_at: datetime,
) -> dict[str, dict[str, pa.Table]]:
    """The run's rows for every table: `appends`, `replaces` and `removes` as `warehouse.publish` takes them."""
    records, home_pages, fetch_log, url_log, reject_log = (
        pd.DataFrame(list(run.lines(kind))) for kind in ("records", "sidebars", "fetches", "urls", "rejects")
    )
    taken_down = taken_down_articles(connection)
    observations = fan_out.observations(records, sites())
    refused = transforms.refused_records(observations, taken_down)
    rejected_records = pd.concat([transforms.rejected_records(records), refused])
    observations = observations[~observations["article_uid"].isin(taken_down)]
    transforms.check_counts(records, observations, rejected_records)
    records = transforms.without_records(records, refused)
    revisions, articles = _history(connection, observations, recorded_at)
    fetches = transforms.fetches(fetch_log, observations, revisions)
    rejects = transforms.rejects(reject_log, rejected_records)
    matched = match(warehouse.CopyIndex(connection), articles)
    stories = match_stories(warehouse.StoryIndex(connection), articles, matched)
    words = index_words(warehouse.SearchIndex(connection), articles)
    transforms.check_tables(observations, articles, fetch_log, fetches, [reject_log, rejected_records], rejects)
    changed = articles[articles["article_uid"].isin(revisions["article_uid"])]
    ledger, discovered = _ledger(connection, url_log, fetches, articles, run.run_id, recorded_at)
    tags, tagged, untagged = tag_tables(changed, own, run.run_id, models=models)
    frames = {
        "tags": tags,
        "sidebars": transforms.sidebars(records, home_pages),
        "findings": transforms.findings(records),
        "field_coverage": transforms.field_coverage(records),
        "rejects": rejects,
        "fetches": fetches,
        "runs": pd.DataFrame(
            [
                _run_row(
                    summary,
                    recorded_at,
                    fetches,
                    discovered=discovered,
                    copies=matched.newly,
                    rejected=len(rejects),
                )
            ]
        ),
        **matched.appends,
        **words.appends,
    }
    replaced = {
        "tagged": tagged,
        "articles": pd.concat([articles, _seen_again(connection, fetches, articles)]),
        # A late observation renumbers revisions that are there; all others have keys of their own.
        "revisions": revisions,
        "urls": transforms.closed_addresses(ledger, taken_down),
        **matched.replaces,
        **stories.replaces,
        **words.replaces,
    }
    return {
        "appends": {name: to_arrow(name, frame) for name, frame in frames.items()},
        "replaces": {name: to_arrow(name, frame) for name, frame in replaced.items()},
        "removes": {
            name: to_removals(frame) for name, frame in (matched.removes | stories.removes | words.removes).items()
        }
        | {"tags": untagged},
    }


def _history(
    connection: duckdb.DuckDBPyConnection, observations: pd.DataFrame, recorded_at: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of revisions and articles that these observations make, given what the warehouse knows."""
    uids = observations["article_uid"].unique().tolist()
    known_articles = warehouse.rows_of(connection, "articles", uids).to_pandas()
    known = warehouse.known_revisions(connection, uids).to_pandas()
    late = transforms.late_articles(observations, known_articles)
    known_fetches = None
    if late:
        history = warehouse.rows_of(connection, "revisions", late).to_pandas()
        known = pd.concat([known[~known["article_uid"].isin(late)], history])
        known_fetches = warehouse.rows_of(connection, "fetches", late).to_pandas()
    revisions = transforms.revisions(observations, known, recorded_at, known_fetches)
    return revisions, transforms.articles(observations, known_articles, revisions)


def _seen_again(connection: duckdb.DuckDBPyConnection, fetches: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """The rows of articles that answered 304 and of which no page was read."""
    unchanged = fetches.loc[fetches["outcome"] == "not_modified", "article_uid"].dropna().unique()
    uids = sorted(set(unchanged) - set(articles["article_uid"]))
    return transforms.seen_again(warehouse.rows_of(connection, "articles", uids).to_pandas(), fetches)


def _ledger(
    connection: duckdb.DuckDBPyConnection,
    url_log: pd.DataFrame,
    fetches: pd.DataFrame,
    articles: pd.DataFrame,
    run_id: str,
    recorded_at: datetime,
) -> tuple[pd.DataFrame, int]:
    """The rows of urls that the run's discoveries and exchanges change, and how many of them are new."""
    touched = transforms.touched_addresses(url_log, fetches)
    known = warehouse.known_urls(
        connection, touched["url"].tolist(), touched["article_uid"].dropna().tolist()
    ).to_pandas()
    # A time to come is not believed: every exchange would be older, and say nothing any more.
    known["last_tried_at"] = known["last_tried_at"].where(known["last_tried_at"] <= pd.Timestamp(recorded_at))
    rows = transforms.urls(known, url_log, fetches, articles, run_id)
    return rows, int((~rows["url"].isin(known["url"])).sum())


def sites() -> pd.DataFrame:
    """What the transforms need of every site there is: columns site, timezone, first_year (may be null)."""
    known = [load(name) for name in names()]
    return pd.DataFrame(
        [{"site": each.name, "timezone": each.timezone, "first_year": each.first_year} for each in known]
    )


def to_arrow(table: str, frame: pd.DataFrame) -> pa.Table:
    """The frame in the table's declared Arrow schema."""
    return pa.Table.from_pandas(frame, schema=warehouse.arrow_schema(table), preserve_index=False)


def to_removals(frame: pd.DataFrame) -> pa.Table:
    """The frame, which has some of a table's columns, as `warehouse.publish` takes what is to go."""
    return pa.Table.from_pandas(frame, preserve_index=False)


def _run_row(
    summary: RunSummary, recorded_at: datetime, fetches: pd.DataFrame, *, discovered: int, copies: int, rejected: int
) -> dict[str, Any]:
    outcomes = fetches["outcome"].value_counts()
    return {
        "run_id": summary.run_id,
        "flow": summary.flow,
        "site": summary.site,
        "started_at": pd.Timestamp(summary.started_at),
        "finished_at": pd.Timestamp(summary.finished_at),
        "published_at": pd.Timestamp(recorded_at),
        "state": summary.state,
        "reason": summary.reason,
        "discovered": discovered,
        "fetched": len(fetches),
        **{name: int(outcomes.get(name, 0)) for name in ("new", "revised", "unchanged", "failed")},
        "copies": copies,
        "rejected": rejected,
        "code_version": summary.code_version,
    }


def published_run(connection: duckdb.DuckDBPyConnection, run_id: str) -> PublishedRun | None:
    """What the warehouse says a run brought; None if it is not published."""
    rows = connection.execute("FROM runs WHERE run_id = ?", [run_id]).to_arrow_table().to_pylist()
    return PublishedRun.from_row(rows[0]) if rows else None
