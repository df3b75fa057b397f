"""The past of a site is filled in by a plan, in chunks that may die anywhere; what is there is not asked for again."""

from __future__ import annotations

import json
import logging
import re
import signal
import threading
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from flows.backfill_target import read_target
from flows.backfilling import make_plan
from flows.crawling import crawl_listed
from flows.errors import CannotBeDone, RunInProgress
from flows.landings import site_lock
from flows.look_ahead import look_ahead
from flows.publishing import publish_landing
from flows.settings import Settings
from tests.flows.forked import Forked, run_forked
from tests.flows.test_kill import DIE_AT, wait_for_pages, wait_until_over
from tests.flows.warehouse_dump import dump, environment, location
from tests.replica_harbourledger import Replica as HarbourLedger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.replica import Replica

BACKFILL = (
    DIE_AT
    + """
import json
from flows.backfill import backfill
for parameters in json.loads(sys.argv[2]):
    done = backfill(site="devdiscourse", **parameters)
    print(json.dumps({"plan": done["plan"], "runs": len(done["runs"]), "left": done["left"], "reason": done["reason"]}))
"""
)
COMMAND = "from flows.cli import main; main()"


def backfill(home: Path, prefect_api: dict[str, str], *asked: dict[str, Any], point: str = "nowhere") -> list[Any]:
    """Runs the flow once for each set of parameters, all in one process."""
    done = run_forked(BACKFILL, point, json.dumps(asked), env=environment(home, prefect_api), timeout=240)
    assert done.returncode == (0 if point == "nowhere" else -signal.SIGKILL), done.stderr[-3000:]
    # DuckDB takes a process without a file to run for a prompt, and draws there how far a statement is that takes long.
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def all_ids(site: Replica) -> list[int]:
    return sorted(int(each) for each in site.truth()["articles"])


def dates_of(site: Replica) -> dict[int, date]:
    return {int(key): date.fromisoformat(each["site_date"]) for key, each in site.truth()["articles"].items()}


def landed(home: Path) -> set[int]:
    with warehouse.connect(location(home)) as connection:
        return {int(each) for (each,) in connection.execute("SELECT site_article_id FROM articles").fetchall()}


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, prefect_api: dict[str, str], still_site: Replica
) -> dict[str, list[str]]:
    """What a backfill by ids leaves when nothing happens to it; with what a second one does."""
    home = tmp_path_factory.mktemp("undisturbed-backfill")
    first, second = backfill(home, prefect_api, by_ids(still_site), by_ids(still_site))
    assert landed(home) == set(all_ids(still_site)[10:40])
    assert (first["left"], first["reason"]) == (0, None)
    assert second["runs"] == 0, "what is there, or known not to be, is not asked for again"
    return dump(home)


def by_ids(site: Replica) -> dict[str, Any]:
    ids = all_ids(site)
    return {"ids": f"{ids[10]}-{ids[39]}", "base_url": site.base_url}


def test_days_are_filled_between_what_is_known_around_them(
    tmp_path: Path, prefect_api: dict[str, str], still_site: Replica
) -> None:
    dates, base = dates_of(still_site), {"base_url": still_site.base_url}
    days = sorted(set(dates.values()))
    first, last = days[1], days[-2]
    edges = [key for key, day in sorted(dates.items()) if not first <= day <= last]
    before, after = max(k for k in edges if dates[k] < first), min(k for k in edges if dates[k] > last)
    asked = {"start": first.isoformat(), "end": last.isoformat(), **base}
    *_, plan, done, again = backfill(
        tmp_path,
        prefect_api,
        {"ids": f"{before - 3}-{before}", **base},
        {"ids": f"{after}-{after + 3}", **base},
        {**asked, "dry_run": True},
        asked,
        asked,
    )
    # Nothing is known of these days but what is around them.
    assert sum(row["landed"] for row in plan["plan"]) == 0
    assert sum(row["never_looked_at"] for row in plan["plan"]) == plan["left"] > 0
    assert (done["left"], done["reason"]) == (0, None)
    assert again["runs"] == 0
    assert all(row["is_complete"] for row in again["plan"])
    wanted = {key for key, day in dates.items() if first <= day <= last}
    assert wanted <= landed(tmp_path)
    assert {row["site_date"]: row["landed"] for row in again["plan"] if row["landed"]} == {
        str(day): sum(each == day for each in dates.values()) for day in sorted({dates[key] for key in wanted})
    }


def test_the_plan_and_coverage_count_every_day_alike_before_amid_and_after(
    tmp_path: Path, prefect_api: dict[str, str], still_site: Replica
) -> None:
    dates, base = dates_of(still_site), {"base_url": still_site.base_url}
    days = sorted(set(dates.values()))
    # The site's listing of live discourses, and its articles but those of some days; some are there twice.
    ids = sorted(dates)
    known = [key for key in ids if dates[key] in {days[0], days[1], days[-2], days[-1]} or key % 5 == 0]
    listed = tmp_path / "known.txt"
    talks = [f"/live-discourse/{each}-a-talk" for each in still_site.truth()["live_discourses"]]
    names = [f"/article/health/{key}-a-story" for key in known] + [f"/article/other/{known[0]}-again"]
    listed.write_text("\n".join(still_site.base_url + path for path in [*talks, *names]))
    home = tmp_path / "home"
    before = (days[0] - timedelta(days=3), days[0] - timedelta(days=1))
    settings = Settings(home=home)

    def compare(first: date, last: date) -> dict[date, tuple[int, bool]]:
        """By day what was never looked at, and whether it is complete."""
        with warehouse.connect(location(home)) as connection:
            names = "known, landed, pending, failed, gone, other, never_looked_at::BIGINT, is_complete"
            rows = connection.execute(f"SELECT site_date, {names} FROM coverage ORDER BY site_date").fetchall()
        covered = {day: row for day, *row in rows}
        days, *_ = look_ahead(settings, read_target("devdiscourse", start=first, end=last, **base))
        planned = {date.fromisoformat(row.pop("site_date")): row for row in days}
        assert list(planned) == [first + timedelta(days=n) for n in range((last - first).days + 1)]
        asked = {day: row.pop("to_ask") for day, row in planned.items()}
        assert {day: list(row.values()) for day, row in planned.items() if day in covered} == {
            day: row for day, row in covered.items() if first <= day <= last
        }
        assert {day: row["never_looked_at"] + row["pending"] for day, row in planned.items()} == asked
        for day in planned:
            (alone,), *_ = look_ahead(settings, read_target("devdiscourse", start=day, **base))
            assert alone["never_looked_at"] == planned[day]["never_looked_at"], "whatever else is asked for"
        return {day: (row["never_looked_at"], row["is_complete"]) for day, row in planned.items()}

    backfill(home, prefect_api, {"urls": str(listed), **base})
    begun = compare(before[0], days[-1])
    assert any(count for count, _ in begun.values())
    pace = (ids[-1] - ids[0]) / ((days[-1] - days[0]).days or 1)
    assert all(0.5 * pace < begun[day][0] < 2 * pace for day in (before[0], before[1])), "as fast before as since"
    middle = days[len(days) // 2]
    backfill(home, prefect_api, {"start": str(middle), "end": str(days[-2]), **base})
    amid = compare(before[0], days[-1])
    assert amid[middle] == (0, True)
    (done,) = backfill(home, prefect_api, {"start": str(before[0]), "end": str(days[-2]), **base})
    assert (done["left"], done["reason"]) == (0, None)
    after = compare(before[0], days[-1])
    assert all(each == (0, True) for day, each in after.items() if day < days[-1])
    with warehouse.connect(location(home)) as connection:
        found = connection.execute(
            "SELECT min(site_date), max(site_date), max(complete_through) FROM coverage"
        ).fetchone()
        errors = connection.execute("SELECT count(*) FROM urls WHERE url LIKE '%/Error/%'").fetchone()
    assert found == (before[0], days[-1], days[-2])
    assert errors is not None
    assert errors[0] > 0, "pages that are the end of a redirect, and no day's"


@pytest.mark.parametrize("point", ["in the transforms", "in the transaction", "after the commit"])
def test_a_backfill_killed_while_it_publishes_goes_on_where_it_stopped(
    tmp_path: Path, prefect_api: dict[str, str], still_site: Replica, undisturbed: dict[str, list[str]], point: str
) -> None:
    backfill(tmp_path, prefect_api, by_ids(still_site), point=point)
    (done,) = backfill(tmp_path, prefect_api, by_ids(still_site))
    assert done["left"] == 0
    assert dump(tmp_path) == undisturbed
    assert not list((tmp_path / "landing").iterdir())


def test_a_backfill_killed_in_its_crawl_goes_on_where_it_stopped(
    tmp_path: Path, prefect_api: dict[str, str], still_site: Replica, undisturbed: dict[str, list[str]]
) -> None:
    still_site.faults.set(kind="slow", path="/article/", seconds=0.1)
    flow = Forked(BACKFILL, "nowhere", json.dumps([by_ids(still_site)]), env=environment(tmp_path, prefect_api))
    crawl_pid = wait_for_pages(tmp_path, 5, flow)
    flow.kill()
    flow.wait(60)
    still_site.faults.clear()
    wait_until_over(crawl_pid)
    backfill(tmp_path, prefect_api, by_ids(still_site))
    assert dump(tmp_path) == undisturbed


def test_a_backfill_that_its_site_asks_to_wait_says_what_is_left_and_fails(
    tmp_path: Path, prefect_api: dict[str, str], still_site: Replica
) -> None:
    ids = all_ids(still_site)[10:16]
    asked = ["--ids", f"{ids[0]}-{ids[-1]}", "--base-url", still_site.base_url]
    still_site.faults.set(kind="429", path=f"/article/.*{ids[3]}", seconds=3600)
    command = ["backfill", "--site", "devdiscourse", *asked]
    done = run_forked(COMMAND, *command, env=environment(tmp_path, prefect_api), timeout=240)
    still_site.faults.clear()
    assert done.returncode == 1
    assert re.search(r"^wirehouse: [1-6] still to do: asked_to_wait.* it goes on there", done.stderr, re.MULTILINE)


def test_a_list_of_addresses_is_asked_for_whatever_else_it_names(
    tmp_path: Path, prefect_api: dict[str, str], still_site: Replica
) -> None:
    ids = all_ids(still_site)[:3]
    listed = tmp_path / "list.txt"
    lines = [f"https://www.devdiscourse.com/article/health/{number}-a-story?utm_source=x" for number in ids]
    listed.write_text("\n".join([*lines, lines[0], "https://other.example/article/health/1-a", "no address"]))
    asked = {"urls": str(listed), "base_url": still_site.base_url}
    first, second = backfill(tmp_path / "home", prefect_api, asked, asked)
    assert landed(tmp_path / "home") == set(ids)
    assert (first["left"], second["runs"]) == (0, 0)


def test_days_of_a_site_without_ids_are_looked_up_in_its_archives(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    where = location(tmp_path)
    warehouse.create(where)

    def fill() -> list[list[str]]:
        """What each chunk asked the site for."""
        asked: list[list[str]] = []
        found: list[str] = []
        while True:
            with warehouse.connect(where) as connection:
                plan = make_plan(connection, target, found, is_begun=bool(asked))
            if plan.is_done:
                return asked
            what: dict[str, Any] = {"urls": list(plan.chunk), "found_by": plan.found_by}
            if plan.archive_days:
                what = {"sitemaps": list(plan.doors), "days": list(plan.archive_days)}
            run = crawl_listed(
                settings, "harbourledger", flow="backfill", base_url=site.base_url, log=logging.getLogger(),
                time_limit_s=60, **what,
            )  # fmt: skip
            found = found or [row["url"] for row in run.lines("urls")]
            asked.append(sorted(row["url"] for row in run.lines("fetches") if row["purpose"] != "robots"))
            publish_landing(settings, run)

    with HarbourLedger(articles=60, seed=3) as site:
        dates = {
            each["url"]: date.fromisoformat(each["published_at"][:10]) for each in site.truth()["articles"].values()
        }
        days = sorted(set(dates.values()))
        target = read_target("harbourledger", base_url=site.base_url, start=days[1], end=days[2])
        looked, fetched = fill()
        again = fill()
    assert all("/archive/" in url for url in looked)
    assert {f"{day:%Y/%m/%d}" for day in days[1:3]} == {url.split("/archive/")[1][:10] for url in looked}
    assert not any("/archive/" in url for url in fetched)
    with warehouse.connect(where) as connection:
        found = connection.execute("SELECT site_date, count(*) FROM articles GROUP BY ALL ORDER BY ALL").fetchall()
    assert [day for day, _ in found] == days[1:3]
    assert again == [], "an archive that was looked into after its day is not asked for again"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "needs one of"),
        ({"ids": "1-2", "urls": "x"}, "was given ids and urls"),
        ({"start": date(2025, 12, 2), "end": date(2025, 12, 1)}, "is after the last"),
        ({"ids": "9-1"}, "upward"),
        ({"ids": "1-9000000"}, "at most"),
        ({"ids": "one-two"}, "no range of ids"),
        ({"warc": ["nowhere/*.warc.gz"]}, "no file is named"),
        ({"warc": ["/tm[p]"]}, r"is a directory: name the files in it, such as /tmp/\*\.warc\.gz"),
        ({"urls": "nowhere.txt"}, "reading the list"),
    ],
)
def test_what_cannot_be_asked_for_is_said_before_anything_is_done(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(CannotBeDone, match=message):
        read_target("devdiscourse", **asked)


def test_days_that_are_still_to_come_are_cut_off_and_said_to_be_so() -> None:
    now = datetime(2025, 12, 11, 19, 0, tzinfo=UTC)  # the 12th in India
    until, today = date(2099, 1, 1), date(2025, 12, 12)
    target = read_target("devdiscourse", start=date(2025, 12, 10), end=until, now=now)
    assert target.days == (date(2025, 12, 10), today)
    assert list(target.remarks()) == ["the days after 2025-12-12 until 2099-01-01, which are still to come"]
    whole = read_target("devdiscourse", start=today, now=now)
    assert (whole.days, list(whole.remarks())) == ((today, today), [])
    for days in ({"start": date(2025, 12, 13)}, {"start": date(2025, 12, 13), "end": until}):
        with pytest.raises(CannotBeDone, match=r"still to come: at devdiscourse \(Asia/Kolkata\) it is 2025-12-12"):
            read_target("devdiscourse", now=now, **days)


def test_a_list_says_which_of_its_lines_are_not_asked_for(tmp_path: Path) -> None:
    own = "https://www.devdiscourse.com/article/law-order/3727119-a-title"
    lines = [own, "not a url", "www.devdiscourse.com/article/x/3727120-b", "3727130\x1b", "https://example.org/a", ""]
    (tmp_path / "list.txt").write_text("\n".join(lines), encoding="utf-8")
    target = read_target("devdiscourse", urls=str(tmp_path / "list.txt"))
    assert target.urls == (own,)
    assert list(target.remarks()) == [
        "1 address is no article of devdiscourse: https://example.org/a",
        "3 lines are no addresses: not a url, www.devdiscourse.com/article/x/3727120-b, 3727130",
    ]
    (tmp_path / "list.txt").write_text("\n".join([own, *map(str, range(9))]), encoding="utf-8")
    assert list(read_target("devdiscourse", urls=str(tmp_path / "list.txt")).remarks()) == [
        "9 lines are no addresses: 0, 1, 2, 3, 4, …"
    ]


def test_a_scheduled_run_waits_for_a_chunk_and_is_next_and_not_for_another_scheduled_run(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    order: list[str] = []
    is_held, waits = threading.Event(), threading.Event()

    def chunks() -> None:
        for number in range(2):
            with site_lock(settings, "devdiscourse", holder="backfill", wait_s=20):
                order.append(f"chunk {number}")
                is_held.set()
                waits.wait(10)
                time.sleep(0.5)

    with site_lock(settings, "devdiscourse", holder="ingest"):
        second = site_lock(settings, "devdiscourse", holder="ingest", yields_to="ingest", wait_s=20)
        with pytest.raises(RunInProgress, match="another run of devdiscourse"):
            second.__enter__()
    backfilling = threading.Thread(target=chunks)
    backfilling.start()
    is_held.wait(10)
    waits.set()
    with site_lock(settings, "devdiscourse", holder="ingest", yields_to="ingest", wait_s=20):
        order.append("ingest")
    backfilling.join()
    assert order == ["chunk 0", "ingest", "chunk 1"]
