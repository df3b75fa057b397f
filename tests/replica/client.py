"""Starts a replica in a process of its own and speaks to its control addresses."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 30.0


class ReplicaError(RuntimeError):
    """The replica did not start, or refused what it was told."""


class FaultSwitch:
    """Switches faults of a running replica on and off."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    def set(self, *rules: dict[str, Any], **rule: Any) -> None:
        """Puts these rules in force instead of all others: `set(kind="503", share=0.1, times=1)` or several dicts."""
        self._replica.control("faults", {"rules": [*rules, *([rule] if rule else [])]})

    def clear(self) -> None:
        """Heals the site."""
        self.set()

    def done(self) -> dict[str, int]:
        """How many answers each kind of fault has broken since the rules were set."""
        return dict(self._replica.control("faults")["done"])


class Replica:
    """A replica of the site in its own process; a context manager.

    Example:
        >>> with Replica(articles=600, seed=7) as site:
        ...     truth = site.truth()["articles"]
        ...     site.advance(hours=1)
    """

    def __init__(
        self,
        articles: int = 600,
        seed: int = 7,
        clock_start: str | datetime | None = None,
        days: float = 9,
        origin: str | None = None,
        port: int = 0,
    ) -> None:
        start = clock_start.isoformat() if isinstance(clock_start, datetime) else clock_start
        self._options = ["--articles", str(articles), "--seed", str(seed), "--days", str(days), "--port", str(port)]
        self._options += (["--clock-start", start] if start else []) + (["--origin", origin] if origin else [])
        self._process: subprocess.Popen[bytes] | None = None
        self._opener = build_opener(ProxyHandler({}))
        self.base_url = ""
        self.faults = FaultSwitch(self)

    def start(self) -> Self:
        """Starts the server and waits until it answers.

        Raises:
            ReplicaError: when the server ends or says nothing for 30 seconds.
        """
        with tempfile.TemporaryDirectory(prefix="replica-") as folder:
            port_file, complaints = Path(folder, "port"), Path(folder, "stderr")
            command = [sys.executable, "-m", "tests.replica", *self._options, "--port-file", str(port_file)]
            with complaints.open("wb") as stderr:
                self._process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=stderr)
            deadline = time.monotonic() + _START_SECONDS
            while not port_file.exists():
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise ReplicaError(f"the replica did not start: {complaints.read_text(encoding='utf-8')[-2000:]}")
                time.sleep(0.02)
            self.base_url = port_file.read_text(encoding="utf-8").strip()
        return self

    def stop(self) -> None:
        """Ends the server; does nothing when it does not run."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process else None

    def control(self, name: str, told: dict[str, Any] | None = None, method: str | None = None, **query: str) -> Any:
        """Asks a control address; with `told` it is a POST.

        Raises:
            ReplicaError: when the server refuses.
        """
        address = f"{self.base_url}/_replica/{name}" + (f"?{urlencode(query)}" if query else "")
        body = None if told is None else json.dumps(told).encode()
        request = Request(address, data=body, method=method or ("GET" if told is None else "POST"))
        try:
            with self._opener.open(request, timeout=60) as response:
                return json.load(response)
        except OSError as problem:
            raise ReplicaError(f"{request.get_method()} {address} with {told}: {problem}") from problem

    def now(self) -> str:
        """The site's clock, ISO 8601 UTC."""
        return str(self.control("clock")["now"])

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> str:
        """Moves the site's clock on and returns where it stands."""
        span = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        return str(self.control("clock", span)["now"])

    def move_to(self, when: str) -> str:
        """Sets the site's clock to a time not before its start."""
        return str(self.control("clock", {"to": when})["now"])

    def truth(self, at: str | None = None) -> dict[str, Any]:
        """The truth at the clock, or at another time: see `tests.replica.truth.everything`."""
        return dict(self.control("truth", at=at) if at else self.control("truth"))

    def changes(self, since: str, until: str | None = None) -> dict[str, Any]:
        """What changed on the site between two times: see `tests.replica.truth.changes`."""
        return dict(self.control("changes", since=since, until=until or self.now()))

    def requests(self) -> list[dict[str, Any]]:
        """Every request answered so far, control requests apart."""
        return list(self.control("log")["entries"])

    def count_by_path(self) -> dict[str, int]:
        """How often each path was asked for."""
        return dict(self.control("log")["by_path"])

    def disallowed(self) -> int:
        """How many requests the site's robots.txt forbids."""
        return int(self.control("log")["disallowed"])

    def forget_requests(self) -> None:
        """Empties the request log."""
        self.control("log", method="DELETE")

    def settings(self, **settings: Any) -> dict[str, Any]:
        """Changes settings of the site: `validators` (ETag and Last-Modified) and `robots` (the text)."""
        return dict(self.control("settings", settings))

    def warm(self, *encodings: str) -> int:
        """Renders every page beforehand for these Accept-Encoding values (gzip when none is given)."""
        return int(self.control("warm", {"encodings": list(encodings) or ["gzip"]})["pages"])

    def withdraw(self, article_id: int | str) -> None:
        """Takes an article off the site from the present clock on; it then answers like any missing one."""
        self.control("withdraw", {"id": int(article_id)})
