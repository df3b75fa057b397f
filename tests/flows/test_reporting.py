"""What a flow run has done is reported when it fails, too: failed checks, and runs that were set aside."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from flows.publishing import publish_landing
from spiders.landing import LandingRun
from tests.flows import patient
from tests.flows.crawled import copy_of
from tests.flows.forked import run_forked
from tests.flows.misreading import misread
from tests.flows.warehouse_dump import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.replica import Replica

#: A check of severity error fails from the second run of the backfill on, and in every run of the other flows.
REFUSED = """
import dataclasses, json, os, sys
import warehouse
from flows.backfill import backfill
from flows.reindex import reindex
from flows.replay import replay
from flows.retag import retag

runs = warehouse.checks.run
seen = []

def refuse(connection, run_id=None):
    outcomes = runs(connection, run_id)
    seen.append(run_id)
    severity = "warning" if len(seen) == 1 else "error"
    failed = dataclasses.replace(outcomes[0], check="doors_open", severity=severity, passed=False, expected="open")
    return [failed, *outcomes]

warehouse.checks.run = refuse
for name, home, parameters in json.loads(sys.argv[1]):
    os.environ["WIREHOUSE_HOME"] = home
    try:
        globals()[name](**parameters)
    except warehouse.PublishRefused:
        print(json.dumps([name, seen]))
        seen[1:] = []
"""


def events(api: str, name: str, runs: set[str]) -> dict[str, dict[str, Any]]:
    """The payloads of the events of this name by run, once there is one for each of these runs."""
    deadline = time.monotonic() + 60
    while True:
        asked = {"filter": {"event": {"name": [name]}}, "limit": 50}
        found = patient.post(f"{api}/events/filter", json=asked).raise_for_status().json()["events"]
        payloads = {each["payload"]["run_id"]: each["payload"] for each in found}
        if runs <= payloads.keys():
            return payloads
        assert time.monotonic() < deadline, (runs, payloads)
        time.sleep(0.5)


def test_flows_that_a_check_stops_say_so_and_what_they_had_published(
    tmp_path: Path, prefect_api: dict[str, str], crawled: Path, still_site: Replica
) -> None:
    settings, landing = copy_of(crawled, tmp_path / "known")
    misread(landing)
    publish_landing(settings, LandingRun(landing))
    (settings.home / "vocabularies").mkdir()
    (settings.home / "vocabularies" / "mine.csv").write_text("tag,patterns\nsea,sea\n")
    ids = sorted(map(int, still_site.truth()["articles"]))
    past = {"site": "devdiscourse", "ids": f"{ids[10]}-{ids[39]}", "base_url": still_site.base_url}
    asked = [("backfill", str(tmp_path / "new"), past)]
    asked += [(name, str(settings.home), {}) for name in ("replay", "retag", "reindex")]
    done = run_forked(
        "import flows.backfilling\nflows.backfilling.FEWEST = flows.backfilling.MOST = 10\n" + REFUSED,
        json.dumps(asked),
        env=environment(tmp_path, prefect_api),
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    tried = dict(map(json.loads, done.stdout.splitlines()))
    assert list(tried) == ["backfill", "replay", "retag", "reindex"], done.stderr[-3000:]
    api, stopped = prefect_api["PREFECT_API_URL"], {runs[-1] for runs in tried.values()}
    failed = events(api, "wirehouse.check.failed", {*tried["backfill"], *stopped})
    # A warning of the chunk that was published before is not lost.
    assert [failed[run]["severity"] for run in tried["backfill"]] == ["warning", "error"]
    assert {failed[run]["check"] for run in stopped} == {"doors_open"}
    kept = tried["backfill"][-1]
    told = events(api, "wirehouse.run.stopped", {kept})[kept]
    assert (told["check"], told["expected"]) == ("doors_open", "open")
    assert told["directory"] == str(tmp_path / "new" / "landing" / kept)
    assert told["command"].startswith("wirehouse sql")
    assert f"wirehouse publish {kept}" in told["message"]
    artifacts = patient.post(f"{api}/artifacts/latest/filter", json={}).raise_for_status().json()
    assert {"failed-checks", "stopped-runs", "published-runs"} <= {each["key"] for each in artifacts}
