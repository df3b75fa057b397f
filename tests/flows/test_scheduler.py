"""The doctor's look at Prefect's server: a run under way for long is dead once it no longer says that it lives."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.scheduler import HEARTBEAT, _slots, examine_scheduler
from tests.flows import patient

if TYPE_CHECKING:
    import httpx


def running(api: httpx.Client, name: str) -> str:
    flow = api.post("/flows/", json={"name": "looked-at"}).raise_for_status().json()
    state = {"type": "RUNNING", "name": "Running"}
    asked = {"name": name, "flow_id": flow["id"], "state": {"type": "PENDING", "name": "Pending"}}
    made = api.post("/flow_runs/", json=asked).raise_for_status().json()
    api.post(f"/flow_runs/{made['id']}/set_state", json={"state": state, "force": True}).raise_for_status()
    return str(made["id"])


def beat(api: httpx.Client, run_id: str) -> None:
    """What the process of a run says twice a minute; until the server has it."""
    resource = {"prefect.resource.id": f"prefect.flow-run.{run_id}"}
    event = {"id": str(uuid.uuid4()), "occurred": datetime.now(UTC).isoformat(), "event": HEARTBEAT}
    api.post("/events", json=[{**event, "resource": resource}]).raise_for_status()
    deadline = time.monotonic() + 30
    asked = {"filter": {"event": {"name": [HEARTBEAT]}, "resource": {"id": [resource["prefect.resource.id"]]}}}
    while not api.post("/events/filter", json=asked).raise_for_status().json()["events"]:
        assert time.monotonic() < deadline, "the server does not keep the event"
        time.sleep(0.2)


def test_a_long_run_is_dead_once_it_no_longer_says_that_it_lives(
    prefect_api: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.scheduler.LONGEST_RUN", timedelta(0))
    monkeypatch.setattr("flows.scheduler.SHOWN", 200)  # the server may know of runs that other tests have killed
    with patient.client(prefect_api["PREFECT_API_URL"]) as api:
        lives, dead = (running(api, name) for name in ("backfill-long", "backfill-dead"))
        beat(api, lives)
        with temporary_settings({PREFECT_API_URL: prefect_api["PREFECT_API_URL"]}):
            (found,) = [each for each in examine_scheduler() if each.about == "dead runs"]
        for run_id in (lives, dead):
            api.delete(f"/flow_runs/{run_id}").raise_for_status()
    assert found.is_well is False
    assert dead in found.found
    assert lives not in found.found


def test_a_slot_that_no_run_holds_is_freed_by_the_name_of_its_limit() -> None:
    def deployment(id_: str, active: int) -> dict[str, Any]:
        limit = {"name": f"deployment:{id_}", "active_slots": active}
        return {"id": id_, "name": f"every-{id_}", "global_concurrency_limit": limit}

    found = _slots([deployment("a", 1), deployment("b", 1), deployment("c", 0)], {"a"})
    assert found.found == "taken by no run: every-b"
    assert found.mend.endswith("prefect gcl update deployment:b --active-slots 0")
