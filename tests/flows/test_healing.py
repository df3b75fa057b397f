"""Runs whose process is dead are marked as crashed by the next run of their deployment, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.healing import crash_others
from tests.flows import patient

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture
def api(prefect_api: dict[str, str]) -> Iterator[httpx.Client]:
    with patient.client(prefect_api["PREFECT_API_URL"]) as client:
        yield client


def deployment(api: httpx.Client, name: str, limit: int) -> str:
    flow = api.post("/flows/", json={"name": "healed"}).raise_for_status().json()
    asked = {"name": name, "flow_id": flow["id"], "concurrency_limit": limit}
    made: dict[str, Any] = api.post("/deployments/", json=asked).raise_for_status().json()
    return str(made["id"])


def running(api: httpx.Client, deployment_id: str) -> str:
    made = api.post(f"/deployments/{deployment_id}/create_flow_run", json={}).raise_for_status().json()
    state = {"state": {"type": "RUNNING", "name": "Running"}, "force": True}
    api.post(f"/flow_runs/{made['id']}/set_state", json=state).raise_for_status()
    return str(made["id"])


def test_only_the_dead_of_a_deployment_with_one_slot_are_marked(api: httpx.Client, prefect_api: dict[str, str]) -> None:
    one, two = deployment(api, "one", 1), deployment(api, "two", 2)
    dead, own, elsewhere, beside = running(api, one), running(api, one), running(api, two), running(api, two)
    with (
        temporary_settings({PREFECT_API_URL: prefect_api["PREFECT_API_URL"]}),
        get_client(sync_client=True) as client,
    ):
        assert len(crash_others(client, deployment_id=one, own_id=own)) == 1
        assert crash_others(client, deployment_id=two, own_id=beside) == []
    states = {each: api.get(f"/flow_runs/{each}").json()["state"]["type"] for each in (dead, own, elsewhere, beside)}
    assert states == {dead: "CRASHED", own: "RUNNING", elsewhere: "RUNNING", beside: "RUNNING"}
