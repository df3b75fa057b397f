"""Tagging anew what was tagged by other versions: in batches, each its own run, without fetching anything."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

import transforms
import warehouse
from flows.errors import NotFound
from flows.location import location
from flows.progress import report
from flows.publishing import to_arrow
from flows.settings import CODE_VERSION, Settings
from flows.tagging import own_terms, tag_tables
from flows.topic_models import learned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from transforms.topic_model import TopicModel

logger = logging.getLogger(__name__)

BATCH = 2_000


@dataclass(slots=True)
class Retagged:
    """What tagging anew did, or would do: articles tagged, and tags by what happens to them."""

    articles: int = 0
    changes: dict[str, int] = field(default_factory=lambda: {"added": 0, "removed": 0, "changed": 0})
    run_ids: list[str] = field(default_factory=list)

    def count(self, articles: int, changes: pd.DataFrame) -> None:
        """Adds a batch."""
        self.articles += articles
        for change, count in changes["change"].value_counts().items():
            self.changes[str(change)] += int(count)
        report("Tag anew", {"articles": self.articles, **self.changes})


@dataclass(frozen=True, slots=True)
class _Work:
    """What is asked for: schemes (None: all), the analysts' terms, what was learned, and the versions to be had."""

    schemes: list[str] | None
    own: pd.DataFrame
    models: dict[str, TopicModel]
    versions: list[str]

    def stale(self, connection: duckdb.DuckDBPyConnection, after: str, batch: int) -> pd.DataFrame:
        rows = warehouse.stale_articles(
            connection, self.versions, after=after, limit=batch, exactly=self.schemes is None
        )
        return rows.to_pandas()

    def known_tags(self, connection: duckdb.DuckDBPyConnection, uids: list[str]) -> pd.DataFrame:
        known = warehouse.rows_of(connection, "tags", uids).to_pandas()
        return known if self.schemes is None else known[known["scheme"].isin(self.schemes)]


def retag(settings: Settings, schemes: Sequence[str] = (), *, batch: int = BATCH) -> Retagged:
    """Tags every article anew that was tagged by another version of a scheme, or never.

    Each batch is read, tagged and published as a run of its own, under the publish lock, in the order of article_uid.
    So it can be stopped anywhere: started again it goes on with what is left.

    Args:
        settings: where the warehouse and the vocabularies are.
        schemes: which to bring up to date; empty: all, and tags of schemes that are there no longer go.
        batch: the most articles in a run; bounds the memory.

    Raises:
        NotFound: there is no such scheme.
        WarehouseMissing: there is no warehouse.
    """
    work, where, done = _work(settings, schemes), location(settings), Retagged()
    warehouse.require(where)
    warehouse.create(where)  # it may be of an older version, and lack a table
    while True:
        with warehouse.publish_lock(where):
            with warehouse.at_one_moment(where) as connection:
                stale = work.stale(connection, "", batch)
                if stale.empty:
                    return done
                uids = stale["article_uid"].tolist()
                known = work.known_tags(connection, uids)
                known_tagged = warehouse.rows_of(connection, "tagged", uids).to_pandas()
            run_id = _run_id()
            tags, tagged, untagged = tag_tables(stale, work.own, run_id, work.schemes, known_tagged, work.models)
            warehouse.publish(
                where,
                run_id,
                {"runs": to_arrow("runs", pd.DataFrame([_run_row(run_id)])), "tags": to_arrow("tags", tags)},
                {"tagged": to_arrow("tagged", tagged)},
                removes={"tags": untagged},
            )
        done.run_ids.append(run_id)
        done.count(len(stale), transforms.tag_changes(known, tags))


def changes(
    settings: Settings, schemes: Sequence[str] = (), *, batch: int = BATCH
) -> Iterator[tuple[int, pd.DataFrame]]:
    """What `retag` would change, batch by batch: how many articles, and see `transforms.tag_changes`. Writes nothing.

    Raises:
        NotFound: there is no such scheme.
    """
    work, after = _work(settings, schemes), ""
    with warehouse.connect(location(settings)) as connection:
        while not (stale := work.stale(connection, after, batch)).empty:
            uids = stale["article_uid"].tolist()
            tags = transforms.tags(stale, work.own, work.schemes, work.models)
            yield len(stale), transforms.tag_changes(work.known_tags(connection, uids), tags)
            after = uids[-1]


def count_changes(settings: Settings, schemes: Sequence[str] = ()) -> Retagged:
    """How many tags of how many articles `retag` would change."""
    done = Retagged()
    for articles, found in changes(settings, schemes):
        done.count(articles, found)
    return done


def _work(settings: Settings, schemes: Sequence[str]) -> _Work:
    own, models = own_terms(settings), learned(settings)
    there = transforms.scheme_versions(own, models)
    unknown = sorted(set(schemes) - set(there))
    if unknown:
        raise NotFound(f"there is no scheme {', '.join(unknown)}; there are {', '.join(there)}")
    wanted = sorted(set(schemes)) or None
    return _Work(
        wanted, own, models, [f"{scheme}={version}" for scheme, version in there.items() if scheme in (wanted or there)]
    )


def _run_id() -> str:
    return f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}-retag-{secrets.token_hex(3)}"


def _run_row(run_id: str) -> dict[str, Any]:
    now = pd.Timestamp(datetime.now(UTC))
    facts = {"run_id": run_id, "flow": "retag", "state": "complete", "code_version": CODE_VERSION}
    empty = dict.fromkeys(warehouse.arrow_schema("runs").names)
    return {**empty, **facts, "started_at": now, "finished_at": now, "published_at": now}
