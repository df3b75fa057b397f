"""A Prefect server and a process worker of a benchmark's own, with the deployments of this checkout."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.flows import patient

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parents[1]
OVER = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


class Orchestra:
    """The server's API, and the worker."""

    def __init__(self, api: httpx.Client, environment: dict[str, str], folder: Path) -> None:
        self.api = api
        self.environment = environment
        self._folder = folder
        self.worker = self.start_worker()

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Starts a worker, in a process group of its own, so that it can be killed with all it runs."""
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "wirehouse", "--name", "benchmark"]
        with (self._folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                command, cwd=CHECKOUT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        return self.worker

    def command(self, *arguments: str) -> None:
        """Runs a command of Prefect's in the checkout."""
        _prefect(self.environment, *arguments)

    def schedule(self, deployment: str, at: datetime, **parameters: Any) -> str:
        """Has a deployment run at a time, as its schedule would; returns the flow run's id."""
        made = self.api.get(f"/deployments/name/{deployment}").raise_for_status().json()
        asked = {
            "parameters": {**made["parameters"], **parameters},
            "state": {"type": "SCHEDULED", "state_details": {"scheduled_time": at.isoformat()}},
        }
        run: str = (
            self.api.post(f"/deployments/{made['id']}/create_flow_run", json=asked).raise_for_status().json()["id"]
        )
        return run

    def run(self, run_id: str) -> dict[str, Any]:
        """The flow run as it is now."""
        found: dict[str, Any] = self.api.get(f"/flow_runs/{run_id}").raise_for_status().json()
        return found

    def wait(self, run_id: str, timeout: float = 180) -> dict[str, Any]:
        """The flow run when it is over."""
        deadline = time.monotonic() + timeout
        while (found := self.run(run_id))["state"]["type"] not in OVER:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the run is still {found['state']['name']}: {self.log()}")
            time.sleep(0.25)
        return found

    def tasks(self, run_id: str) -> list[dict[str, Any]]:
        """The task runs of a flow run, in the order they began."""
        asked = {"task_runs": {"flow_run_id": {"any_": [run_id]}}}
        found: list[dict[str, Any]] = self.api.post("/task_runs/filter", json=asked).raise_for_status().json()
        return sorted((each for each in found if each["start_time"]), key=lambda each: each["start_time"])

    def log(self) -> str:
        return (self._folder / "worker.log").read_text(errors="replace")[-2000:]


@contextlib.contextmanager
def orchestra(folder: Path, home: Path, more: dict[str, str] | None = None) -> Iterator[Orchestra]:
    """Starts them, and stops them in the end. The schedules are paused: only what is asked for runs.

    Args:
        folder: theirs.
        home: where the flows keep everything.
        more: of their environment.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WIREHOUSE_", "PREFECT_"))}
    ours = {"PREFECT_HOME": str(folder), "PREFECT_API_URL": url, "WIREHOUSE_HOME": str(home), "DO_NOT_TRACK": "1"}
    environment = kept | ours | (more or {}) | {"PREFECT_LOGGING_SERVER_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("wb") as log, contextlib.ExitStack() as stack:
        server = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
        stack.callback(_stop, server)
        api = stack.enter_context(patient.client(url))
        _wait_until_up(api)
        _prefect(environment, "work-pool", "create", "wirehouse", "--type", "process")
        _prefect(environment, "deploy", "--all")
        for deployment in api.post("/deployments/filter", json={}).raise_for_status().json():
            api.post(f"/deployments/{deployment['id']}/pause_deployment").raise_for_status()
        playing = Orchestra(api, environment, folder)
        stack.callback(lambda: _stop(playing.worker))
        yield playing


def moment(text: str) -> datetime:
    """A time as the API tells it."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _prefect(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def _wait_until_up(api: httpx.Client) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if api.get("/health").is_success:
                return
        time.sleep(0.2)
    raise RuntimeError("the Prefect server did not come up")
