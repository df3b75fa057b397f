"""Processes that run flows, forked from one that has everything imported: each saves seconds that no test is about."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.flows.preloaded"])


class Forked:
    """A process of its own that runs Python code, with its own environment; `sys.argv[1:]` are the arguments."""

    def __init__(self, code: str, *arguments: str, env: Mapping[str, str]) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="wirehouse-forked-")
        given = (code, arguments, dict(env), self._directory.name)
        self._process = _FORKS.Process(target=_run, args=given)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """How it ended, as of `subprocess.Popen`; None: it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """Kills it with SIGKILL."""
        self._process.kill()

    def wait(self, timeout: float) -> subprocess.CompletedProcess[str]:
        """What it said, once it is over; after `timeout` seconds it is killed.

        Raises:
            TimeoutExpired: it was still running.
        """
        self._process.join(timeout)
        if self._process.is_alive():
            self.kill()
            raise subprocess.TimeoutExpired("a forked process", timeout)
        code = self._process.exitcode
        assert code is not None
        out, err = ((Path(self._directory.name) / name).read_text() for name in ("out", "err"))
        self._directory.cleanup()
        return subprocess.CompletedProcess("a forked process", code, out, err)


def run_forked(
    code: str, *arguments: str, env: Mapping[str, str], timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Runs Python code to its end in a process of its own."""
    return Forked(code, *arguments, env=env).wait(timeout)


def _run(code: str, arguments: tuple[str, ...], env: dict[str, str], directory: str) -> None:
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(Path(directory) / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["-c", *arguments]
    from prefect.context import refresh_global_settings_context  # noqa: PLC0415 - not in the tests' own process

    refresh_global_settings_context()
    status = 0
    try:
        exec(compile(code, "<forked>", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - as an interpreter ends
        traceback.print_exc()
        status = 1
    sys.exit(status)
