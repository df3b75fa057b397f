"""How the warehouse is: healthy or not, how fresh, what is missing, its last runs, failed checks and sizes."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warehouse
from flows.alerts import Alert, failed_checks
from flows.archive_store import bucket_bytes, is_bucket
from flows.landings import MARK_OF_STOPPED, is_worked_on, site_of
from flows.location import location
from flows.missing_pages import what_is_gone

if TYPE_CHECKING:
    import duckdb

    from flows.settings import Settings

#: A site is late when its last run lies back more than this many of its usual intervals, and an hour at least.
LATE_INTERVALS = 4
LATEST = timedelta(hours=1)
#: The same for a site whose interval is not known yet.
LATEST_UNKNOWN = timedelta(days=1)
SHOWN_RUNS = 8
#: Below this there may be no room for the next runs, nor for compaction.
LEAST_FREE_BYTES = 2 * 2**30

#: When a run began. A time to come is not believed: the clock was wrong, and it would be the newest for long.
_BEGAN = """
SELECT *,
       CASE WHEN started_at <= getvariable('as_of') THEN started_at
            WHEN published_at <= getvariable('as_of') THEN published_at END AS began_at
FROM lake.runs
"""

_SITES = f"""
WITH addresses AS (
    SELECT
        site,
        count(*) FILTER (WHERE state = 'pending') AS pending,
        count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'rejected') AS rejected,
        count(*) FILTER (WHERE next_try_at <= getvariable('as_of') AND state IN ('pending', 'failed')) AS due
    FROM lake.urls GROUP BY site
),
held AS (
    SELECT site, count(*) AS articles, max(published_at) AS newest_article_at FROM lake.articles GROUP BY site
),
ingests AS (
    FROM ({_BEGAN}) WHERE flow = 'ingest' AND site IS NOT NULL AND began_at IS NOT NULL
),
steps AS (
    SELECT site, began_at, epoch(began_at - lag(began_at) OVER (PARTITION BY site ORDER BY began_at)) AS seconds
    FROM ingests QUALIFY row_number() OVER (PARTITION BY site ORDER BY began_at DESC) <= 200
),
usual AS (
    SELECT site, CASE WHEN count(seconds) >= 3 THEN median(seconds) END AS interval_s FROM steps GROUP BY site
),
last AS (
    SELECT site, max(began_at) AS last_run_at, max(began_at) FILTER (WHERE state <> 'failed') AS last_good_run_at,
           max_by(state, began_at) AS last_state, max_by(reason, began_at) AS last_reason
    FROM ingests GROUP BY site
)
SELECT site, articles, newest_article_at, last_run_at, last_good_run_at, last_state, last_reason, interval_s,
       coalesce(pending, 0) AS pending, coalesce(due, 0) AS due, coalesce(failed, 0) AS failed,
       coalesce(rejected, 0) AS rejected
FROM held FULL JOIN last USING (site) FULL JOIN addresses USING (site) LEFT JOIN usual USING (site)
ORDER BY site
"""  # noqa: S608 - the query above

#: Times of the last week in which a site had no run for longer than `LATE_INTERVALS`.
_GAPS = f"""
WITH ingests AS (
    SELECT site, began_at FROM ({_BEGAN})
    WHERE flow = 'ingest' AND site IS NOT NULL AND published_at >= getvariable('as_of') - INTERVAL 8 DAYS
),
steps AS (
    SELECT site, lag(began_at) OVER (PARTITION BY site ORDER BY began_at) AS since, began_at AS until FROM ingests
)
SELECT site, since, until FROM steps
WHERE until >= getvariable('as_of') - INTERVAL 7 DAYS
QUALIFY until - since > greatest(INTERVAL 1 HOUR, {LATE_INTERVALS} * median(until - since) OVER (PARTITION BY site))
    AND count(since) OVER (PARTITION BY site) >= 3
ORDER BY until DESC LIMIT 10
"""  # noqa: S608 - the number is the one above

_RUNS = f"""
SELECT run_id, flow, site, started_at, state, reason, fetched, new, revised, unchanged, rejected, failed
FROM ({_BEGAN}) ORDER BY began_at DESC NULLS LAST, run_id DESC LIMIT {SHOWN_RUNS}
"""  # noqa: S608 - the number is the one above

#: The runs whose checks still matter: of each site and flow the last one that was checked.
_CHECKED = r"""
SELECT max_by(run_id, checked_at)
FROM lake.checks
WHERE checked_at >= getvariable('as_of') - INTERVAL 14 DAYS
GROUP BY regexp_extract(run_id, '^\d{8}T\d{6}Z-(.+)-[0-9a-f]{6}$', 1)
"""


@dataclass(frozen=True, slots=True)
class Status:
    """What `wirehouse status` says, times in UTC; `due` are addresses that wait though their time has come.

    `dead_runs` are those of the `unfinished_runs` at which no process is at work any more.
    """

    as_of: datetime
    home: str
    problems: list[str]
    sites: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    failed_checks: list[Alert]
    stopped_runs: list[str]
    unfinished_runs: list[str]
    dead_runs: list[str]
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def is_healthy(self) -> bool:
        return not self.problems

    def to_json(self) -> str:
        """One JSON object; names as above, `is_healthy` first."""
        return json.dumps({"is_healthy": self.is_healthy, **asdict(self)}, indent=1, default=_text)


def look(settings: Settings, now: datetime | None = None) -> Status:
    """Looks at the warehouse and the landing runs; neither writes nor asks Prefect.

    Raises:
        WarehouseMissing: there is no warehouse yet.
    """
    moment = now or datetime.now(UTC)
    stopped, unfinished = landing_runs(settings)
    dead = _dead(settings, unfinished)
    with _asked_at(settings, moment) as connection:
        sites = _rows(connection, _SITES)
        gaps = _rows(connection, _GAPS)
        runs = _rows(connection, _RUNS)
        checked = [run_id for (run_id,) in connection.execute(_CHECKED).fetchall()]
        alerts = failed_checks(settings, connection, sorted({*checked, *stopped})) if checked else []
        sizes = _sizes(settings, connection)
        gone = what_is_gone(settings, connection, moment)
    return Status(
        as_of=moment,
        home=str(settings.home),
        problems=[
            *_late(sites, moment),
            *_left(sites, dead, moment),
            *_stopped(stopped),
            *_failing(alerts, set(stopped)),
            *_full(settings.home),
            *filter(None, [gone]),
        ],
        sites=sites,
        gaps=gaps,
        runs=runs,
        failed_checks=alerts,
        stopped_runs=stopped,
        unfinished_runs=unfinished,
        dead_runs=dead,
        sizes=sizes,
    )


def left_lying(settings: Settings, now: datetime | None = None) -> list[str]:
    """What is wrong that no row of the warehouse tells: runs that died or were set aside, a full disk, no archive.

    Raises:
        WarehouseMissing: there is no warehouse yet.
    """
    moment = now or datetime.now(UTC)
    stopped, unfinished = landing_runs(settings)
    dead = _dead(settings, unfinished)
    with _asked_at(settings, moment) as connection:
        sites = _rows(connection, _SITES) if dead else []
        gone = what_is_gone(settings, connection, moment)
    return [*_left(sites, dead, moment), *_stopped(stopped), *_full(settings.home), *filter(None, [gone])]


def _asked_at(settings: Settings, moment: datetime) -> duckdb.DuckDBPyConnection:
    """A connection for the questions here, which are about that moment."""
    connection = warehouse.connect(location(settings))
    # A parameter of a statement would make DuckDB import pandas, which takes longer than all the rest.
    connection.execute(f"SET VARIABLE as_of = TIMESTAMPTZ '{moment.isoformat()}'")
    return connection


def landing_runs(settings: Settings) -> tuple[list[str], list[str]]:
    """The runs that were set aside, and those that wait to be completed or published, in the order of their ids."""
    if not settings.landing_path.exists():
        return [], []
    found = sorted(each.name for each in settings.landing_path.iterdir() if each.is_dir() and site_of(each.name))
    stopped = [name for name in found if (settings.landing_path / name / MARK_OF_STOPPED).exists()]
    return stopped, [name for name in found if name not in stopped]


def _dead(settings: Settings, unfinished: list[str]) -> list[str]:
    return [run_id for run_id in unfinished if not is_worked_on(settings, run_id)]


def _late(sites: list[dict[str, Any]], now: datetime) -> list[str]:
    problems = []
    for site in sites:
        name, last, interval = site["site"], site["last_run_at"], site["interval_s"]
        if last is None:
            continue
        most = max(LATEST, LATE_INTERVALS * timedelta(seconds=interval)) if interval else LATEST_UNKNOWN
        if now - last > most:
            problems.append(f"{name}: no run for {span(now - last)}; `wirehouse doctor` looks at the scheduler")
        if site["last_state"] == "failed":
            problems.append(f"{name}: its last run failed: {site['last_reason']}")
    return problems


def _left(sites: list[dict[str, Any]], dead: list[str], now: datetime) -> list[str]:
    """Runs that died and were left lying: the next run of their site should have picked them up."""
    problems = []
    for site in sorted({site_of(run_id) or "" for run_id in dead}):
        known: dict[str, Any] = next((each for each in sites if each["site"] == site), {})
        found = [run_id for run_id in dead if site_of(run_id) == site]
        mend = f"the next run completes what it left: wirehouse ingest --site {site}"
        if known.get("last_good_run_at") is None:
            problems.append(f"{site}: no run has succeeded yet; {len(found)} died, the last is {found[-1]}; {mend}")
            continue
        interval = known["interval_s"]
        most = max(LATEST, timedelta(seconds=interval)) if interval else LATEST_UNKNOWN
        problems += [
            f"run {run_id} died, and no run has picked it up for {span(now - begun)}; {mend}"
            for run_id in found
            if now - (begun := begun_at(run_id)) > most
        ]
    return problems


def begun_at(run_id: str) -> datetime:
    """When a run began, by its id."""
    return datetime.strptime(run_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _full(home: Path) -> list[str]:
    free = shutil.disk_usage(home).free if home.exists() else LEAST_FREE_BYTES
    mend = "`wirehouse maintain` removes what no snapshot needs"
    return [f"only {free / 2**30:,.1f} GiB are free in {home}; {mend}"] if free < LEAST_FREE_BYTES else []


def _stopped(stopped: list[str]) -> list[str]:
    return [f"run {each} is set aside and waits for a person: wirehouse publish {each}" for each in stopped]


def _failing(alerts: list[Alert], stopped: set[str]) -> list[str]:
    failing = sorted({each.check for each in alerts if each.severity == "error" and each.run_id not in stopped})
    return [f"check {each} failed" for each in failing]


def _sizes(settings: Settings, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    tables = ("articles", "revisions", "urls", "fetches", "runs")
    counts = ", ".join(f"(SELECT count(*) FROM lake.{name})" for name in tables)  # noqa: S608 - the names above
    rows = connection.execute(f"SELECT {counts}").fetchall()[0]
    where = location(settings)
    return {
        **dict(zip(tables, rows, strict=True)),
        "catalog_bytes": warehouse.catalog_bytes(where, connection),
        "lake_bytes": bytes_under(settings.data_path),
        "archive_bytes": bytes_under(settings.archive_path),
    }


def bytes_under(directory: str) -> int:
    """The bytes of the files in a directory, or under a path in a bucket; 0 where there is none."""
    if is_bucket(directory):
        return bucket_bytes(directory)
    size, waiting = 0, [directory] if Path(directory).is_dir() else []
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    size += entry.stat(follow_symlinks=False).st_size
    return size


def span(time: timedelta) -> str:
    """A length of time as people say it: 5 min, 3.5 h, 2.1 days."""
    minutes = time.total_seconds() / 60
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} h" if minutes < 48 * 60 else f"{minutes / 1440:.1f} days"


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    answer = connection.execute(sql)
    names = [column for column, *_ in answer.description]
    return [dict(zip(names, values, strict=True)) for values in answer.fetchall()]


def _text(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
