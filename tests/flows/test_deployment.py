"""The deployment of prefect.yaml, deployed to a real server and run by a real worker."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from prefect.events.schemas.automations import AutomationCore, EventTrigger

import warehouse
from flows.canary import FIELD_LOST
from flows.landings import site_lock
from flows.reporting import CHECK_FAILED, RUN_STOPPED
from flows.settings import Settings
from spiders.site import names
from tests.flows import patient
from tests.flows.warehouse_dump import environment, location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.replica import Replica

CHECKOUT = Path(__file__).resolve().parents[2]
#: One run at a time; the slot of one that died is free again before the next is due, a quarter of an hour later.
AT_MOST_ONE = {"limit": 1, "collision_strategy": "CANCEL_NEW", "grace_period_seconds": 600}


def prefect(*arguments: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def worker(tmp_path: Path, prefect_api: dict[str, str]) -> Iterator[dict[str, str]]:
    """A process worker on the pool that prefect.yaml names; gives the environment it works in."""
    env = environment(tmp_path / "home", prefect_api)
    prefect("work-pool", "create", "wirehouse", "--type", "process", "--overwrite", env=env)
    prefect("deploy", "--all", env=env)
    # Only what a test asks for may start: a run of the schedule would crawl the real site.
    for name in ("ingest/devdiscourse", "canary/canary-devdiscourse"):
        deployment = patient.get(f"{env['PREFECT_API_URL']}/deployments/name/{name}").raise_for_status().json()
        patient.post(f"{env['PREFECT_API_URL']}/deployments/{deployment['id']}/pause_deployment").raise_for_status()
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "wirehouse", "--name", "tests"]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=CHECKOUT, env=env, stdout=log, stderr=log)
    yield env
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def test_a_worker_runs_the_deployments(tmp_path: Path, worker: dict[str, str], site: Replica) -> None:
    api = worker["PREFECT_API_URL"]
    wait_for_schedule(api, "maintain/maintain")
    deployment = patient.get(f"{api}/deployments/name/ingest/devdiscourse").json()
    parameters = {**deployment["parameters"], "base_url": site.base_url, "since": None}
    run = run_deployment(api, deployment["id"], parameters, tmp_path / "worker.log")

    with warehouse.connect(location(tmp_path / "home")) as connection:
        (landed,) = connection.execute("SELECT count(*) FROM articles").fetchone() or (0,)
    truth = site.truth()
    assert landed == len(truth["articles"]) + len(truth["live_discourses"])

    names = {each["name"] for each in task_runs(api, run["id"])}
    assert any(name.startswith("Crawl devdiscourse") for name in names), names
    assert any(name.startswith("Publish 2") for name in names), names
    assert any("Published" in line for line in wait_for_log(api, run["id"]))

    # Beside one that was begun by hand it does nothing, which is no failure.
    with site_lock(Settings(home=tmp_path / "home"), "devdiscourse", holder="ingest"):
        skipped = run_deployment(api, deployment["id"], parameters, tmp_path / "worker.log")
    assert skipped["state"]["name"] == "Skipped"

    # On the same worker, for a server and a worker take their time: what the indexes hold is what the articles say.
    reindex = patient.get(f"{api}/deployments/name/reindex/reindex").json()
    dead = left_running(api, reindex["id"])
    run_deployment(api, reindex["id"], reindex["parameters"], tmp_path / "worker.log")
    assert patient.get(f"{api}/flow_runs/{dead}").json()["state"]["type"] == "CRASHED"
    with warehouse.connect(location(tmp_path / "home")) as connection:
        mended = connection.execute(
            "SELECT state, code_version IS NOT NULL FROM runs WHERE flow = 'reindex'"
        ).fetchall()
    assert mended == [("complete", True)]


def left_running(api: str, deployment_id: str) -> str:
    """A run of the deployment that says "Running", and has no process."""
    # Not due for long: no worker takes it before it says that it runs.
    later = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2100-01-01T00:00:00Z"}}
    address = f"{api}/deployments/{deployment_id}/create_flow_run"
    made = patient.post(address, json={"state": later}).raise_for_status().json()
    state = {"state": {"type": "RUNNING", "name": "Running"}, "force": True}
    patient.post(f"{api}/flow_runs/{made['id']}/set_state", json=state).raise_for_status()
    return str(made["id"])


def run_deployment(api: str, deployment_id: str, parameters: dict[str, Any], log: Path) -> dict[str, Any]:
    """Runs a deployment to its good end."""
    address = f"{api}/deployments/{deployment_id}/create_flow_run"
    created = patient.post(address, json={"parameters": parameters}).raise_for_status()
    run = wait_until_over(api, created.json()["id"], log)
    assert run["state"]["type"] == "COMPLETED", log.read_text()[-4000:]
    return run


def wait_for_schedule(api: str, name: str) -> None:
    """The server itself makes the runs of a schedule: with some versions of its dependencies it makes none."""
    deployment = patient.get(f"{api}/deployments/name/{name}").json()
    asked = {"flow_runs": {"deployment_id": {"any_": [deployment["id"]]}, "state": {"type": {"any_": ["SCHEDULED"]}}}}
    deadline = time.monotonic() + 60
    while not patient.post(f"{api}/flow_runs/filter", json=asked).json():
        assert time.monotonic() < deadline, f"the server schedules no run of {name}"
        time.sleep(0.5)


def wait_for_log(api: str, run_id: str) -> list[str]:
    """The lines the run logged at the server, which get there in batches."""
    lines: list[str] = []
    deadline = time.monotonic() + 20
    while not any("Published" in line for line in lines) and time.monotonic() < deadline:
        time.sleep(0.5)
        answer = patient.post(f"{api}/logs/filter", json={"logs": {"flow_run_id": {"any_": [run_id]}}, "limit": 200})
        lines = [each["message"] for each in answer.json()]
    return lines


def wait_until_over(api: str, run_id: str, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        run: dict[str, Any] = patient.get(f"{api}/flow_runs/{run_id}").json()
        if run["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}:
            return run
        time.sleep(0.5)
    raise AssertionError(f"the run did not end: {log.read_text()[-4000:]}")


def task_runs(api: str, run_id: str) -> list[dict[str, Any]]:
    answer = patient.post(f"{api}/task_runs/filter", json={"task_runs": {"flow_run_id": {"any_": [run_id]}}})
    found: list[dict[str, Any]] = json.loads(answer.content)
    return found


def test_a_deployed_site_is_ingested_every_quarter_hour_one_run_at_a_time() -> None:
    declared = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    ingests = {each["name"]: each for each in declared if each["entrypoint"] == "flows/ingest.py:ingest"}
    assert {"devdiscourse"} <= set(ingests) <= set(names())
    for name, each in ingests.items():
        assert each["parameters"]["site"] == name
        assert [schedule["interval"] for schedule in each["schedules"]] == [900]
        assert each["concurrency_limit"] == AT_MOST_ONE


def test_maintenance_is_deployed_every_night() -> None:
    declared = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    (each,) = [each for each in declared if each["entrypoint"] == "flows/maintain.py:maintain"]
    assert [schedule["cron"] for schedule in each["schedules"]] == ["40 2 * * *"]
    assert each["concurrency_limit"] == AT_MOST_ONE


def test_the_automations_are_such_as_prefect_takes_and_wait_for_events_that_flows_emit() -> None:
    made = [
        AutomationCore.model_validate(each)
        for file in sorted((CHECKOUT / "automations").glob("*.yaml"))
        for each in yaml.safe_load(file.read_text(encoding="utf-8"))["automations"]
    ]
    expected = {name for each in made if isinstance(each.trigger, EventTrigger) for name in each.trigger.expect}
    assert {name for name in expected if name.startswith("wirehouse.")} == {CHECK_FAILED, FIELD_LOST, RUN_STOPPED}
    assert {"prefect.flow-run.Failed", "prefect.flow-run.Crashed"} <= expected
