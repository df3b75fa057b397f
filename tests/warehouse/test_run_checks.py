"""A run is checked before it is committed: errors stop it, warnings are kept with it."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import sqlite3
from importlib import resources
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import warehouse
from tests.warehouse.conftest import copy_of
from tests.warehouse.rows import NOON, a_run, articles, at, revisions, rows, run, urls
from transforms.fetches import OUTCOME_OF_VERDICT
from transforms.rolled_back import ROLLED_BACK
from transforms.urls import STATES
from warehouse import checks, lake

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


@pytest.fixture(scope="module")
def published(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a warehouse with the articles a and b of one run."""
    location = copy_of(empty_warehouse, tmp_path_factory.mktemp("published"))
    warehouse.publish(location, "run-1", **a_run("run-1", ["a", "b"]))
    return location.catalog_file.parent


@pytest.fixture
def sound(published: Path, tmp_path: Path) -> warehouse.Location:
    return copy_of(published, tmp_path)


def ask(location: warehouse.Location, sql: str) -> list[tuple[Any, ...]]:
    with lake.open_lake(location, read_only=True) as connection:
        connection.execute("SET search_path = 'lake.main'")
        return connection.execute(sql).fetchall()


def damage(location: warehouse.Location, sql: str) -> None:
    with lake.open_lake(location, read_only=False) as connection:
        connection.execute(sql)


def failed(location: warehouse.Location, run_id: str | None = None) -> list[tuple[str, str | None, str, str | None]]:
    with lake.open_lake(location, read_only=True) as connection:
        return failures(connection, run_id)


def failures(
    connection: duckdb.DuckDBPyConnection, run_id: str | None
) -> list[tuple[str, str | None, str, str | None]]:
    outcomes = checks.run(connection, run_id)
    return [(o.check, o.subject, o.observed, o.detail) for o in outcomes if not o.passed]


def failed_after(
    location: warehouse.Location, run_id: str | None, **tables: pa.Table
) -> list[tuple[str, str | None, str, str | None]]:
    """What fails of a run after these rows are added, as if runs had been published: each would take a second."""
    with lake.open_lake(location, read_only=False) as connection:
        for name, table in tables.items():
            connection.register("incoming", table)
            connection.execute(f"INSERT INTO lake.{name} BY NAME SELECT * FROM incoming")
        return failures(connection, run_id)


def another_run(run_id: str, uids: list[str], **changes: pa.Table) -> dict[str, dict[str, pa.Table]]:
    """`a_run` with some of its tables replaced."""
    tables = a_run(run_id, uids)
    for part in tables.values():
        part.update({name: table for name, table in changes.items() if name in part})
    return tables


def quoted_words(check: str, column: str) -> set[str]:
    """The words that a check compares a column with."""
    text = (resources.files(checks) / f"{check}.sql").read_text(encoding="utf-8")
    lists = re.findall(rf"{column} (?:NOT )?IN \(([^)]*)\)", text)
    return set(re.findall(r"'(\w+)'", " ".join(lists)))


def test_what_the_checks_found_comes_with_the_run(sound: warehouse.Location) -> None:
    rows_of_checks = ask(sound, "SELECT run_id, severity, passed, checked_at IS NOT NULL, snapshot_id FROM lake.checks")
    assert {row[:4] for row in rows_of_checks} == {("run-1", "error", True, True), ("run-1", "warning", True, True)}
    assert {row[4] for row in rows_of_checks} == {row[0] for row in ask(sound, "SELECT snapshot_id FROM runs")}
    names = {file.name.removesuffix(".sql") for file in resources.files(checks).iterdir() if ".sql" in file.name}
    assert {name for (name,) in ask(sound, 'SELECT "check" FROM checks')} == names


BROKEN = {
    "an article without an address": (
        another_run("run-2", ["c"], urls=urls("run-2", [])),
        {
            ("ledger_reconciles", "s: addresses that landed"),
            ("ledger_reconciles", "addresses of articles that did not land"),
        },
    ),
    "an article with two addresses": (
        another_run("run-2", ["c"], urls=pa.concat_tables([urls("run-2", ["c"]), urls("run-2", ["c"], url="c2")])),
        {
            ("ledger_reconciles", "s: addresses that landed"),
            ("ledger_reconciles", "addresses of articles that did not land"),
        },
    ),
    "an address of another article": (
        another_run("run-2", ["c"], urls=urls("run-2", ["c"], article_uid="a")),
        {("ledger_reconciles", "addresses of articles that did not land")},
    ),
    "a state that is none": (
        another_run("run-2", ["c"], urls=pa.concat_tables([urls("run-2", ["c"]), urls("run-2", ["d"], state="lost")])),
        {("ledger_reconciles", "s: addresses in a state")},
    ),
    "an outcome that is none": (
        another_run("run-2", ["c"], fetches=rows("fetches", {"run_id": "run-2", "outcome": "dreamt"})),
        {("fetches_have_outcomes", None)},
    ),
    "an answer that is not archived": (
        another_run("run-2", ["c"], fetches=rows("fetches", {"run_id": "run-2", "outcome": "new", "status": 200})),
        {("fetches_have_outcomes", None)},
    ),
    "counts that are not the sums": (
        another_run("run-2", ["c"], runs=run("run-2", fetched=2, new=1, rejected=1)),
        {("runs_sum_fetches", None)},
    ),
    "an article without its revision": (
        another_run("run-2", ["c"], revisions=revisions("run-2", [])),
        {("articles_are_newest_revisions", None)},
    ),
    "a revision without its article": (
        another_run("run-2", ["c"], articles=articles("run-2", [])),
        {
            ("ledger_reconciles", "s: addresses that landed"),
            ("ledger_reconciles", "addresses of articles that did not land"),
            ("revisions_have_articles", None),
        },
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_error_stops_the_run_and_leaves_only_what_the_checks_found(case: str, sound: warehouse.Location) -> None:
    tables, expected = BROKEN[case]
    counts = "SELECT (FROM lake.articles SELECT count(*)), (FROM lake.urls SELECT count(*)), count(*) FROM lake.runs"
    before = ask(sound, counts)
    with pytest.raises(warehouse.ChecksFailed, match="run run-2 was not published") as failure:
        warehouse.publish(sound, "run-2", **tables)
    assert ask(sound, counts) == before
    assert not warehouse.is_published(sound, "run-2")
    found = ask(sound, "SELECT \"check\", subject FROM checks WHERE run_id = 'run-2' AND NOT passed")
    assert set(found) == expected
    assert all(name in str(failure.value) for name, _ in found)


def test_the_message_says_what_was_expected_and_found_and_gives_examples(sound: warehouse.Location) -> None:
    with pytest.raises(warehouse.ChecksFailed) as failure:
        warehouse.publish(sound, "run-2", **another_run("run-2", ["c", "d"], urls=urls("run-2", ["d"])))
    assert "ledger_reconciles (s: addresses that landed): expected 4, found 3" in str(failure.value)
    assert "(addresses of articles that did not land): expected 0, found 1: c" in str(failure.value)


def test_a_run_that_was_stopped_can_be_published_once_it_is_mended(sound: warehouse.Location) -> None:
    with pytest.raises(warehouse.ChecksFailed):
        warehouse.publish(sound, "run-2", **another_run("run-2", ["c"], urls=urls("run-2", [])))
    warehouse.publish(sound, "run-2", **a_run("run-2", ["c"]))
    assert ask(sound, "SELECT count(*) FROM checks WHERE run_id = 'run-2' AND NOT passed") == [(0,)]
    assert ask(sound, "SELECT count(*) - count(DISTINCT (\"check\", subject)) FROM checks WHERE run_id = 'run-2'") == [
        (0,)
    ]
    assert failed(sound) == []


def test_publishing_unchecked_says_nothing(sound: warehouse.Location) -> None:
    warehouse.publish(sound, "run-2", **another_run("run-2", ["c"], urls=urls("run-2", [])), check=False)
    assert ask(sound, "SELECT count(*) FROM checks WHERE run_id = 'run-2'") == [(0,)]
    assert {check for check, *_ in failed(sound)} == {"ledger_reconciles"}


def test_old_damage_elsewhere_stops_no_run_but_is_found_in_the_whole(sound: warehouse.Location) -> None:
    damage(sound, "UPDATE lake.revisions SET revision = 7 WHERE article_uid = 'a'")
    warehouse.publish(sound, "run-2", **a_run("run-2", ["c"]))
    assert failed(sound, "run-2") == []
    assert ("revisions_are_numbered", None, "1", "a") in failed(sound)


def test_an_address_that_moved_passes_and_one_that_did_not_move_along_does_not(sound: warehouse.Location) -> None:
    moved = articles("run-2", ["a"], url="a2")
    both = pa.concat_tables([urls("run-2", ["a"], state="alias"), urls("run-2", ["a"], url="a2")])
    appends = {"runs": run("run-2")}
    with pytest.raises(warehouse.ChecksFailed, match="addresses of articles that did not land"):
        warehouse.publish(sound, "run-2", {**appends}, {"articles": moved})
    warehouse.publish(sound, "run-2", appends, {"articles": moved, "urls": both})
    assert failed(sound) == []


def test_articles_that_share_an_address_are_a_warning(sound: warehouse.Location) -> None:
    shared = another_run("run-2", ["c"], articles=articles("run-2", ["c"], url="a"), urls=urls("run-2", ["c"], url="a"))
    warehouse.publish(sound, "run-2", **shared)
    for scope in ("run-2", None):
        assert failed(sound, scope) == [("articles_have_own_addresses", None, "1", "a")]


def test_the_states_and_outcomes_that_checks_know_are_those_that_transforms_make() -> None:
    assert quoted_words("ledger_reconciles", "state") == set(STATES)
    made = {"new", "revised", "unchanged", ROLLED_BACK, *OUTCOME_OF_VERDICT.values()}
    assert quoted_words("fetches_have_outcomes", "outcome") == made


def coverage(run_id: str, hours: float, found: int, pages: int = 60, field: str = "place", **facts: Any) -> pa.Table:
    each = {"run_id": run_id, "site": "s", "kind": "news", "field": field, "observed_at": at(hours), "pages": pages}
    return rows("field_coverage", {**each, "found": found, "share": found / pages, **facts})


def after_coverage(location: warehouse.Location, *runs: tuple[float, int, int], **facts: Any) -> list[Any]:
    """What fails of the last of these runs: (hours after noon, pages with the field, pages)."""
    numbered = [(f"r{number}", *each) for number, each in enumerate(runs, 1)]
    return failed_after(
        location,
        f"r{len(runs)}",
        runs=pa.concat_tables(run(run_id, started_at=at(hours)) for run_id, hours, *_ in numbered),
        field_coverage=pa.concat_tables(coverage(*each, **facts) for each in numbered),
    )


def test_a_field_that_falls_off_is_named_with_its_shares_and_examples(location: warehouse.Location) -> None:
    failed_after(location, "r", field_coverage=pa.concat_tables([coverage("r1", 0, 58), coverage("r2", 1, 60)]))
    now = {"runs": run("r3"), "field_coverage": coverage("r3", 2, 30, examples=["u1", "u2", "u3"])}
    warehouse.publish(location, "r3", now)
    found = ask(location, "SELECT subject, severity, expected, observed, detail FROM checks WHERE NOT passed")
    ((subject, severity, expected, observed, detail),) = found
    assert (subject, severity, expected, observed) == ("s/news/place", "warning", "0.983", "0.500")
    assert detail == "place found on 30 of 60 pages (0.500), before on 0.983 of 120 in 2 runs; without it: u1, u2, u3"


#: By what they show: the runs of a site (hours after noon, pages with the field, pages); whether the last falls off.
FALLS = {
    "all of four": ([(0, 60, 60), (1, 0, 4)], True),
    "three tell nothing": ([(0, 60, 60), (1, 0, 3)], False),
    "a few": ([(0, 60, 60), (1, 57, 60)], False),
    "a tenth": ([(0, 60, 60), (1, 54, 60)], True),
    "less than a twentieth": ([(0, 900, 1000), (1, 860, 1000)], False),
    "a tenth of many": ([(0, 900, 1000), (1, 800, 1000)], True),
    "chance": ([(0, 30, 60), (1, 20, 60)], False),
    "no chance": ([(0, 30, 60), (1, 5, 60)], True),
    "a short past": ([(0, 1, 1), (1, 5, 10)], False),
    "never there": ([(0, 0, 60), (1, 0, 60)], False),
    "a rise": ([(0, 30, 60), (1, 60, 60)], False),
    "no past": ([(0, 0, 60)], False),
    "long past": ([(-57 * 24, 60, 60), (0, 0, 60)], False),
}


def test_a_fall_counts_when_chance_does_not_explain_it(location: warehouse.Location) -> None:
    made = [
        (run(f"{site}{n}", site=site, started_at=at(each[0])), coverage(f"{site}{n}", *each, site=site))
        for site, (runs, _) in FALLS.items()
        for n, each in enumerate(runs)
    ]
    runs, fields = (pa.concat_tables(tables) for tables in zip(*made, strict=True))
    found = failed_after(location, None, runs=runs, field_coverage=fields)
    assert {subject for _, subject, *_ in found} == {
        f"{site}/news/place" for site, (_, falls) in FALLS.items() if falls
    }


def test_the_past_is_that_hour_of_the_week_where_there_are_three_runs_of_it(location: warehouse.Location) -> None:
    at_this_hour = [(-n * 7 * 24, 10, 60) for n in (1, 2, 3)]
    assert after_coverage(location, *at_this_hour, *((n - 80, 60, 60) for n in range(5)), (0.5, 9, 60)) == []
    damage(location, "DELETE FROM lake.field_coverage WHERE run_id = 'r1'")
    ((_, _, _, detail),) = failed(location, "r9")
    assert "in 7 runs;" in str(detail)


def after_runs(location: warehouse.Location, *runs: tuple[float, int], **facts: Any) -> list[Any]:
    """Whether the last of these runs is small, and why: (hours after noon, new articles)."""
    made = [
        run(f"r{n}", started_at=at(hours), new=new, revised=0, unchanged=0, **facts)
        for n, (hours, new) in enumerate(runs, 1)
    ]
    return failed_after(location, f"r{len(runs)}", runs=pa.concat_tables(made))


STEADY = [(n / 4, 20 + n % 3) for n in range(12)]


#: By what they show: the runs of a site (hours after noon, new articles), and whether the last is small.
SMALL = {
    "as always": ([*STEADY, (3, 21)], False),
    "chance": ([*STEADY, (3, 12)], False),
    "few": ([*STEADY, (3, 3)], True),
    "none": ([*STEADY, (3, 0)], True),
    "none in a moment": ([*STEADY, (2.76, 0)], False),
    "few for so long": ([*STEADY, (3.75, 21)], True),
    "no past but the first run": ([(0, 500), (1, 0)], False),
    "a short past": ([(0, 500), (1, 30), (2, 30), (3, 0)], False),
    "none at first": ([(0, 0)], True),
    "some at first": ([(0, 500)], False),
    "a site that rests": ([(0, 9), (1, 0), (2, 0), (3, 0), (4, 0)], False),
}


def test_a_run_is_small_when_it_brings_less_than_chance_explains(location: warehouse.Location) -> None:
    made = [
        run(f"{site}{n:02}", site=site, started_at=at(hours), new=new)
        for site, (runs, _) in SMALL.items()
        for n, (hours, new) in enumerate(runs)
    ]
    found = failed_after(location, None, runs=pa.concat_tables(made))
    assert {subject for _, subject, *_ in found} == {site for site, (_, is_small) in SMALL.items() if is_small}


def test_empty_runs_in_a_row_are_noticed_where_one_is_not(location: warehouse.Location) -> None:
    rare = [(n / 4, 3) for n in range(12)]
    assert after_runs(location, *rare, (3, 0)) == []
    empty = [run(f"more{number}", started_at=at(3.25 + number / 4), new=0) for number in range(4)]
    ((_, subject, observed, detail),) = failed_after(location, "more3", runs=pa.concat_tables(empty))
    assert (subject, observed) == ("s", "0")
    assert "0 new in 1.25 hours; usual are 15.0, by 11 runs" in str(detail)


@pytest.mark.parametrize(("days", "named"), [(7, "weeks"), (1, "days")])
def test_a_quiet_hour_is_no_small_run(location: warehouse.Location, days: int, named: str) -> None:
    """At two each night there is little, at three nothing, as it always was; at four there is much."""
    nights = [(24 * days * -n + hour, new) for n in (5, 4, 3, 2, 1) for hour, new in ((2, 2), (3, 0), (4, 100))]
    assert after_runs(location, *nights, (2, 1), (3, 0)) == []
    for run_id, new in (("a", 70), ("b", 60)):
        small = failed_after(location, run_id, runs=run(run_id, started_at=at(4), new=new))
        assert bool(small) == (new == 60), small
        damage(location, f"DELETE FROM lake.runs WHERE run_id = '{run_id}'")
    assert small[0][3] == f"60 new in 2.00 hours; usual are 100.0, by 5 {named}"


def test_a_backfill_is_never_small(location: warehouse.Location) -> None:
    assert after_runs(location, *STEADY, (3, 0), flow="backfill") == []


def test_the_ledger_of_addresses_and_articles_is_found(sound: warehouse.Location) -> None:
    more = [
        {"site": "s", "url": url, "state": "pending", "article_uid": uid} for url, uid in (("u", None), ("a2", "a"))
    ]
    tables = {"urls": pa.concat_tables([rows("urls", *more, {"site": "s", "url": "other", "state": "gone"})])}
    warehouse.publish(sound, "run-2", {"runs": run("run-2")}, tables)
    found = warehouse.known_urls(sound, ["u", "unknown"], ["a"]).to_pylist()
    assert {(row["url"], row["state"], row["first_seen_at"]) for row in found} == {
        ("u", "pending", None),
        ("a", "landed", NOON),
        ("a2", "pending", NOON),
    }
    assert len(found) == 3
    with warehouse.connect(sound) as connection:
        assert warehouse.known_urls(connection, [], []).num_rows == 0
    assert dt.timedelta(0) == found[0]["discovered_at"] - NOON


def ages(site: str, *hours_between: float) -> tuple[pa.Table, pa.Table]:
    """Runs an hour apart, and for each an article that it saw first, so many hours old when the run ended."""
    ends = [at(n) for n in range(len(hours_between))]
    facts = zip(ends, hours_between, strict=True)
    seen = (
        articles("x", [f"{site}{n}"], site=site, first_seen_at=end, published_at=end - dt.timedelta(hours=age))
        for n, (end, age) in enumerate(facts)
    )
    made = (run(f"{site}{n}", site=site, started_at=end, finished_at=end) for n, end in enumerate(ends))
    return pa.concat_tables(made), pa.concat_tables(seen)


def test_a_run_whose_newest_article_is_older_than_usual_is_a_warning(location: warehouse.Location) -> None:
    fresh, stale, other_clock, short = (
        ages("fresh", 1, 1, 1, 1),
        ages("stale", 1, 1, 1, 1, 9, 10, 11),
        ages("other", 9000, 9001, 9002, 9003),
        ages("short", 1, 50),
    )
    runs, seen = (pa.concat_tables(tables) for tables in zip(fresh, stale, other_clock, short, strict=True))
    found = [each for each in failed_after(location, None, runs=runs, articles=seen) if each[0] == "freshness"]
    # What came in the last three hours was older than what was there.
    ((_, subject, observed, detail),) = found
    assert (subject, observed) == ("stale", "4.0")
    assert "the newest article is of 2025-12-10 14:00 UTC, the run ended 2025-12-10 18:00 UTC" in str(detail)


def test_shares_of_refused_pages_and_of_copies_that_rise_are_a_warning(location: warehouse.Location) -> None:
    past = [
        run(f"{site}{n}", site=site, started_at=at(n), new=60, revised=0, unchanged=40, rejected=1, copies=6)
        for site in ("calm", "wall", "markup")
        for n in range(5)
    ]
    facts = {"new": 60, "revised": 0, "unchanged": 40, "started_at": at(6)}
    now = [
        run("calm9", site="calm", rejected=3, copies=9, **facts),
        run("wall9", site="wall", rejected=1, copies=55, **facts),
        run("markup9", site="markup", rejected=30, copies=6, **facts),
    ]
    refused = rows("rejects", {"run_id": "markup9", "url": "u1", "reason": "no_title"})
    found = failed_after(location, None, runs=pa.concat_tables([*past, *now]), rejects=refused)
    assert [each[:3] for each in found if each[0] == "rising_shares"] == [
        ("rising_shares", "markup/ingest: rejected", "30"),
        ("rising_shares", "wall/ingest: copies", "55"),
    ]
    assert "30 of 130 pages; usual is a share of 0.012, by 5 runs; for example no_title u1" in str(found[0][3])


def test_times_later_than_the_fetch_are_a_warning(location: warehouse.Location) -> None:
    later = revisions("r", ["a"], observed_at=NOON, published_at=at(5.5))
    ahead = revisions("r", ["b"], observed_at=NOON, updated_at=at(1))
    sound = revisions("r", ["c"], observed_at=NOON, published_at=at(0.2))
    found = failed_after(location, "r", runs=run("r"), revisions=pa.concat_tables([later, ahead, sound]))
    assert ("times_in_the_future", None, "2", "a (2025-12-10 17:30), b (2025-12-10 13:00)") in found


def test_articles_tagged_by_two_versions_of_a_scheme_are_a_warning(location: warehouse.Location) -> None:
    by = [("a", ["sdg=1", "topic=1"]), ("b", ["sdg=1", "topic=2"]), ("c", ["sdg=1", "topic=2"])]
    tagged = rows("tagged", *({"article_uid": uid, "run_id": "r", "versions": versions} for uid, versions in by))
    found = failed_after(location, "r", runs=run("r"), tagged=tagged)
    assert ("vocabulary_versions", "topic", "2 versions", "topic=2 (2 articles), topic=1 (1 articles)") in found


def test_maintenance_that_has_not_been_is_a_warning_and_mends_it(sound: warehouse.Location) -> None:
    with lake.open_lake(sound, read_only=False) as connection:
        for _ in range(101):
            connection.execute("INSERT INTO lake.named_snapshots VALUES ('a', 0, NULL, now(), now())")
            connection.execute("DELETE FROM lake.named_snapshots")
    days_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(days=4)).isoformat()
    with contextlib.closing(sqlite3.connect(sound.catalog_file)) as catalog, catalog:
        catalog.execute("UPDATE ducklake_snapshot SET snapshot_time = ? WHERE snapshot_id > 0", [days_ago])
    ((check, subject, observed, detail),) = failed(sound)
    assert (check, subject) == ("lake_is_maintained", None)
    assert int(observed) > 200
    assert detail is not None
    assert "wirehouse maintain" in detail
    warehouse.maintain(sound, dt.timedelta(days=30))
    assert failed(sound) == []


def test_what_a_check_says_to_look_at_is_a_query_that_runs(sound: warehouse.Location) -> None:
    with lake.open_lake(sound, read_only=True) as connection:
        looks = {o.look for run_id in (None, "run-1") for o in checks.run(connection, run_id)}
    assert any(look and "'run-1'" in look for look in looks)
    with warehouse.query.connect_guarded(sound) as connection:
        for look in looks - {None}:
            warehouse.query.check(str(look))
            connection.execute(str(look))
