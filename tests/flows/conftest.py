"""A Prefect server of its own for the flow tests, a replica site, and a warehouse home."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest

import warehouse
from flows.location import location
from flows.publishing import publish_landing
from flows.settings import Settings
from spiders.landing import LandingRun
from tests.flows.crawled import copy_of, crawl
from tests.replica import Replica
from tests.shared import made_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a process that is to use this session's Prefect server."""
    home = tmp_path_factory.mktemp("prefect")
    port = free_port()
    environment = {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
        "PREFECT_CLIENT_RETRY_EXTRA_CODES": "503",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
    try:
        wait_until_up(f"http://127.0.0.1:{port}/api/health", server, home / "server.log")
        yield environment
    finally:
        server.terminate()
        server.wait(20)


def wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the Prefect server ended: {log.read_text()[-2000:]}")
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the Prefect server did not come up: {log.read_text()[-2000:]}")


@pytest.fixture
def site() -> Iterator[Replica]:
    """A small replica, its own for each test, for its clock moves."""
    with Replica(articles=60, seed=11) as replica:
        yield replica


@pytest.fixture(scope="session")
def still_site() -> Iterator[Replica]:
    """A small replica whose clock nobody moves."""
    with Replica(articles=60, seed=11) as replica:
        yield replica


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a complete landing run that nobody has published: take a copy of it."""

    def make(home: Path) -> None:
        settings = Settings(home=home)
        warehouse.create(location(settings))
        with Replica(articles=60, seed=11) as replica:
            crawl(settings, replica.base_url)

    return made_once(tmp_path_factory, "crawled", make)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, crawled: Path) -> Path:
    """A home in which that landing run is published: take a copy of it."""

    def make(home: Path) -> None:
        settings, landing = copy_of(crawled, home)
        publish_landing(settings, LandingRun(landing))

    return made_once(tmp_path_factory, "published", make)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse has all its tables and no rows: take a copy of it."""
    return made_once(tmp_path_factory, "empty", lambda home: warehouse.create(location(Settings(home=home))))
