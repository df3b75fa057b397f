"""Replicas the tests of the replica share, and a client that forgets no fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.replica import Replica
from tests.replica_tests.reading import AGENT, START


@pytest.fixture(scope="module")
def site() -> Iterator[Replica]:
    with Replica(articles=320, seed=5) as running:
        yield running


@pytest.fixture(scope="module")
def truth(site: Replica) -> dict[str, Any]:
    return site.truth(at=START)


@pytest.fixture
def get(site: Replica) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.base_url, headers={"User-Agent": AGENT}, trust_env=False) as client:
        yield client
        site.faults.clear()


@pytest.fixture
def own() -> Iterator[Replica]:
    """A replica of the test's own, whose clock it may move."""
    with Replica(articles=90, seed=3) as running:
        yield running
