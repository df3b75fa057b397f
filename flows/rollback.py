"""Taking the effect of one bad run back out, as a new run; what other runs brought stays."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

import transforms
import warehouse
from flows import dashboard, past
from flows.errors import FlowsError, NotFound
from flows.landings import site_lock
from flows.location import location
from flows.own_runs import new_run_id, run_row
from flows.publishing import to_arrow
from flows.tagging import own_terms, tag_tables
from flows.topic_models import learned
from flows.withdrawing import FACTS, Changes, withdraw
from transforms.rolled_back import ROLLED_BACK

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from flows.settings import Settings

logger = logging.getLogger(__name__)

#: The flows whose runs brought what they read from the site, and can be told apart by their exchanges.
FLOWS = ("ingest", "backfill")
#: What a run saw, row by row.
_SEEN = ("sidebars", "findings", "field_coverage", "rejects")
#: What others showed of an article that only the bad run had read stays.
_KEEPS = FACTS | {"sidebars"}

_TOUCHED = """
SELECT DISTINCT u.* FROM lake.urls AS u
WHERE u.site = $site AND (
    u.run_id = $run_id
    OR u.url IN (SELECT url FROM lake.fetches WHERE run_id = $run_id AND purpose = 'article')
    OR u.url IN (SELECT requested_url FROM lake.fetches WHERE run_id = $run_id AND purpose = 'article')
    OR u.article_uid IN (SELECT article_uid FROM lake.fetches WHERE run_id = $run_id)
)
"""
_TRIES = """
FROM lake.fetches WHERE site = $site AND run_id <> $run_id AND purpose = 'article'
AND (url IN (SELECT unnest($urls)) OR requested_url IN (SELECT unnest($urls)))
"""


def roll_back(settings: Settings, run_id: str) -> dict[str, int]:
    """Takes a run's looks at articles out of history, and what came of them.

    An article that only this run had read goes; one that others have read is what these others saw. Addresses it found
    stay in the ledger; those it asked for are due again. Its exchanges stay, as `rolled_back`, and so do its pages in
    the archive.

    Returns:
        How many articles went, how many are other than before, and how many addresses are due again.

    Raises:
        NotFound: there is no such run.
        FlowsError: it is of a kind that cannot be taken back, or was taken back before.
        RunInProgress: a run of its site is under way.
    """
    where = location(settings)
    run = _run(where, run_id)
    site = str(run["site"])
    with site_lock(settings, site, holder="rollback"), warehouse.publish_lock(where):
        started_at = datetime.now(UTC)
        own_run_id = new_run_id(site, started_at)
        with warehouse.at_one_moment(where) as connection:
            changes, counts = _taken_back(settings, connection, _run(where, run_id), own_run_id, started_at)
        changes.appends["runs"] = run_row(own_run_id, "rollback", site, started_at, f"took back {run_id}")
        warehouse.publish(where, own_run_id, changes.appends, changes.replaces, removes=changes.removes)
        past.forget(settings, site)
    dashboard.refresh(settings, logger)
    return counts


def _run(where: warehouse.Location, run_id: str) -> dict[str, Any]:
    with warehouse.connect(where) as connection:
        rows = connection.execute("FROM lake.runs WHERE run_id = ?", [run_id]).to_arrow_table().to_pylist()
    if not rows:
        raise NotFound(f"there is no run {run_id}; `wirehouse status` lists the last ones, the view runs all")
    run: dict[str, Any] = rows[0]
    if run["state"] == ROLLED_BACK:
        raise FlowsError(f"run {run_id} was taken back before ({run['reason']})")
    if run["flow"] not in FLOWS:
        raise FlowsError(
            f"run {run_id} is of the flow {run['flow']}: only runs of {', '.join(FLOWS)} can be taken back"
        )
    return run


def _taken_back(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    run: dict[str, Any],
    own_run_id: str,
    now: datetime,
) -> tuple[Changes, dict[str, int]]:
    bad = run["run_id"]
    fetches = connection.execute("FROM lake.fetches WHERE run_id = ?", [bad]).to_arrow_table().to_pandas()
    read = sorted(
        fetches.loc[fetches["outcome"].isin(["new", "revised", "unchanged", "not_modified"]), "article_uid"]
        .dropna()
        .unique()
    )
    before = warehouse.rows_of(connection, "articles", read).to_pandas()
    known = warehouse.rows_of(connection, "revisions", before["article_uid"]).to_pandas()
    looks_log = warehouse.rows_of(connection, "fetches", before["article_uid"]).to_pandas()
    looks = transforms.remaining_looks(known, looks_log, before, bad)
    revisions = transforms.rewritten_history(looks, _recorded(connection), now)
    articles = transforms.articles(looks, before.iloc[:0], revisions)
    others = looks_log[looks_log["run_id"] != bad]
    seen = transforms.seen_again(articles, others)
    articles = pd.concat([seen, articles[~articles["article_uid"].isin(seen["article_uid"])]])
    gone = sorted(set(before["article_uid"]) - set(articles["article_uid"]))
    changes = withdraw(connection, gone, articles, _KEEPS)
    _put_back(settings, changes, articles, revisions, own_run_id)
    urls = connection.execute(_TOUCHED, {"site": run["site"], "run_id": bad}).to_arrow_table().to_pandas()
    tries = (
        connection.execute(_TRIES, {"site": run["site"], "run_id": bad, "urls": urls["url"].tolist()})
        .to_arrow_table()
        .to_pandas()
    )
    # An article that the run did not read, for the site had withdrawn it or gave no answer, is as the others left it.
    others_of_addresses = urls.loc[~urls["article_uid"].isin(before["article_uid"]), "article_uid"].dropna().unique()
    untouched = warehouse.rows_of(connection, "articles", others_of_addresses).to_pandas()
    urls = transforms.reopened_addresses(urls, tries, pd.concat([articles, untouched]), bad, own_run_id, now)
    changes.replaces["urls"] = to_arrow("urls", urls)
    changes.replaces["fetches"] = to_arrow("fetches", fetches.assign(outcome=ROLLED_BACK))
    changes.replaces["runs"] = _emptied(run, own_run_id)
    for name in _SEEN:
        changes.remove(name, run_id=[bad])
    counts = {
        "gone": len(gone),
        "restored": len(articles),
        "due_again": int(urls["state"].isin(["pending"]).sum()),
    }
    return changes, counts


def _recorded(connection: duckdb.DuckDBPyConnection) -> pd.Series:
    """When the warehouse learned of each run, by run_id."""
    runs = connection.execute("SELECT run_id, published_at FROM lake.runs").to_arrow_table().to_pandas()
    return runs.set_index("run_id")["published_at"]


def _put_back(
    settings: Settings, changes: Changes, articles: pd.DataFrame, revisions: pd.DataFrame, own_run_id: str
) -> None:
    """Puts the articles that are left in the place of what they were, with their revisions and tags."""
    tags, tagged, untagged = tag_tables(articles, own_terms(settings), own_run_id, models=learned(settings))
    changes.remove("revisions", article_uid=articles["article_uid"].tolist())
    changes.removes.setdefault("tags", []).append(untagged)
    changes.appends |= {"tags": to_arrow("tags", tags), "revisions": to_arrow("revisions", revisions)}
    changes.replaces |= {"articles": to_arrow("articles", articles), "tagged": to_arrow("tagged", tagged)}


def _emptied(run: dict[str, Any], own_run_id: str) -> pa.Table:
    """The row of the run that was taken back: what it brought is nothing now."""
    nothing = dict.fromkeys(("new", "revised", "unchanged", "copies", "rejected", "failed"), 0)
    row = run | nothing | {"state": ROLLED_BACK, "reason": f"taken back by {own_run_id}"}
    return to_arrow("runs", pd.DataFrame([row]))
