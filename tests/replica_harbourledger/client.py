"""Starts the replica in a process of its own and speaks to its control addresses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self
from urllib.request import ProxyHandler, Request, build_opener

_ROOT = Path(__file__).resolve().parents[2]


class Replica:
    """The site in its own process; a context manager."""

    def __init__(self, articles: int = 60, seed: int = 3) -> None:
        self._command = [sys.executable, "-m", "tests.replica_harbourledger", str(articles), str(seed)]
        self._opener = build_opener(ProxyHandler({}))
        self.base_url = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.base_url = self._process.stdout.readline().strip()
        if not self.base_url:
            raise RuntimeError(f"the replica did not start: {self._command} ended with {self._process.wait(5)}")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)

    def truth(self) -> dict[str, Any]:
        """The truth at the site's clock: see `tests.replica_harbourledger.world.World.truth`."""
        return self._ask("truth")

    def advance(self, **span: float) -> dict[str, Any]:
        """Moves the clock on by a span as `datetime.timedelta` takes it."""
        return self._ask("clock", span)

    def log(self) -> dict[str, Any]:
        """`paths`: every path asked for, in order; `disallowed`: those of them that robots.txt forbids."""
        return self._ask("log")

    def _ask(self, name: str, told: dict[str, float] | None = None) -> dict[str, Any]:
        body = None if told is None else json.dumps(told).encode()
        with self._opener.open(Request(f"{self.base_url}/_replica/{name}", data=body), timeout=30) as response:
            return dict(json.load(response))
