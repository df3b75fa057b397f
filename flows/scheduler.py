"""What is wrong with the scheduler: Prefect's server, the deployments there, the worker, late and dead runs, slots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from flows.doctor import Finding, unwell, well

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

POOL = "wirehouse"
FLOWS = ("ingest", "maintain")
#: A run under way for longer than this is taken for dead, unless it says that it lives: a backfill may take days.
LONGEST_RUN = timedelta(hours=6)
#: One that lives says so twice a minute (prefect.toml).
LONGEST_SILENCE = timedelta(minutes=5)
#: So many runs are told by name.
SHOWN = 5
HEARTBEAT = "prefect.flow-run.heartbeat"
LEASES = "prefect.server.concurrency.lease_storage.filesystem"
UP = "start it: `prefect server start --background`, as docs/operations.md says"


def examine_scheduler() -> Iterator[Finding]:
    """Asks the Prefect server that the environment or the profile names; nothing is changed."""
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415  # two seconds

    url = PREFECT_API_URL.value()
    if not url:
        yield Finding("scheduler", None, "PREFECT_API_URL is not set: from here nothing is scheduled", UP)
        return
    with httpx.Client(base_url=url, timeout=10) as api:
        try:
            api.get("/health").raise_for_status()
            yield well("Prefect's server", f"answers at {url}")
            yield from _server(api)
        except httpx.HTTPError as error:
            yield unwell("Prefect's server", f"{url}: {str(error) or type(error).__name__}", UP)


def _server(api: httpx.Client) -> Iterator[Finding]:
    storage = api.get("/admin/settings").raise_for_status().json()["server"]["concurrency"]["lease_storage"]
    yield Finding(
        "leases of slots",
        storage == LEASES,
        f"kept by {storage.rpartition('.')[2]}",
        "start the server in the checkout, where prefect.toml says so: kept in memory, slots stay taken after a crash",
    )
    flows = {each["id"]: each["name"] for each in _all(api, "flows")}
    deployments = _all(api, "deployments")
    missing = [name for name in FLOWS if name not in {flows.get(each["flow_id"]) for each in deployments}]
    found = f"none of {', '.join(missing)}" if missing else f"{len(deployments)} there"
    yield Finding("deployments", not missing, found, "prefect deploy --all, in the checkout")
    paused = [each["name"] for each in deployments if each["paused"]]
    if paused:
        yield Finding("paused deployments", None, ", ".join(paused), "prefect deployment schedule resume FLOW/NAME ID")
    yield _worker(api)
    yield from _runs(api, deployments)


def _worker(api: httpx.Client) -> Finding:
    answer = api.post(f"/work_pools/{POOL}/workers/filter", json={})
    mend = f"prefect worker start --pool {POOL}"
    if answer.status_code == httpx.codes.NOT_FOUND:
        mend = f"prefect work-pool create {POOL} --type process; {mend}"
        return unwell("worker", f"there is no work pool {POOL}", mend)
    online = [each["name"] for each in answer.raise_for_status().json() if each["status"] == "ONLINE"]
    return Finding("worker", bool(online), ", ".join(online) or f"none is alive on the pool {POOL}", mend)


def _runs(api: httpx.Client, deployments: list[dict[str, Any]]) -> Iterator[Finding]:
    late = _all(api, "flow_runs", flow_runs={"state": {"name": {"any_": ["Late"]}}})
    mend = "is the worker alive, and has its machine the time? The late runs go when it takes one"
    yield Finding("late runs", not late, _names(late) or "none", mend)
    types = ["RUNNING", "PENDING", "CANCELLING"]
    under_way = _all(api, "flow_runs", flow_runs={"state": {"type": {"any_": types}}})
    before = (datetime.now(UTC) - LONGEST_RUN).isoformat()
    old = [each for each in under_way if (each["start_time"] or each["expected_start_time"] or "") < before]
    dead = [each for each in old if not _says_it_lives(api, each["id"])]
    mend = "is its process gone? Then prefect flow-run cancel ID, or wait for the next run"
    yield Finding("dead runs", not dead, _names(dead) or "none", mend)
    yield _slots(deployments, {each["deployment_id"] for each in under_way})


def _slots(deployments: list[dict[str, Any]], busy: Collection[str]) -> Finding:
    leaked = {
        each["name"]: each["global_concurrency_limit"]["name"]
        for each in deployments
        if (each["global_concurrency_limit"] or {}).get("active_slots") and each["id"] not in busy
    }
    freed = "; ".join(f"prefect gcl update {limit} --active-slots 0" for limit in leaked.values())
    mend = f"they end with their lease, five to ten minutes after the run died; if not: {freed}"
    return Finding("slots", not leaked, f"taken by no run: {', '.join(leaked)}" if leaked else "none is taken", mend)


def _says_it_lives(api: httpx.Client, run_id: str) -> bool:
    since = (datetime.now(UTC) - LONGEST_SILENCE).isoformat()
    heard = {"event": {"name": [HEARTBEAT]}, "resource": {"id": [f"prefect.flow-run.{run_id}"]}}
    answer = api.post("/events/filter", json={"filter": {**heard, "occurred": {"since": since}}, "limit": 1})
    return bool(answer.raise_for_status().json()["events"])


def _all(api: httpx.Client, kind: str, **conditions: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        api.post(f"/{kind}/filter", json={**conditions, "limit": 200}).raise_for_status().json()
    )
    return found


def _names(runs: list[dict[str, Any]]) -> str:
    shown = ", ".join(f"{each['name']} ({each['id']})" for each in runs[:SHOWN])
    return f"{shown} and {len(runs) - SHOWN} more" if len(runs) > SHOWN else shown
